"""Guessing is slow, and nobody can use that to lock others out."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from valero.auth import throttle
from valero.kit import clock

EMAIL = "erika@example.com"


async def attempt(tools, *, address: str, email: str = EMAIL, device=None, now=None) -> bool:
    """One wrong guess; whether it was let through."""
    buckets = throttle.for_sign_in(tools.vault, email=email, address=address, device=device)
    async with tools.database.transaction() as session:
        return await throttle.count(session, buckets, now=now or clock.now()) == 0


async def let_through(tools, number: int, **guess) -> int:
    return sum([await attempt(tools, **guess) for _ in range(number)])


async def test_one_address_guesses_one_account_five_times(tools):
    assert await let_through(tools, 20, address="198.51.100.1") == 5


async def test_the_owner_at_another_address_does_not_notice(tools):
    await let_through(tools, 20, address="198.51.100.1")
    assert await attempt(tools, address="203.0.113.5")


async def test_one_address_guesses_a_hundred_accounts(tools):
    guesses = [
        await attempt(tools, address="198.51.100.1", email=f"user{n}@example.com")
        for n in range(120)
    ]
    assert sum(guesses) == 100


async def test_a_stubborn_address_does_not_fill_the_bucket_of_the_account(tools):
    now = clock.now()
    for quarter in range(3):
        moment = now + timedelta(minutes=16 * quarter)
        assert await let_through(tools, 100, address="198.51.100.1", now=moment) == 5
    assert await attempt(tools, address="203.0.113.5", now=now + timedelta(minutes=48))


async def test_many_addresses_together_guess_one_account_a_hundred_times_an_hour(tools):
    guesses = [await attempt(tools, address=f"198.51.100.{n}") for n in range(130)]
    assert sum(guesses) == 100


async def test_a_known_device_signs_in_even_then(tools):
    for n in range(130):
        await attempt(tools, address=f"198.51.100.{n}")
    assert await attempt(tools, address="198.51.100.1", device="a1")
    assert await let_through(tools, 20, address="198.51.100.1", device="a1") == 9


async def test_after_a_while_everybody_may_try_again(tools):
    now = clock.now()
    assert await let_through(tools, 6, address="198.51.100.1", now=now) == 5
    assert await attempt(tools, address="198.51.100.1", now=now + timedelta(minutes=15))


async def test_parallel_guesses_count_each(tools):
    guesses = await asyncio.gather(
        *(attempt(tools, address="198.51.100.1", now=clock.now()) for _ in range(15))
    )
    assert sum(guesses) == 5


async def test_success_takes_the_attempt_back_where_others_share_the_bucket(tools):
    buckets = throttle.for_sign_in(tools.vault, email=EMAIL, address="203.0.113.5", device=None)
    for _ in range(200):
        async with tools.database.transaction() as session:
            assert await throttle.count(session, buckets, now=clock.now()) == 0
            await throttle.forgive(session, buckets)


async def test_no_address_and_no_account_can_be_read_from_the_buckets(tools):
    await attempt(tools, address="198.51.100.1", email="my password, typed into the wrong field")
    async with tools.database.transaction() as session:
        names = list(await session.scalars(text("select bucket from attempts")))
    assert len(names) == 3
    assert not [name for name in names if "password" in name or "198.51" in name]


async def test_ended_windows_are_removed(tools):
    now = clock.now()
    await attempt(tools, address="198.51.100.1", now=now)
    async with tools.database.transaction() as session:
        await throttle.clear(session, now=now + timedelta(minutes=30))
        assert await session.scalar(text("select count(*) from attempts")) == 1
        await throttle.clear(session, now=now + timedelta(minutes=61))
        assert await session.scalar(text("select count(*) from attempts")) == 0
