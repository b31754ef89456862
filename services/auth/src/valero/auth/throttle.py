"""Slows down guessing without giving strangers the power to lock people out.

Attempts are counted in buckets before the password is looked at, so parallel guesses count too.
A device that has signed in before carries a cookie and has a bucket of its own (OWASP, "device
cookies"): whatever others do from the same network or to the same account does not concern it.
Everybody else passes three buckets, the narrowest first, and a refused attempt fills no wider one:
one stranger cannot use up what all strangers share. 100 failures per account is NIST's limit
(SP 800-63B, 5.2.2).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.auth.vault import Vault
from valero.kit.errors import Problem


class TooManyAttempts(Problem):
    """Somebody tries too often; the header Retry-After says when to come back."""

    status = 429
    title_de = "Zu viele Versuche"
    title_en = "Too many attempts"


@dataclass(frozen=True)
class Bucket:
    """A name, how many attempts fit, and for how long they stay."""

    name: str
    holds: int
    minutes: int


COUNT = text(
    """
    insert into attempts (bucket, number, window_ends_at) values (:bucket, 1, :ends_at)
    on conflict (bucket) do update set
        number = case when attempts.window_ends_at <= :now then 1 else attempts.number + 1 end,
        window_ends_at = case when attempts.window_ends_at <= :now
                              then excluded.window_ends_at else attempts.window_ends_at end
    returning number, window_ends_at
    """
)
TAKE_BACK = text("update attempts set number = number - 1 where bucket = :bucket and number > 0")
FORGET = text("delete from attempts where bucket = :bucket")
CLEAR = text("delete from attempts where window_ends_at <= :now")


def for_sign_in(vault: Vault, *, email: str, address: str, device: str | None) -> list[Bucket]:
    """The buckets of a sign-in, the narrowest first. `device` is the id of a known device."""
    if device is not None:
        return [_bucket(vault, "device", device, holds=10, minutes=15)]
    return [
        _bucket(vault, "account-at-address", f"{email}\n{address}", holds=5, minutes=15),
        _bucket(vault, "address", address, holds=100, minutes=15),
        _bucket(vault, "account", email, holds=100, minutes=60),
    ]


def for_second_factor(vault: Vault, *, user: str, address: str, device: str | None) -> list[Bucket]:
    """The buckets of a code at sign-in. Whoever gets here knew the password.

    20 guesses an hour at three of a million codes are one success in two years.
    """
    if device is not None:
        return [_bucket(vault, "code-on-device", device, holds=10, minutes=15)]
    return [
        _bucket(vault, "code-at-address", f"{user}\n{address}", holds=5, minutes=15),
        _bucket(vault, "code", user, holds=20, minutes=60),
    ]


def for_password_change(vault: Vault, *, user: str) -> list[Bucket]:
    """The bucket of somebody who is signed in and names the present password."""
    return [_bucket(vault, "password", user, holds=10, minutes=15)]


async def count(session: AsyncSession, buckets: list[Bucket], *, now: datetime) -> int:
    """Count one attempt; returns for how many seconds it is refused, 0 if it may go ahead.

    The transaction must be committed whatever becomes of the attempt.
    """
    for bucket in buckets:
        ends_at = now + timedelta(minutes=bucket.minutes)
        values = {"bucket": bucket.name, "now": now, "ends_at": ends_at}
        number, window_ends_at = (await session.execute(COUNT, values)).one()
        if number > bucket.holds:
            return max(1, int((window_ends_at - now).total_seconds()))
    return 0


async def forgive(session: AsyncSession, buckets: list[Bucket]) -> None:
    """The attempt was right: forget the failures of this caller, take it back from the others."""
    narrowest, *others = buckets
    await session.execute(FORGET, {"bucket": narrowest.name})
    for bucket in others:
        await session.execute(TAKE_BACK, {"bucket": bucket.name})


async def clear(session: AsyncSession, *, now: datetime) -> None:
    """Remove windows that have ended."""
    await session.execute(CLEAR, {"now": now})


def too_many(seconds: int) -> TooManyAttempts:
    """The answer to an attempt that is refused for `seconds`."""
    minutes = -(-seconds // 60)
    return TooManyAttempts(
        de=f"Bitte warten Sie {minutes} Minute{'n' if minutes > 1 else ''}.",
        en=f"Please wait {minutes} minute{'s' if minutes > 1 else ''}.",
        headers={"Retry-After": str(seconds)},
    )


def _bucket(vault: Vault, kind: str, whom: str, *, holds: int, minutes: int) -> Bucket:
    """Named by a keyed hash: people type passwords into the e-mail field."""
    name = f"{kind}:{vault.mark(whom, 'throttle').hex()}"
    return Bucket(name=name, holds=holds, minutes=minutes)
