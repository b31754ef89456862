"""Facts between services: written with the data they report, delivered at least once, done once.

`publish` writes into the caller's transaction; the relay (relay.py) hands it to the broker
(bus.py); `Consumers` runs each reaction in a transaction of its own that also notes the event in
the inbox. Readers tolerate unknown fields and repeated or reordered delivery.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.contracts.envelope import Envelope, Event
from valero.kit import clock, tracing
from valero.kit.bus import BrokerAway, Bus, DeadLetter, Delivery
from valero.kit.database import Database, UnavailableDatabase
from valero.kit.relay import PUBLISHED, Relay

__all__ = [
    "BrokerAway",
    "Bus",
    "Consumers",
    "Relay",
    "TenantMissing",
    "is_first_delivery",
    "publish",
    "publish_many",
    "revive",
    "wrap",
]

TRIES = 5
MOST_CRASHES = 10
"""So often a process may die over an event before the event is put aside."""

E = TypeVar("E", bound=Event)
Reaction = Callable[[AsyncSession, E, Envelope], Awaitable[None]]

INSERT_OUTBOX = text(
    "insert into outbox (event_id, tenant_id, type, subject, envelope)"
    " values (:event_id, :tenant_id, :type, :subject, cast(:envelope as jsonb))"
)
INSERT_INBOX = text(
    "insert into inbox (consumer, event_id, tenant_id) values (:consumer, :event_id, :tenant_id)"
    " on conflict do nothing returning 1"
)

log = structlog.get_logger(__name__)


class TenantMissing(LookupError):  # noqa: N818
    """An event was published outside of any tenant; every fact belongs to one."""


async def publish(session: AsyncSession, event: Event) -> None:
    """Report `event` if and only if the transaction of `session` commits.

    Raises TenantMissing when the session acts for no tenant.
    """
    await publish_many(session, [event])


async def publish_many(session: AsyncSession, events: Sequence[Event]) -> None:
    """Report `events` in their order, in one round trip, if and only if the transaction commits.

    Raises TenantMissing when the session acts for no tenant.
    """
    if not events:
        return
    tenant = session.info.get("tenant")
    if tenant is None:
        raise TenantMissing(f"{events[0].type} outside of a tenant")
    envelopes = [wrap(event, tenant=tenant) for event in events]
    rows = [
        {
            "event_id": UUID(envelope.id),
            "tenant_id": tenant,
            "type": envelope.type,
            "subject": envelope.subject,
            "envelope": envelope.model_dump_json(exclude_none=True),
        }
        for envelope in envelopes
    ]
    await session.execute(INSERT_OUTBOX, rows if len(rows) > 1 else rows[0])
    session.info[PUBLISHED] = True


def wrap(event: Event, *, tenant: UUID) -> Envelope:
    """`event` in a new envelope, in the trace of the work being done."""
    return Envelope(
        id=str(clock.new_id()),
        source=f"/{event.type.partition('.')[0]}",
        type=event.type,
        time=clock.now(),
        subject=event.subject,
        tenantid=str(tenant),
        traceparent=tracing.traceparent(),
        data=event.model_dump(mode="json"),
    )


async def is_first_delivery(session: AsyncSession, envelope: Envelope, consumer: str) -> bool:
    """Whether `consumer` has not yet done this event; from now on it has, if `session` commits.

    Of two deliveries at the same time the second waits for the outcome of the first.
    """
    parameters = {
        "consumer": consumer,
        "event_id": UUID(envelope.id),
        "tenant_id": UUID(envelope.tenantid),
    }
    return await session.scalar(INSERT_INBOX, parameters) is not None


@dataclass(frozen=True)
class Consumer:
    """One reaction of one service to one event type."""

    name: str
    event: type[Event]
    react: Reaction[Any]


class Consumers:
    """What a service does when others report something.

    `done` counts (consumer, outcome), the outcomes being done, repeated, failed and buried.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self.done: Counter[tuple[str, str]] = Counter()
        self._consumers: dict[str, Consumer] = {}

    def on(
        self, event: type[E], *, name: str | None = None
    ) -> Callable[[Reaction[E]], Reaction[E]]:
        """Decorate `async def reaction(session, event, envelope)`.

        `name` (the function's by default) is kept in the inbox: under a new name, events that
        are delivered again count as new. Raises ValueError if the name is taken.
        """

        def register(react: Reaction[E]) -> Reaction[E]:
            consumer = name or getattr(react, "__name__", "")
            if not consumer or consumer in self._consumers:
                raise ValueError(f"{self.service}: consumer {consumer!r} has no name of its own")
            self._consumers[consumer] = Consumer(consumer, event, react)
            return react

        return register

    @property
    def types(self) -> list[str]:
        """The event types that somebody here reacts to."""
        return sorted({consumer.event.type for consumer in self._consumers.values()})

    def attach(self, bus: Bus, database: Database) -> None:
        """Receive from `bus`, work in `database`; to be called before the bus starts."""
        for type_ in self.types:
            bus.subscribe(type_, _Receiver(self, bus, database).receive)

    async def deliver(self, database: Database, envelope: Envelope) -> None:
        """Run every reaction to `envelope` once, as the bus would; raises what they raise."""
        for consumer in self.of(envelope.type):
            await self.run(database, consumer, envelope)

    def of(self, type_: str) -> list[Consumer]:
        """The reactions to one type, in the order of their definition."""
        return [one for one in self._consumers.values() if one.event.type == type_]

    async def run(self, database: Database, consumer: Consumer, envelope: Envelope) -> None:
        """One reaction in its own transaction; a repetition does nothing."""
        event = consumer.event.model_validate(envelope.data)
        async with database.transaction(tenant=UUID(envelope.tenantid)) as session:
            first = await is_first_delivery(session, envelope, consumer.name)
            if first:
                await consumer.react(session, event, envelope)
        self.done[consumer.name, "done" if first else "repeated"] += 1


async def revive(
    bus: Bus, consumers: Consumers, database: Database, *, limit: int = 100
) -> tuple[int, int]:
    """Try up to `limit` dead letters again, once each; how many succeeded, and how many remain.

    Those that succeed are removed. Raises BrokerAway.
    """

    async def judge(letter: DeadLetter) -> bool:
        try:
            envelope = Envelope.model_validate_json(letter.body)
            with _context(envelope):
                for consumer in consumers.of(envelope.type):
                    if letter.consumer in ("", consumer.name):
                        await consumers.run(database, consumer, envelope)
        except Exception:  # a worker loop: whatever a reaction raises, the next letter has its turn
            log.exception("letter_kept", consumer=letter.consumer)
            kept.append(letter)
            return False
        revived.append(letter)
        return True

    revived: list[DeadLetter] = []
    kept: list[DeadLetter] = []
    await bus.transport.review_dead(judge, limit)
    return len(revived), len(kept)


class _Receiver:
    """Sees one delivery through: done, or put aside, or left for later when we stop."""

    def __init__(self, consumers: Consumers, bus: Bus, database: Database) -> None:
        self.consumers = consumers
        self.bus = bus
        self.database = database

    async def receive(self, delivery: Delivery) -> None:
        """Returns when nothing is left to do; raises BrokerAway when stopped before."""
        try:
            envelope = Envelope.model_validate_json(delivery.body)
        except ValidationError as error:
            await self._bury(delivery, "", f"unreadable envelope: {_brief(error)}")
            return
        with _context(envelope):
            for consumer in self.consumers.of(delivery.type):
                if delivery.crashes >= MOST_CRASHES:
                    reason = f"delivered {delivery.crashes + 1} times and never answered"
                    await self._bury(delivery, consumer.name, reason)
                else:
                    await self._try(delivery, consumer, envelope)

    async def _try(self, delivery: Delivery, consumer: Consumer, envelope: Envelope) -> None:
        """TRIES attempts within seconds; time without a database does not count."""
        attempt = 0
        while True:
            try:
                await self.consumers.run(self.database, consumer, envelope)
            except ValidationError as error:
                await self._bury(delivery, consumer.name, f"unreadable payload: {_brief(error)}")
                return
            except Exception as error:  # a worker loop: whatever a reaction raises
                if not isinstance(error, UnavailableDatabase) and await self._database_answers():
                    attempt += 1
                    self.consumers.done[consumer.name, "failed"] += 1
                    log.exception("reaction_failed", consumer=consumer.name, attempt=attempt)
                if attempt >= TRIES:
                    await self._bury(delivery, consumer.name, f"{type(error).__name__}: {error}")
                    return
            else:
                return
            await self.bus.pause(attempt)
            if self.bus.stopping.is_set():
                raise BrokerAway("stopped before the event was done")

    async def _database_answers(self) -> bool:
        try:
            await self.database.ping()
        except UnavailableDatabase:
            return False
        return True

    async def _bury(self, delivery: Delivery, consumer: str, reason: str) -> None:
        self.consumers.done[consumer, "buried"] += 1
        await self.bus.bury(
            DeadLetter(
                type=delivery.type,
                consumer=consumer,
                reason=reason[:1000],
                died_at=clock.now().isoformat(),
                body=delivery.body.decode(errors="replace"),
            )
        )


@contextmanager
def _context(envelope: Envelope) -> Iterator[None]:
    """Logs of a reaction show the event, and the trace goes on."""
    with (
        tracing.continued(envelope.traceparent),
        structlog.contextvars.bound_contextvars(event_id=envelope.id, event_type=envelope.type),
    ):
        yield


def _brief(error: ValidationError) -> str:
    """The places that do not fit, without their values: those may be personal data."""
    places = [
        f"{'.'.join(map(str, entry['loc'])) or 'body'} ({entry['type']})"
        for entry in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return ", ".join(places[:10])
