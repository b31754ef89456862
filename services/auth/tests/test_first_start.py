"""The first administrator: once, secret, and gone when no longer needed."""

import asyncio
import json
import stat

from sqlalchemy import text

from valero.auth import first_start

from .conftest import NEW_PASSWORD, bearer


async def test_the_first_password_is_in_a_file_that_only_the_owner_reads(service):
    file = first_start.path(service.home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(service.first) == {"url", "email", "password"}
    assert service.first["url"] == "http://testserver"
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


async def test_the_file_goes_when_the_password_is_replaced(service):
    await service.become_administrator()
    assert not first_start.path(service.home).exists()


async def test_the_file_stays_when_somebody_else_replaces_theirs(service):
    file = first_start.path(service.home)
    first = file.read_text("utf-8")
    headers = await service.become_administrator()
    first_start.write(file, json.loads(first))
    new = {"email": "erika@example.com", "name": "Erika", "roles": ["pruefer"]}
    admitted = (await service.post("users", new, headers=headers)).json()
    one_time = admitted["one_time_password"]
    signed_in = await service.login("erika@example.com", one_time)
    change = {"current": one_time, "new": NEW_PASSWORD}
    await service.post("password", change, headers=bearer(signed_in))
    assert file.exists()


async def test_a_second_start_changes_nothing(start, service_database, tmp_path):
    database = await service_database("auth")
    async with start(database) as service:
        first = service.first
    async with start(database) as service:
        assert service.first == first
        assert (await service.first_login()).status_code == 200


async def test_a_start_after_the_password_was_replaced_writes_no_file(start, service_database):
    database = await service_database("auth")
    async with start(database) as service:
        await service.become_administrator()
    async with start(database) as service:
        assert not first_start.path(service.home).exists()


async def test_two_instances_that_start_at_once_create_one_administrator(
    start, service_database, tmp_path
):
    database = await service_database("auth")
    started = asyncio.Event()

    async def instance() -> int:
        async with start(database, tmp_path) as service:
            status = (await service.first_login()).status_code
            started.set()
            return status

    assert await asyncio.gather(*(instance() for _ in range(3))) == [200, 200, 200]
    async with start(database, tmp_path) as service, service.database.transaction() as session:
        for table in ("users", "tenants", "signing_keys"):
            assert await session.scalar(text(f"select count(*) from {table}")) == 1


async def test_a_leftover_of_an_interrupted_start_does_no_harm(start, tmp_path):
    draft = first_start.path(tmp_path).with_suffix(".draft")
    draft.parent.mkdir(parents=True)
    draft.write_text("half a")
    async with start() as service:
        assert (await service.first_login()).status_code == 200


def test_the_file_names_the_address_of_the_pages():
    origins = ("http://localhost:8000", "http://localhost:3000", "https://erp.example")
    assert first_start.interface(origins, 3000) == "http://localhost:3000"
    assert first_start.interface(("https://erp.example",), 3000) == "https://erp.example"
    assert first_start.interface((), 3000) is None
