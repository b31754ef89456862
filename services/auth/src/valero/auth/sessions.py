"""Sessions and their refresh tokens: each is used once, and one used twice ends the session.

A successor is derived from its predecessor with the service's secret. So a browser that sends the
same token twice at once (two tabs, a repeated request) gets the same successor twice, and there is
still only one living token per session: a thief and the owner cannot both go on.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from valero.auth.models import Ending, RefreshToken, SignInSession
from valero.auth.vault import Vault
from valero.kit import audit, clock, database
from valero.kit.errors import NotFound, Unauthorized

TOKEN_BYTES = 32
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
GRACE = timedelta(seconds=10)
KEPT = timedelta(days=90)


class SessionEnded(Unauthorized):
    """Signed out, expired, or ended because a token was used twice."""

    title_de = "Sitzung beendet"
    title_en = "Session ended"


class SessionNotFound(NotFound):
    """No such session of this user that still goes on."""


@dataclass(frozen=True)
class Client:
    """The device that signs in, for the list of sessions."""

    address: str
    agent: str


@dataclass(frozen=True)
class Begun:
    """A session with the refresh token that continues it."""

    session_id: UUID
    user_id: UUID
    tenant_id: UUID
    refresh_token: str


async def begin(
    session: AsyncSession, *, user_id: UUID, tenant_id: UUID, client: Client, now: datetime
) -> Begun:
    """A new session with its first refresh token."""
    row = SignInSession(
        id=clock.new_id(),
        user_id=user_id,
        tenant_id=tenant_id,
        created_at=now,
        last_used_at=now,
        expires_at=now + LONGEST,
        address=client.address[:100],
        agent=client.agent[:300],
    )
    session.add(row)
    await session.flush()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await _store(session, token, row.id, now)
    return Begun(row.id, user_id, tenant_id, token)


async def rotate(session: AsyncSession, vault: Vault, token: str, *, now: datetime) -> Begun | None:
    """The session of `token` with the token's successor, or None if it may not go on.

    A token used again after GRACE ends its session; the transaction must be committed even when
    the answer is None. On success the rest of the transaction acts for the session's tenant.
    """
    used = await session.scalar(
        select(RefreshToken).where(RefreshToken.sha256 == _hash(token)).with_for_update()
    )
    if used is None:
        return None
    row = await session.get_one(SignInSession, used.session_id, with_for_update=True)
    if row.ended_at is not None or now >= row.expires_at or now >= used.issued_at + IDLE:
        return None
    await database.enter_tenant(session, row.tenant_id)
    if used.used_at is not None and now > used.used_at + GRACE:
        await _end(session, row, Ending.TOKEN_REUSED, now)
        return None
    successor = _successor(vault, token)
    if used.used_at is None:
        used.used_at = now
        row.last_used_at = now
        await session.flush()
        await _store(session, successor, row.id, now)
    return Begun(row.id, row.user_id, row.tenant_id, successor)


async def listed(session: AsyncSession, user_id: UUID, *, now: datetime) -> Sequence[SignInSession]:
    """The sessions of a user in the transaction's tenant that may go on, the last used first."""
    statement = (
        select(SignInSession)
        .where(*_alive(session, user_id, now))
        .order_by(SignInSession.last_used_at.desc(), SignInSession.id.desc())
    )
    return (await session.scalars(statement)).all()


async def end_own(session: AsyncSession, user_id: UUID, session_id: UUID, *, now: datetime) -> None:
    """Sign out the session `session_id` of `user_id`. Raises SessionNotFound."""
    row = await session.scalar(
        select(SignInSession)
        .where(SignInSession.id == session_id, *_alive(session, user_id, now))
        .with_for_update()
    )
    if row is None:
        raise SessionNotFound(
            de="Diese Sitzung gibt es nicht, oder sie ist schon beendet.",
            en="There is no such session, or it has ended already.",
        )
    await _end(session, row, Ending.SIGNED_OUT, now)


async def sign_out_everywhere(session: AsyncSession, user_id: UUID, *, now: datetime) -> None:
    """End all sessions of a user in every tenant; recorded even if there is none."""
    await end_all(session, user_id, Ending.SIGNED_OUT, now=now)
    await audit.record(session, "signed_out_everywhere", str(user_id))


async def end_by_token(session: AsyncSession, token: str, *, now: datetime) -> None:
    """Sign out the session of the refresh token `token`, whichever of its tokens it is."""
    row = await session.scalar(
        select(SignInSession)
        .join(RefreshToken, RefreshToken.session_id == SignInSession.id)
        .where(RefreshToken.sha256 == _hash(token), SignInSession.ended_at.is_(None))
        .with_for_update(of=SignInSession)
    )
    if row is not None:
        await database.enter_tenant(session, row.tenant_id)
        await _end(session, row, Ending.SIGNED_OUT, now)


async def end(session: AsyncSession, session_id: UUID, *, now: datetime) -> None:
    """Sign out one session; does nothing if it has ended already."""
    row = await session.get(SignInSession, session_id, with_for_update=True)
    if row is not None and row.ended_at is None:
        await database.enter_tenant(session, row.tenant_id)
        await _end(session, row, Ending.SIGNED_OUT, now)


async def check_alive(session: AsyncSession, session_id: UUID, *, now: datetime) -> None:
    """Raises SessionEnded unless the session may go on; its row stays locked."""
    row = await session.get(SignInSession, session_id, with_for_update=True)
    if row is None or row.ended_at is not None or now >= row.expires_at:
        raise ended()


async def end_all(
    session: AsyncSession,
    user_id: UUID,
    because: Ending,
    *,
    now: datetime,
    but: UUID | None = None,
) -> None:
    """End every session of a user, except the session `but`."""
    statement = update(SignInSession).where(
        SignInSession.user_id == user_id, SignInSession.ended_at.is_(None)
    )
    if but is not None:
        statement = statement.where(SignInSession.id != but)
    await session.execute(statement.values(ended_at=now, ended_because=because))


async def clear(session: AsyncSession, *, now: datetime) -> None:
    """Remove sessions that ended long ago, with their tokens."""
    await session.execute(delete(SignInSession).where(SignInSession.expires_at < now - KEPT))


def ended() -> SessionEnded:
    """The answer to a token whose session may not go on."""
    return SessionEnded(
        de="Ihre Sitzung ist beendet. Bitte melden Sie sich neu an.",
        en="Your session has ended. Please sign in again.",
    )


def _alive(session: AsyncSession, user_id: UUID, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Sessions are no tenant rows: those of another company stay out of sight by this alone."""
    return (
        SignInSession.user_id == user_id,
        SignInSession.tenant_id == session.info["tenant"],
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > now,
        SignInSession.last_used_at > now - IDLE,
    )


async def _end(session: AsyncSession, row: SignInSession, because: Ending, now: datetime) -> None:
    row.ended_at = now
    row.ended_because = because
    await session.flush()
    action = "signed_out" if because is Ending.SIGNED_OUT else "session_ended"
    after = {"session": row.id, "because": because}
    await audit.record(session, action, str(row.user_id), after=after)


async def _store(session: AsyncSession, token: str, session_id: UUID, now: datetime) -> None:
    row = {"sha256": _hash(token), "session_id": session_id, "issued_at": now}
    await session.execute(insert(RefreshToken).values(row))


def _hash(token: str) -> bytes:
    """Plain SHA-256 is enough: a token has 256 random bits, there is nothing to guess."""
    return sha256(token.encode()).digest()


def _successor(vault: Vault, token: str) -> str:
    mark = vault.mark(token, "refresh-token-successor")
    return base64.urlsafe_b64encode(mark).rstrip(b"=").decode()
