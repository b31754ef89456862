"""Brokers and databases that go away and come back, and relays that take turns."""

import asyncio
import contextlib
import os
import random
import string
import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import pytest
import redis.asyncio
import sqlalchemy as sa

from valero.contracts.envelope import Envelope, Event
from valero.kit import clock, events, relay
from valero.kit.bus import BrokerAway, Bus, Outgoing
from valero.kit.bus_redis import KEEP_ENTRIES, PREFIX
from valero.kit.database import Database
from valero.kit.events import Consumers, Relay
from valero.kit.testing.ports import free_port
from valero.kit.testing.postgres import PostgresProcess, ServiceDatabase
from valero.kit.testing.recording import RecordingBus, RecordingTransport
from valero.kit.testing.redis import RedisProcess
from valero.kit.testing.tokens import TENANT

PATIENCE_SECONDS = 40.0
RABBIT_SETTLES_SECONDS = 5.0
"""RabbitMQ 3.10 never elects a leader for a quorum queue that was seconds old in a power cut."""

BROKERS = ["redis", pytest.param("rabbit", marks=pytest.mark.broker)]


async def eventually(check: Callable[[], Awaitable[Any]], seconds: float = PATIENCE_SECONDS) -> Any:
    """The first true answer of `check`."""
    async with asyncio.timeout(seconds):
        while not (answer := await check()):  # noqa: ASYNC110 - looks into a database
            await asyncio.sleep(0.02)
    return answer


@pytest.fixture
def event() -> type[Event]:
    """An event type of this test alone."""
    word = "".join(random.choices(string.ascii_lowercase, k=12))

    class Counted(Event):
        type: ClassVar[str] = f"probe.counted_{word}.v1"

        number: int

        @property
        def subject(self) -> str:
            return str(self.number)

    return Counted


@pytest.fixture
def consumers(event: type[Event]) -> Consumers:
    """A reader that notes each number."""
    taken = Consumers("probe")

    @taken.on(event)
    async def take_note(session: Any, event: Any, envelope: Envelope) -> None:
        await session.execute(
            sa.text("insert into notes (id, number, text) values (:id, :number, '')"),
            {"id": clock.new_id(), "number": event.number},
        )

    return taken


async def publish(database: Database, event: type[Event], *numbers: int) -> None:
    for number in numbers:
        async with database.transaction(tenant=TENANT) as session:
            await events.publish(session, event(number=number))


async def noted(database: Database) -> list[int]:
    async with database.transaction(tenant=TENANT) as session:
        return list(await session.scalars(sa.text("select number from notes order by id")))


async def waiting(database: Database) -> int:
    async with database.transaction() as session:
        return (
            await session.scalar(sa.text("select count(*) from outbox where sent_at is null")) or 0
        )


def exactly(database: Database, numbers: list[int]) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return sorted(await noted(database)) == numbers

    return check


@pytest.mark.parametrize("broker", BROKERS)
async def test_everything_goes_on_when_the_broker_is_back(
    broker: str,
    request: pytest.FixtureRequest,
    database: Database,
    event: type[Event],
    consumers: Consumers,
) -> None:
    url = request.getfixturevalue(f"{broker}_url")
    server = request.getfixturevalue(f"{broker}_process")
    reading = Bus(url, service="probe", instance="probe-1", claim_seconds=1)
    consumers.attach(reading, database)
    sending = Bus(url, service="producer", instance="producer-1")
    async with reading, sending, Relay(database, sending):
        await publish(database, event, 1)
        await eventually(exactly(database, [1]))
        if broker == "rabbit":
            await asyncio.sleep(RABBIT_SETTLES_SECONDS)
        await asyncio.to_thread(server.kill)

        async def noticed() -> bool:
            return not (reading.connected or sending.connected)

        await eventually(noticed)
        await publish(database, event, 2, 3)
        assert await waiting(database) == 2
        await asyncio.to_thread(server.start)
        await eventually(exactly(database, [1, 2, 3]))
        await publish(database, event, 4)
        await eventually(exactly(database, [1, 2, 3, 4]))


async def test_a_bus_starts_while_its_broker_is_away(
    database: Database, event: type[Event], consumers: Consumers
) -> None:
    server = RedisProcess()
    bus = Bus(server.url, service="probe", instance="probe-1")
    consumers.attach(bus, database)
    started = time.monotonic()
    try:
        async with bus, Relay(database, bus):
            assert time.monotonic() - started < 1
            await publish(database, event, 1)
            assert not bus.connected
            with pytest.raises(BrokerAway):
                await bus.send([Outgoing(event.type, "1", b"{}")])
            await asyncio.to_thread(server.start)
            await eventually(exactly(database, [1]))
    finally:
        server.remove()


async def test_a_flushed_redis_gets_its_groups_again(
    redis_url: str, database: Database, event: type[Event], consumers: Consumers
) -> None:
    bus = Bus(redis_url, service="probe", instance="probe-1")
    consumers.attach(bus, database)
    async with bus, Relay(database, bus), redis.asyncio.Redis.from_url(redis_url) as client:
        await publish(database, event, 1)
        await eventually(exactly(database, [1]))
        await client.flushall()
        await publish(database, event, 2)
        await eventually(exactly(database, [1, 2]))


async def test_what_redis_forgets_in_a_power_cut_is_sent_again(
    redis_process: RedisProcess,
    redis_url: str,
    database: Database,
    event: type[Event],
    consumers: Consumers,
) -> None:
    """Redis confirms up to a second before its disk has it; the test takes the end of that away."""
    on_disk = redis_process.folder / "appendonly.aof"
    sending = Bus(redis_url, service="producer", instance="producer-1")
    reading = Bus(redis_url, service="probe", instance="probe-1")
    consumers.attach(reading, database)

    async def all_sent() -> bool:
        return await waiting(database) == 0

    async with sending, Relay(database, sending):
        await sending.wait_connected()
        safe = on_disk.stat().st_size
        await publish(database, event, 1, 2, 3)
        await eventually(all_sent)
        redis_process.kill()
        assert on_disk.stat().st_size > safe
        os.truncate(on_disk, safe)
        await asyncio.to_thread(redis_process.start)
        async with reading:
            await eventually(exactly(database, [1, 2, 3]))


async def test_sent_rows_are_kept_for_a_while_and_then_removed(
    database: Database, event: type[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "PURGE_SECONDS", 0.1)

    async def rows() -> int:
        async with database.transaction() as session:
            return await session.scalar(sa.text("select count(*) from outbox")) or 0

    async with RecordingBus() as bus, Relay(database, bus):
        await publish(database, event, 1, 2)

        async def all_sent() -> bool:
            return await waiting(database) == 0

        await eventually(all_sent)
        assert await rows() == 2
        async with database.transaction() as session:
            await session.execute(
                sa.text("update outbox set sent_at = now() - interval '2 minutes'")
            )

        async def removed() -> bool:
            return await rows() == 0

        await eventually(removed)
    assert len(bus.events) == 2


async def test_readers_wait_for_their_database_without_putting_anything_aside(
    redis_url: str,
    postgres: PostgresProcess,
    database: Database,
    event: type[Event],
    consumers: Consumers,
) -> None:
    bus = Bus(redis_url, service="probe", instance="probe-1", claim_seconds=1)
    consumers.attach(bus, database)
    async with bus, Relay(database, bus):
        await publish(database, event, 1)
        await eventually(exactly(database, [1]))
        await asyncio.to_thread(postgres.halt)
        try:
            envelope = events.wrap(event(number=2), tenant=TENANT)
            await bus.send([Outgoing(event.type, envelope.id, envelope.model_dump_json().encode())])
            # longer than all tries together take when they count
            await asyncio.sleep(5)
            assert consumers.done["take_note", "failed"] == 0
        finally:
            await asyncio.to_thread(postgres.start)
        await eventually(exactly(database, [1, 2]))
        await publish(database, event, 3)
        await eventually(exactly(database, [1, 2, 3]))
        assert await bus.transport.count_dead() == 0


async def test_one_relay_works_and_the_next_takes_over(
    probe_database: ServiceDatabase, database: Database, event: type[Event]
) -> None:
    other_database = Database(probe_database.url)
    async with RecordingBus() as bus, contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(other_database.close)
        await bus.wait_connected()
        first, second = Relay(database, bus), Relay(other_database, bus)

        async def sent(count: int) -> None:
            async def check() -> bool:
                return len(bus.events) == count

            await eventually(check)

        async def second_active() -> bool:
            return second.active

        async with first:

            async def first_active() -> bool:
                return first.active

            await eventually(first_active)
            await stack.enter_async_context(second)
            await publish(other_database, event, *range(50))
            await sent(50)
            assert (first.sent.total(), second.sent.total()) == (50, 0)
            assert [one.data["number"] for one in bus.events] == list(range(50))
            assert not second.active
        await eventually(second_active)
        await publish(database, event, 50)
        await sent(51)


async def test_a_standby_wakes_the_working_relay_at_once(
    probe_database: ServiceDatabase, database: Database, event: type[Event]
) -> None:
    """The fallback looks once a second; ten events in a row would then take ten seconds."""
    other_database = Database(probe_database.url)
    async with (
        RecordingBus() as bus,
        Relay(database, bus) as working,
        contextlib.AsyncExitStack() as stack,
    ):
        stack.push_async_callback(other_database.close)
        await bus.wait_connected()

        async def active() -> bool:
            return working.active

        await eventually(active)
        await stack.enter_async_context(Relay(other_database, bus))
        started = time.monotonic()
        for number in range(10):
            await publish(other_database, event, number)

            async def sent(count: int = number + 1) -> bool:
                return len(bus.events) == count

            await eventually(sent)
        assert time.monotonic() - started < 5


async def test_a_row_that_cannot_be_sent_holds_those_behind_it(
    database: Database, event: type[Event]
) -> None:
    class Choosy(RecordingTransport):
        refuses = 3

        async def send(self, batch: Any) -> None:
            for outgoing in batch:
                if Envelope.model_validate_json(outgoing.body).data["number"] == self.refuses:
                    raise BrokerAway("not this one")
                await super().send([outgoing])

    transport = Choosy()
    bus = Bus("", service="probe", instance="probe-1", transport=transport)
    async with bus:
        await bus.wait_connected()
        await publish(database, event, 1, 2, 3, 4)
        async with Relay(database, bus):

            async def two_left() -> bool:
                return await waiting(database) == 2

            await eventually(two_left)
            sent = [Envelope.model_validate_json(one.body) for one in transport.sent]
            assert {one.data["number"] for one in sent} == {1, 2}
            transport.refuses = 0

            async def none_left() -> bool:
                return await waiting(database) == 0

            await eventually(none_left)
    numbers = [Envelope.model_validate_json(one.body).data["number"] for one in transport.sent]
    assert list(dict.fromkeys(numbers)) == [1, 2, 3, 4]


async def test_a_relay_survives_a_restart_of_its_database(
    postgres: PostgresProcess, database: Database, event: type[Event]
) -> None:
    async with RecordingBus() as bus, Relay(database, bus) as relay:
        await bus.wait_connected()
        await publish(database, event, 1)

        async def all_sent() -> bool:
            return await waiting(database) == 0

        await eventually(all_sent)
        await asyncio.to_thread(postgres.halt)
        await asyncio.to_thread(postgres.start)
        await publish(database, event, 2)

        await eventually(all_sent)
        assert relay.active
        assert [envelope.data["number"] for envelope in bus.events] == [1, 2]


async def test_streams_are_trimmed_only_to_what_everybody_has_answered(
    redis_url: str, event: type[Event]
) -> None:
    stream = PREFIX + event.type
    async with (
        Bus(redis_url, service="producer", instance="producer-1") as bus,
        redis.asyncio.Redis.from_url(redis_url) as client,
    ):
        await bus.wait_connected()
        await client.xgroup_create(stream, "slow", "0", mkstream=True)
        old = 1000
        async with client.pipeline() as pipeline:
            for number in range(KEEP_ENTRIES // 2):
                pipeline.xadd(stream, {"n": number}, id=f"{old}-{number + 1}")
            await pipeline.execute()
        await client.xreadgroup("slow", "c", {stream: ">"}, count=500)
        await bus.transport.tidy([event.type])
        assert await client.xlen(stream) == KEEP_ENTRIES // 2, "an unanswered entry was dropped"
        answered = [f"{old}-{number + 1}" for number in range(400)]
        await client.xack(stream, "slow", *answered)
        await bus.transport.tidy([event.type])
        left = await client.xlen(stream)
        assert KEEP_ENTRIES // 2 - 400 <= left < KEEP_ENTRIES // 2
        oldest = (await client.xrange(stream, count=1))[0][0].decode()
        assert int(oldest.split("-")[1]) <= 401


async def test_nobody_listens_and_the_bus_says_so() -> None:
    bus = Bus(f"redis://127.0.0.1:{free_port()}", service="probe", instance="probe-1")
    async with bus:
        assert not bus.connected
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await bus.wait_connected()
    with pytest.raises(BrokerAway):
        await bus.transport.count_dead()
