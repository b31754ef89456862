"""Signing keys (Ed25519, RFC 8032): created, published as JWKS (RFC 7517, 8037), rotated.

A new key is published before it signs, and an old one stays published until nothing that it signed
is still valid, because whoever verifies keeps a copy for minutes.
"""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from valero.auth.models import SigningKey
from valero.auth.vault import SealBroken, Vault
from valero.kit import audit, clock
from valero.kit.errors import Conflict, Unavailable

PUBLISHED_AHEAD = timedelta(minutes=15)
PUBLISHED_AFTER = timedelta(minutes=30)
ROTATED_AFTER = timedelta(days=90)

TURN = text("select pg_advisory_xact_lock(hashtextextended('valero.auth.signing_keys', 0))")

log = structlog.get_logger(__name__)


class NoSigningKey(Unavailable):
    """No key can sign: the database was empty, or the service's secret was replaced."""


class RotationPending(Conflict):
    """The key of an earlier rotation is published and does not sign yet."""


@dataclass(frozen=True)
class Signer:
    """The key that signs now."""

    key_id: str
    private_key: Ed25519PrivateKey


async def ensure(session: AsyncSession, vault: Vault, *, now: datetime) -> None:
    """Make sure that a readable key signs and a fresh one follows in time.

    Safe when several instances call it at once: they take turns until their transactions end.
    """
    await session.execute(TURN)
    usable = [key for key in await published(session, now=now) if _can_open(vault, key)]
    newest = max(usable, key=lambda key: key.signs_from, default=None)
    if newest is None:
        await _create(session, vault, now=now, signs_from=now)
    elif newest.signs_from + ROTATED_AFTER <= now:
        await _create(session, vault, now=now, signs_from=now + PUBLISHED_AHEAD)


async def rotate(session: AsyncSession, vault: Vault, *, now: datetime) -> SigningKey:
    """A new key that signs after PUBLISHED_AHEAD, whatever the age of the present one.

    Raises RotationPending while the newest key does not sign yet.
    """
    await session.execute(TURN)
    if any(key.signs_from > now for key in await published(session, now=now)):
        raise RotationPending(
            de="Ein neuer Schlüssel ist schon veröffentlicht und übernimmt in wenigen Minuten.",
            en="A new key has been published already and takes over in a few minutes.",
        )
    return await _create(session, vault, now=now, signs_from=now + PUBLISHED_AHEAD)


async def signer(session: AsyncSession, vault: Vault, *, now: datetime) -> Signer:
    """The key to sign with. Raises NoSigningKey."""
    for key in reversed(await published(session, now=now)):
        if key.signs_from <= now and _can_open(vault, key):
            return Signer(key.id, Ed25519PrivateKey.from_private_bytes(_open(vault, key)))
    raise NoSigningKey(de="Die Anmeldung ist noch nicht bereit.", en="Sign-in is not ready yet.")


async def jwks(session: AsyncSession, *, now: datetime) -> dict[str, Any]:
    """The public keys as a JWKS document."""
    return {"keys": [_public(key) for key in await published(session, now=now)]}


async def published(session: AsyncSession, *, now: datetime) -> list[SigningKey]:
    """The keys that may have signed something valid, the one that signs last at the end."""
    alive = or_(SigningKey.retires_at.is_(None), SigningKey.retires_at > now)
    statement = select(SigningKey).where(alive).order_by(SigningKey.signs_from, SigningKey.id)
    return list(await session.scalars(statement))


async def _create(
    session: AsyncSession, vault: Vault, *, now: datetime, signs_from: datetime
) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    key_id = str(clock.new_id())
    raw = private.private_bytes(
        serialization.Encoding.Raw,
        serialization.PrivateFormat.Raw,
        serialization.NoEncryption(),
    )
    await session.execute(
        update(SigningKey)
        .where(SigningKey.retires_at.is_(None))
        .values(retires_at=signs_from + PUBLISHED_AFTER)
    )
    key = SigningKey(
        id=key_id,
        public_key=private.public_key().public_bytes_raw(),
        sealed_private_key=vault.seal(raw, _purpose(key_id)),
        created_at=now,
        signs_from=signs_from,
    )
    session.add(key)
    await session.flush()
    await audit.record(session, "signing_key_created", key_id, after={"signs_from": signs_from})
    log.info("signing_key_created", key=key_id, signs_from=signs_from.isoformat())
    return key


def _can_open(vault: Vault, key: SigningKey) -> bool:
    try:
        _open(vault, key)
    except SealBroken:
        log.warning("signing_key_unreadable", key=key.id)
        return False
    return True


def _open(vault: Vault, key: SigningKey) -> bytes:
    return vault.open(key.sealed_private_key, _purpose(key.id))


def _purpose(key_id: str) -> str:
    return f"signing-key {key_id}"


def _public(key: SigningKey) -> dict[str, str]:
    x = base64.urlsafe_b64encode(key.public_key).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key.id, "x": x}
