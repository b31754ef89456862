"""Facts between services, over every broker: nothing lost, nothing done twice, nobody blocked."""

import asyncio
import random
import string
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa

from valero.contracts.envelope import Envelope, Event
from valero.kit import clock, events, tracing
from valero.kit.bus import Bus, Outgoing, Transport
from valero.kit.database import Database
from valero.kit.events import Consumers, Relay
from valero.kit.testing.recording import RecordingBus, RecordingTransport
from valero.kit.testing.tokens import TENANT

PATIENCE_SECONDS = 20.0
OTHER_TENANT = UUID("00000000-0000-7000-8000-00000000000b")

BROKERS = ["recording", "redis", pytest.param("rabbit", marks=pytest.mark.broker)]


async def eventually(check: Callable[[], Awaitable[Any]], seconds: float = PATIENCE_SECONDS) -> Any:
    """The first true answer of `check`."""
    async with asyncio.timeout(seconds):
        while not (answer := await check()):  # noqa: ASYNC110 - looks into a database
            await asyncio.sleep(0.02)
    return answer


def new_event_type() -> type[Event]:
    """An event type that no other test uses: brokers are shared between tests."""
    word = "".join(random.choices(string.ascii_lowercase, k=12))

    class Counted(Event):
        type: ClassVar[str] = f"probe.counted_{word}.v1"

        number: int
        text: str = ""

        @property
        def subject(self) -> str:
            return str(self.number)

    return Counted


@dataclass
class Stage:
    """One broker, one database, one event type; buses and relays are made on it."""

    url: str
    database: Database
    event: type[Event] = field(default_factory=new_event_type)
    transport: RecordingTransport | None = None

    def bus(self, service: str = "probe", instance: str = "probe-1", **options: Any) -> Bus:
        transport: Transport | None = self.transport
        return Bus(self.url, service=service, instance=instance, transport=transport, **options)

    @asynccontextmanager
    async def reading(self, consumers: Consumers, **options: Any) -> AsyncIterator[Bus]:
        bus = self.bus(consumers.service, **options)
        consumers.attach(bus, self.database)
        async with bus, asyncio.timeout(PATIENCE_SECONDS * 3):
            await bus.wait_connected()
            yield bus

    @asynccontextmanager
    async def relaying(self, bus: Bus | None = None) -> AsyncIterator[Relay]:
        bus = bus or self.bus("producer")
        if bus.connected:
            async with Relay(self.database, bus) as relay:
                yield relay
        else:
            async with bus, Relay(self.database, bus) as relay:
                await bus.wait_connected()
                yield relay

    async def publish(self, *numbers: int, tenant: UUID = TENANT, text: str = "") -> None:
        for number in numbers:
            async with self.database.transaction(tenant=tenant) as session:
                await events.publish(session, self.event(number=number, text=text))

    async def waiting(self) -> int:
        async with self.database.transaction() as session:
            return (
                await session.scalar(sa.text("select count(*) from outbox where sent_at is null"))
                or 0
            )

    async def emptied(self) -> bool:
        return await self.waiting() == 0

    async def notes(self, tenant: UUID = TENANT) -> list[int]:
        async with self.database.transaction(tenant=tenant) as session:
            rows = await session.scalars(sa.text("select number from notes order by id"))
            return list(rows)


@pytest.fixture(params=BROKERS)
def stage(request: pytest.FixtureRequest, database: Database) -> Stage:
    """Each test runs once per broker."""
    if request.param == "recording":
        return Stage("", database, transport=RecordingTransport())
    return Stage(request.getfixturevalue(f"{request.param}_url"), database)


def note_taker(stage: Stage, service: str = "probe") -> Consumers:
    """Notes each number, in the tenant of the event."""
    consumers = Consumers(service)

    @consumers.on(stage.event)
    async def take_note(session: Any, event: Any, envelope: Envelope) -> None:
        await session.execute(
            sa.text("insert into notes (id, number, text) values (:id, :number, :text)"),
            {"id": clock.new_id(), "number": event.number, "text": event.text},
        )

    return consumers


async def test_an_event_is_done_in_the_tenant_it_belongs_to(stage: Stage) -> None:
    async with stage.reading(note_taker(stage)) as bus, stage.relaying(bus):
        await stage.publish(1, tenant=TENANT)
        await stage.publish(2, tenant=OTHER_TENANT)
        await eventually(lambda: stage.notes(OTHER_TENANT))
        await eventually(lambda: stage.notes(TENANT))
        await eventually(stage.emptied)
    assert await stage.notes(TENANT) == [1]
    assert await stage.notes(OTHER_TENANT) == [2]


async def test_a_rolled_back_event_never_existed(stage: Stage) -> None:
    async def publish_and_fail() -> None:
        async with stage.database.transaction(tenant=TENANT) as session:
            await events.publish(session, stage.event(number=13))
            raise LookupError("undone")

    async with stage.reading(note_taker(stage)) as bus, stage.relaying(bus):
        with pytest.raises(LookupError):
            await publish_and_fail()
        await stage.publish(1)
        await eventually(stage.notes)
    assert await stage.notes() == [1]


async def test_an_event_delivered_twice_is_done_once(stage: Stage) -> None:
    consumers = note_taker(stage)
    envelope = events.wrap(stage.event(number=1), tenant=TENANT)
    outgoing = Outgoing(envelope.type, envelope.id, envelope.model_dump_json().encode())
    async with stage.reading(consumers) as bus:
        await bus.send([outgoing, outgoing])
        await bus.send([outgoing])

        async def all_delivered() -> bool:
            return consumers.done.total() == 3

        await eventually(all_delivered)
    assert await stage.notes() == [1]
    assert consumers.done == {("take_note", "done"): 1, ("take_note", "repeated"): 2}


async def test_events_keep_their_order(stage: Stage) -> None:
    async with stage.reading(note_taker(stage)) as bus, stage.relaying(bus):
        await stage.publish(*range(100))

        async def all_noted() -> bool:
            return len(await stage.notes()) == 100

        await eventually(all_noted)
    assert await stage.notes() == list(range(100))


async def test_events_from_before_the_first_reader_reach_it(stage: Stage) -> None:
    async with stage.relaying():
        await stage.publish(1, 2, 3)
        await eventually(stage.emptied)
    async with stage.reading(note_taker(stage)):

        async def all_noted() -> bool:
            return await stage.notes() == [1, 2, 3]

        await eventually(all_noted)


async def test_two_services_both_get_an_event(stage: Stage) -> None:
    if stage.transport is not None:
        pytest.skip("the recording bus is one service")
    seen: list[str] = []

    def reader(service: str) -> Consumers:
        consumers = Consumers(service)

        @consumers.on(stage.event)
        async def see(session: Any, event: Any, envelope: Envelope) -> None:
            seen.append(f"{service} {event.number}")

        # both share a database here, so the inbox has to tell them apart
        return consumers

    one, other = reader("one"), Consumers("other")
    other.on(stage.event, name="see_too")(reader("other").of(stage.event.type)[0].react)

    async def both() -> bool:
        return sorted(seen) == ["one 1", "other 1"]

    async with stage.reading(one), stage.reading(other), stage.relaying():
        await stage.publish(1)
        await eventually(both)


async def test_unknown_fields_are_ignored(stage: Stage) -> None:
    envelope = events.wrap(stage.event(number=1), tenant=TENANT)
    content = envelope.model_dump(mode="json")
    content["data"]["added_later"] = {"deep": [1]}
    content["extension"] = "of CloudEvents"
    newer = Envelope.model_validate(content)
    async with stage.reading(note_taker(stage)) as bus:
        body = newer.model_dump_json().replace("{", '{"extension":1,', 1).encode()
        await bus.send([Outgoing(newer.type, newer.id, body)])
        await eventually(stage.notes)


async def test_a_poisonous_event_is_put_aside_and_others_proceed(stage: Stage) -> None:
    """The second insert of a number violates nothing, but this reader dislikes thirteen."""
    consumers = Consumers("probe")
    tries: list[int] = []

    @consumers.on(stage.event)
    async def take_note(session: Any, event: Any, envelope: Envelope) -> None:
        await session.execute(
            sa.text("insert into notes (id, number, text) values (:id, :number, '')"),
            {"id": clock.new_id(), "number": event.number},
        )
        if event.number == 13:
            tries.append(13)
            raise ArithmeticError("thirteen")

    async with stage.reading(consumers) as bus, stage.relaying(bus):
        before = await bus.transport.count_dead()
        await stage.publish(1, 13, 2)

        async def others_done() -> bool:
            return await stage.notes() == [1, 2]

        await eventually(others_done)
        assert len(tries) == events.TRIES
        assert await bus.transport.count_dead() == before + 1
        letters: list[Any] = []

        async def look(letter: Any) -> bool:
            letters.append(letter)
            return letter.type == stage.event.type

        await bus.transport.review_dead(look, 1000)
        (letter,) = [letter for letter in letters if letter.type == stage.event.type]
        assert (letter.consumer, letter.reason) == ("take_note", "ArithmeticError: thirteen")
        assert Envelope.model_validate_json(letter.body).data["number"] == 13
        assert await bus.transport.count_dead() == before
    assert await stage.notes() == [1, 2]


async def test_a_dead_letter_can_be_revived_once_the_reader_is_mended(stage: Stage) -> None:
    consumers = Consumers(stage.event.type.split("_")[1].removesuffix(".v1"))
    mended = False

    @consumers.on(stage.event)
    async def take_note(session: Any, event: Any, envelope: Envelope) -> None:
        if not mended:
            raise ArithmeticError("not yet")
        await session.execute(
            sa.text("insert into notes (id, number, text) values (:id, :number, '')"),
            {"id": clock.new_id(), "number": event.number},
        )

    async with stage.reading(consumers) as bus, stage.relaying(bus):
        await stage.publish(1)

        async def buried() -> bool:
            return await bus.transport.count_dead() == 1

        await eventually(buried)
        assert await events.revive(bus, consumers, stage.database) == (0, 1)
        assert await bus.transport.count_dead() == 1
        mended = True
        assert await events.revive(bus, consumers, stage.database) == (1, 0)
        assert await bus.transport.count_dead() == 0
    assert await stage.notes() == [1]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"not json",
        lambda content: content.replace(b'"specversion":"1.0"', b'"specversion":"7"'),
        lambda content: content.replace(b'"number":1', b'"number":"one"'),
    ],
    ids=["no JSON", "another specification", "another payload"],
)
async def test_an_unreadable_event_is_put_aside_at_once(stage: Stage, spoil: Any) -> None:
    consumers = note_taker(stage)
    good = events.wrap(stage.event(number=2), tenant=TENANT)
    bad = events.wrap(stage.event(number=1), tenant=TENANT)
    spoilt = spoil(bad.model_dump_json().encode())
    async with stage.reading(consumers) as bus:
        before = await bus.transport.count_dead()
        await bus.send([Outgoing(bad.type, bad.id, spoilt)])
        await bus.send([Outgoing(good.type, good.id, good.model_dump_json().encode())])
        await eventually(stage.notes)
        assert await bus.transport.count_dead() == before + 1
    assert await stage.notes() == [2]
    assert consumers.done["take_note", "failed"] == 0


async def test_the_trace_of_the_publisher_reaches_the_reader(stage: Stage) -> None:
    consumers = Consumers("probe")
    seen: list[str] = []

    @consumers.on(stage.event)
    async def look(session: Any, event: Any, envelope: Envelope) -> None:
        trace = tracing.current()
        assert trace is not None
        seen.append(trace.trace_id)

    async def seen_one() -> bool:
        return bool(seen)

    async with stage.reading(consumers) as bus, stage.relaying(bus):
        with tracing.continued(None) as trace:
            await stage.publish(1)
        await eventually(seen_one)
    assert seen == [trace.trace_id]


async def test_an_event_without_a_tenant_is_refused(database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(events.TenantMissing):
            await events.publish(session, new_event_type()(number=1))


async def test_of_two_deliveries_at_once_the_second_waits_for_the_first(
    database: Database,
) -> None:
    envelope = events.wrap(new_event_type()(number=1), tenant=TENANT)
    async with database.transaction(tenant=TENANT) as first:
        assert await events.is_first_delivery(first, envelope, "reader")

        async def second() -> bool:
            async with database.transaction(tenant=TENANT) as session:
                return await events.is_first_delivery(session, envelope, "reader")

        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await first.rollback()
    assert await waiting


async def test_the_inbox_is_per_consumer(database: Database) -> None:
    envelope = events.wrap(new_event_type()(number=1), tenant=TENANT)
    async with database.transaction(tenant=TENANT) as session:
        assert await events.is_first_delivery(session, envelope, "one")
        assert await events.is_first_delivery(session, envelope, "other")
        assert not await events.is_first_delivery(session, envelope, "one")


def test_a_consumer_name_is_taken_once() -> None:
    consumers = Consumers("probe")
    event = new_event_type()

    async def react(session: Any, event: Any, envelope: Envelope) -> None: ...

    consumers.on(event)(react)
    with pytest.raises(ValueError, match="react"):
        consumers.on(event)(react)


async def test_the_recording_bus_shows_what_was_sent(
    recording_bus: RecordingBus, database: Database
) -> None:
    event = new_event_type()
    async with Relay(database, recording_bus):
        await recording_bus.wait_connected()
        async with database.transaction(tenant=TENANT) as session:
            await events.publish(session, event(number=7))

        async def sent() -> bool:
            return bool(recording_bus.events)

        await eventually(sent)
    (envelope,) = recording_bus.events
    assert (envelope.type, envelope.subject, envelope.tenantid) == (event.type, "7", str(TENANT))


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="kafka"):
        Bus("kafka://somewhere", service="probe", instance="probe-1")
