"""The second factor: one-time passwords by time (TOTP, RFC 6238), and recovery codes.

Six digits, 30 seconds, SHA-1: what every authenticator application understands. One step earlier
or later is accepted for clocks that differ (RFC 6238, 5.2), and no step twice (5.2 too).
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from valero.auth.models import RecoveryCode, SecondFactor, User
from valero.auth.vault import Vault
from valero.kit import audit
from valero.kit.errors import Conflict, FieldError, Invalid, Unauthorized

ISSUER = "VALERO NeuroERP"
STEP_SECONDS = 30
STEPS_APART = 1
DIGITS = 6
RECOVERY_CODES = 10
# No letters or digits that look alike; two groups of five make 49 bits, each tried at most a few
# times an hour.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_GROUP = 5
CHALLENGE = timedelta(minutes=5)


class SecondFactorRequired(Unauthorized):
    """The password was right; WWW-Authenticate carries the challenge to answer with a code."""

    title_de = "Zweiter Faktor erforderlich"
    title_en = "Second factor required"


class ChallengeInvalid(Unauthorized):
    """Too old, invented, or given out before the password was changed."""

    title_de = "Anmeldung abgelaufen"
    title_en = "Sign-in expired"


class CodeWrong(Unauthorized):
    """No code of this moment, one that was used already, or no recovery code that is left."""

    title_de = "Code nicht gültig"
    title_en = "Code not valid"


class ConfirmationWrong(Invalid):
    """Somebody who is signed in typed a code that is not valid."""


class SecondFactorExists(Conflict):
    """There is a confirmed second factor; it has to be removed first."""


class SecondFactorMissing(Conflict):
    """There is no second factor to confirm, use or remove."""


@dataclass(frozen=True)
class Enrolment:
    """What the authenticator application needs; shown once."""

    secret: str
    uri: str


async def find(session: AsyncSession, user_id: UUID, *, lock: bool = False) -> SecondFactor | None:
    """The confirmed second factor of a user."""
    statement = select(SecondFactor).where(
        SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None)
    )
    return await session.scalar(statement.with_for_update() if lock else statement)


async def get(session: AsyncSession, user_id: UUID) -> SecondFactor:
    """The confirmed second factor, locked. Raises SecondFactorMissing."""
    factor = await find(session, user_id, lock=True)
    if factor is None:
        raise _missing()
    return factor


async def enrol(session: AsyncSession, vault: Vault, user: User, *, now: datetime) -> Enrolment:
    """A new secret, of no effect before `confirm`. Raises SecondFactorExists."""
    if await find(session, user.id, lock=True) is not None:
        raise SecondFactorExists(
            de="Ein zweiter Faktor ist schon eingerichtet.",
            en="A second factor has been set up already.",
        )
    await session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    secret = pyotp.random_base32()
    sealed = vault.seal(secret.encode(), _purpose(user.id))
    session.add(SecondFactor(user_id=user.id, sealed_secret=sealed, created_at=now))
    await session.flush()
    await audit.record(session, "second_factor_begun", str(user.id))
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return Enrolment(secret, uri)


async def confirm(
    session: AsyncSession, vault: Vault, user_id: UUID, code: str, *, now: datetime
) -> list[str]:
    """The first code proves that the application works; returns fresh recovery codes.

    Raises SecondFactorMissing, SecondFactorExists or ConfirmationWrong.
    """
    factor = await session.get(SecondFactor, user_id, with_for_update=True)
    if factor is None:
        raise _missing()
    if factor.confirmed_at is not None:
        raise SecondFactorExists(
            de="Der zweite Faktor ist schon bestätigt.",
            en="The second factor has been confirmed already.",
        )
    if not _use_step(vault, factor, code, now):
        raise confirmation_wrong()
    factor.confirmed_at = now
    await session.flush()
    await audit.record(session, "second_factor_added", str(user_id))
    return await renew_recovery_codes(session, vault, user_id)


async def accepts(
    session: AsyncSession, vault: Vault, factor: SecondFactor, code: str, *, now: datetime
) -> bool:
    """Whether `code` is right now; then it is used up. `factor` must be locked."""
    if _use_step(vault, factor, code, now):
        await session.flush()
        return True
    mark = _recovery_mark(vault, factor.user_id, code)
    found = await session.get(RecoveryCode, mark, with_for_update=True)
    if found is None or found.used_at is not None:
        return False
    found.used_at = now
    await session.flush()
    await audit.record(session, "recovery_code_used", str(factor.user_id))
    return True


async def renew_recovery_codes(session: AsyncSession, vault: Vault, user_id: UUID) -> list[str]:
    """Ten codes that replace all earlier ones. Only their keyed hashes are stored."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    for code in codes:
        session.add(RecoveryCode(mark=_recovery_mark(vault, user_id, code), user_id=user_id))
    await session.flush()
    await audit.record(session, "recovery_codes_made", str(user_id))
    return codes


async def recovery_codes_left(session: AsyncSession, user_id: UUID) -> int:
    """How many recovery codes can still be used."""
    statement = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return await session.scalar(statement) or 0


async def remove(session: AsyncSession, user_id: UUID) -> None:
    """Sign in with the password alone again. Raises SecondFactorMissing."""
    await session.delete(await get(session, user_id))
    await session.flush()
    await audit.record(session, "second_factor_removed", str(user_id))


def challenge(vault: Vault, user: User, *, now: datetime) -> str:
    """Proof of the right password, for CHALLENGE and as long as the password stays the same."""
    ends_at = int((now + CHALLENGE).timestamp())
    return f"{user.id}.{ends_at}.{_challenge_mark(vault, user, ends_at)}"


def challenged(given: str) -> UUID | None:
    """Whose challenge this claims to be; `is_challenge` must follow."""
    try:
        return UUID(given.partition(".")[0])
    except ValueError:
        return None


def is_challenge(vault: Vault, user: User, given: str, *, now: datetime) -> bool:
    """Whether `given` is a challenge of `user` that can still be answered."""
    _, _, rest = given.partition(".")
    ends_at, _, mark = rest.partition(".")
    if not (ends_at.isascii() and ends_at.isdigit() and len(ends_at) <= 12):
        return False
    expected = _challenge_mark(vault, user, int(ends_at))
    genuine = hmac.compare_digest(mark.encode(), expected.encode())
    return genuine and now.timestamp() < int(ends_at)


def confirmation_wrong() -> ConfirmationWrong:
    """The answer to a wrong code of somebody who is signed in."""
    de = "Dieser Code stimmt nicht, oder er wurde schon benutzt."
    en = "This code is wrong or has been used already."
    return ConfirmationWrong(de=de, en=en, errors=[FieldError("/code", "wrong", de, en)])


def _missing() -> SecondFactorMissing:
    return SecondFactorMissing(
        de="Es ist kein zweiter Faktor eingerichtet.",
        en="No second factor has been set up.",
    )


def _use_step(vault: Vault, factor: SecondFactor, code: str, now: datetime) -> bool:
    """Whether `code` belongs to a step around `now` later than every step used so far."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(vault.open(factor.sealed_secret, _purpose(factor.user_id)).decode())
    present = int(now.timestamp()) // STEP_SECONDS
    for step in range(present - STEPS_APART, present + STEPS_APART + 1):
        right = hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode())
        if right and step > (factor.last_step or 0):
            factor.last_step = step
            return True
    return False


def _recovery_code() -> str:
    letters = "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(2 * RECOVERY_GROUP))
    return f"{letters[:RECOVERY_GROUP]}-{letters[RECOVERY_GROUP:]}"


def _recovery_mark(vault: Vault, user_id: UUID, code: str) -> bytes:
    """Spaces, dashes and capitals do not count: people copy codes from paper."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return vault.mark(f"{user_id} {plain}", "recovery-code")


def _challenge_mark(vault: Vault, user: User, ends_at: int) -> str:
    content = f"{user.id} {ends_at} {user.password_hash}"
    return vault.mark(content, "second-factor-challenge").hex()


def _purpose(user_id: UUID) -> str:
    return f"second-factor {user_id}"
