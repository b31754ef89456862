"""Signing keys: created once, encrypted, rotated without anybody noticing."""

import asyncio
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import text

from valero.auth import keys, tokens, upkeep
from valero.auth.keys import NoSigningKey
from valero.auth.users import Identity
from valero.auth.vault import Vault
from valero.kit import clock

from .conftest import SECRET

IDENTITY = Identity(
    user_id=clock.new_id(),
    tenant_id=clock.new_id(),
    tenant_name="Meine Firma",
    name="Erika",
    email="erika@example.com",
    roles=("pruefer",),
    must_change_password=False,
)


async def ensure(tools, now, vault=None):
    async with tools.database.transaction() as session:
        await keys.ensure(session, vault or tools.vault, now=now)


async def published(tools, now) -> list[str]:
    async with tools.database.transaction() as session:
        return [key["kid"] for key in (await keys.jwks(session, now=now))["keys"]]


async def signing(tools, now, vault=None):
    async with tools.database.transaction() as session:
        return await keys.signer(session, vault or tools.vault, now=now)


async def test_many_instances_create_one_key(tools):
    now = clock.now()
    await asyncio.gather(*(ensure(tools, now) for _ in range(5)))
    assert len(await published(tools, now)) == 1


async def test_the_private_half_is_nowhere_in_the_database(tools):
    now = clock.now()
    await ensure(tools, now)
    signer = await signing(tools, now)
    raw = signer.private_key.private_bytes_raw()
    async with tools.database.transaction() as session:
        stored = await session.scalar(text("select sealed_private_key from signing_keys"))
    assert raw not in bytes(stored)


async def test_a_new_key_is_published_before_it_signs_and_the_old_one_afterwards(tools):
    began = clock.now()
    await ensure(tools, began)
    old = (await signing(tools, began)).key_id

    due = began + keys.ROTATED_AFTER
    await ensure(tools, due)
    assert (await signing(tools, due)).key_id == old
    assert len(await published(tools, due)) == 2

    switched = due + keys.PUBLISHED_AHEAD
    new = (await signing(tools, switched)).key_id
    assert new != old
    last_token_dies = switched + timedelta(seconds=tokens.LIFETIME_SECONDS)
    assert old in await published(tools, last_token_dies)

    await ensure(tools, switched)
    assert await published(tools, switched + keys.PUBLISHED_AFTER) == [new]


async def test_a_key_that_is_young_is_not_replaced(tools):
    began = clock.now()
    await ensure(tools, began)
    before = await published(tools, began)
    later = began + keys.ROTATED_AFTER - timedelta(hours=1)
    await ensure(tools, later)
    assert await published(tools, later) == before


async def test_with_another_secret_a_new_key_signs_at_once(tools):
    now = clock.now()
    await ensure(tools, now)
    other = Vault("aa" * 32)
    with pytest.raises(NoSigningKey):
        await signing(tools, now, other)
    await ensure(tools, now, other)
    old, new = await signing(tools, now), await signing(tools, now, other)
    assert old.key_id != new.key_id


async def test_without_a_key_nothing_is_signed(tools):
    with pytest.raises(NoSigningKey):
        await signing(tools, clock.now())


async def test_a_token_of_one_key_does_not_pass_for_another(tools):
    now = clock.now()
    await ensure(tools, now)
    signer = await signing(tools, now)
    token = tokens.access_token(IDENTITY, session_id=clock.new_id(), signer=signer, now=now)
    async with tools.database.transaction() as session:
        document = await keys.jwks(session, now=now)
    key = jwt.PyJWKSet.from_dict(document)[signer.key_id]
    claims = jwt.decode(token, key, algorithms=["EdDSA"], audience="valero")
    assert claims["permissions"] == ["beleg:read", "fibu:read"]
    await ensure(tools, now, Vault("aa" * 32))
    stranger = (await signing(tools, now, Vault("aa" * 32))).private_key.public_key()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, stranger, algorithms=["EdDSA"], audience="valero")


def test_the_secret_of_the_tests_is_not_that_of_anybody():
    assert set(SECRET) == {"0", "f"}


async def test_a_rotation_on_demand_signs_nobody_out(service):
    headers = await service.become_administrator()
    before = jwt.get_unverified_header(headers["authorization"].split()[1])["kid"]
    answer = await service.post("signing-keys/rotation", headers=headers)
    assert answer.status_code == 201
    new = answer.json()["id"]
    old, latest = (await service.client.get("/api/auth/signing-keys", headers=headers)).json()
    assert (old["id"], latest["id"]) == (before, new)
    assert old["retires_at"] > latest["signs_from"]
    async with service.database.transaction() as session:
        for column in ("signs_from", "retires_at"):
            ahead = f"update signing_keys set {column} = {column} - cast(:t as interval)"
            await session.execute(text(ahead), {"t": keys.PUBLISHED_AHEAD})
    renewed = await service.post("refresh", headers={"origin": "http://testserver"})
    assert jwt.get_unverified_header(renewed.json()["access_token"])["kid"] == new
    document = jwt.PyJWKSet.from_dict((await service.client.get("/api/auth/jwks.json")).json())
    for token in (headers["authorization"].split()[1], renewed.json()["access_token"]):
        key = document[jwt.get_unverified_header(token)["kid"]]
        assert jwt.decode(token, key, algorithms=["EdDSA"], audience="valero")["sub"]
    entry = next(e for e in await service.audit("signing_key_created") if e["subject"] == new)
    assert entry["user_name"] == "Administration"


async def test_a_second_rotation_waits_for_the_first(service):
    headers = await service.become_administrator()
    await service.post("signing-keys/rotation", headers=headers)
    again = await service.post("signing-keys/rotation", headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "RotationPending")


async def test_the_private_half_of_a_key_is_never_shown(service):
    headers = await service.become_administrator()
    (key,) = (await service.client.get("/api/auth/signing-keys", headers=headers)).json()
    assert set(key) == {"id", "created_at", "signs_from", "retires_at"}


async def test_the_upkeep_rotates_a_key_that_is_due(tools):
    now = clock.now()
    await ensure(tools, now - keys.ROTATED_AFTER)
    await upkeep.once(tools)
    assert len(await published(tools, now)) == 2
