import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from valero.kit import idempotency
from valero.kit.database import Database
from valero.kit.testing.clients import AppClient
from valero.kit.testing.tokens import OTHER_TENANT, TENANT

NOTE = {"number": 1, "text": "paid"}
BOOKINGS = "/api/probe/bookings"


@pytest.fixture
def booker(client: AppClient) -> AppClient:
    return client.as_user("probe:write")


def key(value: str = "k-1") -> dict[str, str]:
    return {"Idempotency-Key": value}


async def count(database: Database) -> int:
    async with database.transaction(tenant=TENANT) as session:
        return await session.scalar(sa.text("select count(*) from notes")) or 0


async def test_booking_without_a_key_is_refused(booker: AppClient) -> None:
    answer = await booker.post(BOOKINGS, json=NOTE)
    assert answer.status_code == 422
    assert answer.json()["code"] == "IdempotencyKeyMissing"
    assert answer.json()["errors"][0]["in"] == "header"


async def test_the_same_request_again_gets_the_first_answer(
    booker: AppClient, database: Database
) -> None:
    first = await booker.post(BOOKINGS, json=NOTE, headers=key())
    again = await booker.post(BOOKINGS, json=dict(reversed(NOTE.items())), headers=key())
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await count(database) == 1


async def test_another_key_books_again(booker: AppClient, database: Database) -> None:
    for value in ("a", "b"):
        await booker.post(BOOKINGS, json=NOTE, headers=key(value))
    assert await count(database) == 2


async def test_the_same_key_with_another_input_conflicts(
    booker: AppClient, database: Database
) -> None:
    await booker.post(BOOKINGS, json=NOTE, headers=key())
    other = await booker.post(BOOKINGS, json={**NOTE, "text": "unpaid"}, headers=key())
    assert other.status_code == 409
    assert other.json()["code"] == "IdempotencyKeyReused"
    assert await count(database) == 1


async def test_of_simultaneous_requests_one_books_and_all_get_its_answer(
    booker: AppClient, database: Database
) -> None:
    requests = [booker.post(BOOKINGS, json=NOTE, headers=key()) for _ in range(8)]
    answers = await asyncio.gather(*requests)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 7
    assert await count(database) == 1


async def test_a_failed_request_leaves_its_key_free(booker: AppClient, database: Database) -> None:
    failed = await booker.post(BOOKINGS, json={**NOTE, "text": "unreadable"}, headers=key())
    assert failed.status_code == 409
    corrected = await booker.post(BOOKINGS, json=NOTE, headers=key())
    assert corrected.status_code == 201
    assert await count(database) == 1


async def test_a_key_belongs_to_one_tenant_and_one_user(
    client: AppClient, booker: AppClient
) -> None:
    await booker.post(BOOKINGS, json=NOTE, headers=key())
    neighbour = client.as_user("probe:write", tenant=OTHER_TENANT)
    assert (await neighbour.post(BOOKINGS, json=NOTE, headers=key())).status_code == 201
    colleague = client.as_user("probe:write", user=OTHER_TENANT)
    assert (await colleague.post(BOOKINGS, json=NOTE, headers=key())).status_code == 409


async def test_an_endless_key_is_refused(booker: AppClient) -> None:
    answer = await booker.post(BOOKINGS, json=NOTE, headers=key("x" * 201))
    assert answer.status_code == 422


async def test_expired_keys_are_forgotten_for_all_tenants(
    booker: AppClient, database: Database, probe_database: Any
) -> None:
    await booker.post(BOOKINGS, json=NOTE, headers=key("old"))
    admin = Database(probe_database.admin_url)
    async with admin.transaction() as session:
        age = "update probe.idempotency_keys set created_at = now() - interval '31 days'"
        await session.execute(sa.text(age))
    await admin.close()
    await booker.post(BOOKINGS, json=NOTE, headers=key("new"))
    async with database.transaction() as session:
        await session.execute(idempotency.FORGET_EXPIRED)
    async with database.transaction(tenant=TENANT) as session:
        assert list(await session.scalars(sa.text("select key from idempotency_keys"))) == ["new"]
