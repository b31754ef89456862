"""Signing in, going on and changing the password, each in transactions that fit.

A failure must leave its trace, so what counts and records it is committed before it is reported;
and no transaction is open while a password is hashed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from valero.auth import (
    devices,
    keys,
    passwords,
    second_factor,
    sessions,
    throttle,
    tokens,
    users,
)
from valero.auth.models import Ending, User
from valero.auth.passwords import Hashing
from valero.auth.sessions import Client
from valero.auth.users import Identity
from valero.auth.vault import Vault
from valero.kit import audit, clock
from valero.kit.auth import Principal
from valero.kit.database import Database
from valero.kit.errors import FieldError, Invalid, Unauthorized

log = structlog.get_logger(__name__)


class CredentialsWrong(Unauthorized):
    """Unknown user, wrong password, or no access any more: the answer does not tell which."""

    title_de = "Anmeldung fehlgeschlagen"
    title_en = "Sign-in failed"


class PasswordWrong(Invalid):
    """Somebody who is signed in has to prove the password again and did not."""


class CurrentPasswordWrong(Invalid):
    """Whoever changes a password must know the present one."""


@dataclass(frozen=True)
class Tools:
    """What every step needs, made once when the service starts."""

    database: Database
    vault: Vault
    hashing: Hashing


@dataclass(frozen=True)
class Credentials:
    """What somebody presents: address, password, and the cookie of a known device if any."""

    email: str
    password: str
    device: str | None = None


@dataclass(frozen=True)
class Answer:
    """What answers SecondFactorRequired: its challenge, and a code."""

    challenge: str
    code: str
    device: str | None = None


@dataclass(frozen=True)
class SignedIn:
    """A living session: who, with which tokens. `refresh_token` is None where it stays as it is."""

    identity: Identity
    access_token: str
    refresh_token: str | None = None
    device: str | None = None


async def sign_in(tools: Tools, credentials: Credentials, client: Client) -> SignedIn:
    """A new session. Raises CredentialsWrong, TooManyAttempts or SecondFactorRequired."""
    now = clock.now()
    email = users.normalised_email(credentials.email)
    async with tools.database.transaction() as session:
        user = await users.find_by_email(session, email)
        known = devices.find(tools.vault, credentials.device, user.id) if user else None
        buckets = throttle.for_sign_in(
            tools.vault, email=email, address=client.address, device=known
        )
        wait_seconds = await throttle.count(session, buckets, now=now)
    if wait_seconds:
        raise throttle.too_many(wait_seconds)
    stored = user.password_hash if user else None
    right = await tools.hashing.matches(stored, credentials.password)
    if not right or user is None or not user.active:
        await _record_failure(tools, user, client)
        raise _credentials_wrong()
    outdated = tools.hashing.is_outdated(user.password_hash)
    better = await tools.hashing.hash(credentials.password) if outdated else None
    async with tools.database.transaction(tenant=user.home_tenant_id) as session:
        fresh = await session.get_one(User, user.id, with_for_update=True)
        if fresh.password_hash != stored or not fresh.active:  # changed while we compared
            raise _credentials_wrong()
        await throttle.forgive(session, buckets)
        fresh.password_hash = better or fresh.password_hash
        await session.flush()
        if await second_factor.find(session, fresh.id) is None:
            return await _begin(session, tools, fresh, client, now=now)
        challenge = second_factor.challenge(tools.vault, fresh, now=now)
    raise _second_factor_required(challenge)


async def sign_in_with_code(tools: Tools, answer: Answer, client: Client) -> SignedIn:
    """The second step of a sign-in. Raises ChallengeInvalid, CodeWrong or TooManyAttempts."""
    now = clock.now()
    user_id = second_factor.challenged(answer.challenge)
    async with tools.database.transaction() as session:
        user = await session.get(User, user_id) if user_id else None
        if user is None or not second_factor.is_challenge(
            tools.vault, user, answer.challenge, now=now
        ):
            raise _challenge_invalid()
        known = devices.find(tools.vault, answer.device, user.id)
        buckets = throttle.for_second_factor(
            tools.vault, user=str(user.id), address=client.address, device=known
        )
        wait_seconds = await throttle.count(session, buckets, now=now)
    if wait_seconds:
        raise throttle.too_many(wait_seconds)
    async with tools.database.transaction(tenant=user.home_tenant_id) as session:
        fresh = await session.get_one(User, user.id, with_for_update=True)
        factor = await second_factor.find(session, user.id, lock=True)
        unchanged = fresh.password_hash == user.password_hash and fresh.active
        if factor is None or not unchanged:
            raise _challenge_invalid()
        if await second_factor.accepts(session, tools.vault, factor, answer.code, now=now):
            await throttle.forgive(session, buckets)
            return await _begin(session, tools, fresh, client, now=now)
    await _record_failure(tools, user, client, action="second_factor_failed")
    raise _code_wrong()


async def check_code(tools: Tools, principal: Principal, code: str) -> None:
    """Let somebody who is signed in prove the second factor again; the code is used up.

    Raises ConfirmationWrong, SecondFactorMissing or TooManyAttempts.
    """
    now = clock.now()
    buckets = throttle.for_password_change(tools.vault, user=f"code {principal.user_id}")
    await _count(tools, principal, buckets, now)
    async with tools.database.transaction(principal=principal) as session:
        factor = await second_factor.get(session, principal.user_id)
        if await second_factor.accepts(session, tools.vault, factor, code, now=now):
            await throttle.forgive(session, buckets)
            return
        await audit.record(session, "second_factor_failed", str(principal.user_id))
    raise second_factor.confirmation_wrong()


async def check_password(tools: Tools, principal: Principal, password: str) -> None:
    """Let somebody who is signed in prove the password again.

    Raises PasswordWrong or TooManyAttempts.
    """
    now = clock.now()
    buckets = throttle.for_password_change(tools.vault, user=str(principal.user_id))
    await _count(tools, principal, buckets, now)
    async with tools.database.transaction(principal=principal) as session:
        stored = (await session.get_one(User, principal.user_id)).password_hash
    right = await tools.hashing.matches(stored, password)
    async with tools.database.transaction(principal=principal) as session:
        if right:
            await throttle.forgive(session, buckets)
            return
        await audit.record(session, "password_check_failed", str(principal.user_id))
    raise _password_wrong()


async def _count(
    tools: Tools, principal: Principal, buckets: list[throttle.Bucket], now: datetime
) -> None:
    async with tools.database.transaction(principal=principal) as session:
        wait_seconds = await throttle.count(session, buckets, now=now)
    if wait_seconds:
        raise throttle.too_many(wait_seconds)


async def go_on(tools: Tools, refresh_token: str) -> SignedIn:
    """The session of `refresh_token` with new tokens. Raises SessionEnded."""
    now = clock.now()
    async with tools.database.transaction() as session:
        begun = await sessions.rotate(session, tools.vault, refresh_token, now=now)
        if begun is not None:
            try:
                identity = await users.get_identity(session, begun.user_id)
            except users.AccessWithdrawn:
                await sessions.end_all(session, begun.user_id, Ending.ACCESS_WITHDRAWN, now=now)
                begun = None
        if begun is not None:
            token = await _access_token(session, tools, identity, begun.session_id, now)
            return SignedIn(identity, token, begun.refresh_token)
    raise sessions.ended()


async def change_password(
    tools: Tools, principal: Principal, *, current: str, new: str
) -> SignedIn:
    """Replace the caller's password and end all their other sessions.

    Raises CurrentPasswordWrong, PasswordRefused, TooManyAttempts or SessionEnded.
    """
    now = clock.now()
    session_id = UUID(principal.session_id)
    buckets = throttle.for_password_change(tools.vault, user=str(principal.user_id))
    async with tools.database.transaction(principal=principal) as session:
        user, _ = await users.get(session, principal.user_id)
        identity = await users.identity(session, user)
        wait_seconds = await throttle.count(session, buckets, now=now)
    if wait_seconds:
        raise throttle.too_many(wait_seconds)
    if not await tools.hashing.matches(user.password_hash, current):
        async with tools.database.transaction(principal=principal) as session:
            await audit.record(session, "password_change_failed", str(user.id))
        raise _current_wrong()
    about = (user.email, user.name, identity.tenant_name)
    passwords.check_new(new, current=current, about=about)
    hashed = await tools.hashing.hash(new)
    async with tools.database.transaction(principal=principal) as session:
        await sessions.check_alive(session, session_id, now=now)
        await throttle.forgive(session, buckets)
        user = await session.get_one(User, user.id, with_for_update=True)
        await users.set_password(session, user, hashed, by_owner=True, now=now)
        await sessions.end_all(session, user.id, Ending.PASSWORD_CHANGED, now=now, but=session_id)
        identity = await users.identity(session, user)
        token = await _access_token(session, tools, identity, session_id, now)
    return SignedIn(identity, token)


async def _begin(
    session: AsyncSession, tools: Tools, user: User, client: Client, *, now: datetime
) -> SignedIn:
    """Open the session in the transaction of the user's tenant."""
    identity = await users.identity(session, user)
    begun = await sessions.begin(
        session, user_id=user.id, tenant_id=identity.tenant_id, client=client, now=now
    )
    session.info["principal"] = identity.principal(begun.session_id)
    after = {"session": begun.session_id, "address": client.address, "agent": client.agent[:300]}
    await audit.record(session, "signed_in", str(user.id), after=after)
    return SignedIn(
        identity=identity,
        access_token=await _access_token(session, tools, identity, begun.session_id, now),
        refresh_token=begun.refresh_token,
        device=devices.issue(tools.vault, user.id),
    )


async def _access_token(
    session: AsyncSession, tools: Tools, identity: Identity, session_id: UUID, now: datetime
) -> str:
    signer = await keys.signer(session, tools.vault, now=now)
    return tokens.access_token(identity, session_id=session_id, signer=signer, now=now)


async def _record_failure(
    tools: Tools, user: User | None, client: Client, *, action: str = "sign_in_failed"
) -> None:
    """In the user's tenant; without a user in no tenant, and without the address that was typed:
    it may be a password."""
    tenant = user.home_tenant_id if user else None
    subject = str(user.id) if user else "unknown"
    async with tools.database.transaction(tenant=tenant) as session:
        after = {"address": client.address, "agent": client.agent[:300]}
        await audit.record(session, action, subject, after=after)
    log.info(action, user=subject, address=client.address)


def _credentials_wrong() -> CredentialsWrong:
    return CredentialsWrong(
        de="E-Mail-Adresse oder Kennwort stimmen nicht.",
        en="The e-mail address or the password is wrong.",
    )


def _current_wrong() -> CurrentPasswordWrong:
    de, en = "Das bisherige Kennwort stimmt nicht.", "The present password is wrong."
    return CurrentPasswordWrong(de=de, en=en, errors=[FieldError("/current", "wrong", de, en)])


def _password_wrong() -> PasswordWrong:
    de, en = "Das Kennwort stimmt nicht.", "The password is wrong."
    return PasswordWrong(de=de, en=en, errors=[FieldError("/password", "wrong", de, en)])


def _second_factor_required(challenge: str) -> second_factor.SecondFactorRequired:
    """RFC 9110, 11.6.1: a 401 says in WWW-Authenticate what is asked for."""
    seconds = int(second_factor.CHALLENGE.total_seconds())
    asked = f'SecondFactor challenge="{challenge}", expires_in={seconds}, methods="totp recovery"'
    return second_factor.SecondFactorRequired(
        de="Bitte geben Sie den Code aus Ihrer Authentifizierungs-App oder einen "
        "Wiederherstellungscode ein.",
        en="Please enter the code from your authenticator app or a recovery code.",
        headers={"WWW-Authenticate": asked},
    )


def _challenge_invalid() -> second_factor.ChallengeInvalid:
    return second_factor.ChallengeInvalid(
        de="Bitte melden Sie sich noch einmal mit Ihrem Kennwort an.",
        en="Please sign in with your password again.",
    )


def _code_wrong() -> second_factor.CodeWrong:
    return second_factor.CodeWrong(
        de="Dieser Code stimmt nicht, oder er wurde schon benutzt.",
        en="This code is wrong or has been used already.",
    )
