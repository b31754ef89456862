"""The way between services: Redis Streams or RabbitMQ, chosen by URL.

Delivery is at least once and usually in order; readers absorb repetitions (events.py). The broker
may be absent at any time: starting never fails, and everything is set up again when it is back.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Protocol, Self
from urllib.parse import urlsplit

import structlog

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
CHECK_SECONDS = 1.0
CLAIM_SECONDS = 30.0
DEAD_LETTER_BODY_BYTES = 1_000_000

log = structlog.get_logger(__name__)


class BrokerAway(ConnectionError):  # noqa: N818
    """The broker cannot be reached, or did not confirm; nothing is lost, try again."""


@dataclass(frozen=True)
class Outgoing:
    """One event on its way out; `body` is the envelope as JSON."""

    type: str
    id: str
    body: bytes


@dataclass(frozen=True)
class Delivery:
    """One event as it arrives; `crashes` counts earlier deliveries that nobody answered."""

    type: str
    body: bytes
    crashes: int = 0


@dataclass(frozen=True)
class DeadLetter:
    """An event that a reader could not digest, and why; kept until someone deals with it."""

    type: str
    consumer: str
    reason: str
    died_at: str
    body: str

    def dump(self) -> bytes:
        """As JSON; an oversized body is cut, which makes the letter unreadable but countable."""
        content = asdict(self) | {"body": self.body[:DEAD_LETTER_BODY_BYTES]}
        return json.dumps(content, ensure_ascii=False).encode()

    @classmethod
    def load(cls, data: bytes, *, fallback_type: str = "") -> Self:
        """Read `dump`'s form; anything else is a letter that the broker itself put aside."""
        try:
            return cls(**json.loads(data))
        except (ValueError, TypeError):
            text = data.decode(errors="replace")
            return cls(fallback_type, "", "put aside by the broker", "", text)


Receive = Callable[[Delivery], Awaitable[None]]
"""Called for each delivery; returning means done. It raises only to have it delivered again."""

Judge = Callable[[DeadLetter], Awaitable[bool]]
"""Called for each dead letter; True removes it."""


class Transport(Protocol):
    """What Bus needs of a broker. Every method raises BrokerAway when it cannot be reached."""

    incarnation: str
    """Changes when the broker may have lost what it confirmed last; "" before `connect`."""

    async def connect(self, subscriptions: Mapping[str, Receive]) -> None:
        """Declare everything, then begin to receive the types in `subscriptions`."""

    async def check(self) -> None:
        """Repair what stopped although the broker is there."""

    async def disconnect(self) -> None:
        """Stop receiving, wait for what is being received, close connections."""

    async def send(self, batch: Sequence[Outgoing]) -> None:
        """Hand over `batch` in order; on return the broker has taken all of it over."""

    async def bury(self, letter: DeadLetter) -> None:
        """Keep `letter` aside."""

    async def count_dead(self) -> int:
        """How many letters are kept aside for this service."""

    async def review_dead(self, judge: Judge, limit: int) -> None:
        """Show up to `limit` letters to `judge`, oldest first."""

    async def tidy(self, types: Sequence[str]) -> None:
        """Drop what every reader of `types` has long had."""


class Bus:
    """One service instance's connection to all others."""

    def __init__(
        self,
        url: str,
        *,
        service: str,
        instance: str,
        claim_seconds: float = CLAIM_SECONDS,
        transport: Transport | None = None,
    ) -> None:
        """`claim_seconds`: after this time without an answer another instance takes over."""
        self.service = service
        self.transport = transport or _choose(url, service, instance, claim_seconds)
        self.connected = False
        self.stopping = asyncio.Event()
        self._subscriptions: dict[str, Receive] = {}
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def incarnation(self) -> str:
        """See Transport."""
        return self.transport.incarnation

    def subscribe(self, type_: str, receive: Receive) -> None:
        """Receive events of `type_`; to be called before `start`. Raises ValueError if taken."""
        if type_ in self._subscriptions:
            raise ValueError(f"{self.service} already receives {type_}")
        self._subscriptions[type_] = receive

    async def start(self) -> None:
        """Begin to connect in the background; returns at once, whether the broker is there or not.

        Raises ValueError when started twice.
        """
        if self._task is not None:
            raise ValueError("the bus is started already")
        self.stopping.clear()
        self._task = asyncio.create_task(self._stay_connected(), name="bus")

    async def stop(self) -> None:
        """Finish what is being received and disconnect."""
        self.stopping.set()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self._mark(connected=False)
        with suppress(BrokerAway):
            await self.transport.disconnect()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    async def wait_connected(self) -> None:
        """Return once the broker is there and every subscription stands."""
        await self._ready.wait()

    async def send(self, batch: Sequence[Outgoing]) -> None:
        """Hand `batch` to the broker in order. Raises BrokerAway; some of it may then be sent."""
        if not self.connected:
            raise BrokerAway("not connected to the broker")
        await self.transport.send(batch)

    async def bury(self, letter: DeadLetter) -> None:
        """Keep `letter` aside, waiting for the broker if need be. Raises BrokerAway on stop."""
        attempt = 0
        while not self.stopping.is_set():
            try:
                await self.transport.bury(letter)
            except BrokerAway:
                attempt += 1
                await self.pause(attempt)
            else:
                log.error("event_buried", consumer=letter.consumer, reason=letter.reason)
                return
        raise BrokerAway("stopped before the letter could be put aside")

    async def pause(self, attempt: int, *, longest: float = LONGEST_PAUSE_SECONDS) -> None:
        """Wait before attempt + 1, doubling up to `longest` seconds; a stop ends the wait."""
        ceiling = min(longest, FIRST_PAUSE_SECONDS * 2.0 ** min(attempt, 20))
        with suppress(TimeoutError):
            async with asyncio.timeout(ceiling * random.uniform(0.5, 1.0)):  # noqa: S311 - jitter
                await self.stopping.wait()

    async def _stay_connected(self) -> None:
        attempt = 0
        while True:
            try:
                if self.connected:
                    await self.transport.check()
                else:
                    await self.transport.connect(self._subscriptions)
                    log.info("bus_connected", types=sorted(self._subscriptions))
            except Exception as error:  # a worker loop: nothing may end it for good
                if not isinstance(error, BrokerAway):
                    log.exception("bus_failed")
                elif attempt == 0:
                    log.warning("broker_away", error=str(error))
                attempt += 1
                self._mark(connected=False)
                await self.pause(attempt)
            else:
                attempt = 0
                self._mark(connected=True)
                await asyncio.sleep(CHECK_SECONDS)

    def _mark(self, *, connected: bool) -> None:
        self.connected = connected
        if connected:
            self._ready.set()
        else:
            self._ready.clear()


def _choose(url: str, service: str, instance: str, claim_seconds: float) -> Transport:
    """The transport for `url`; only the chosen driver is imported. Raises ValueError."""
    scheme = urlsplit(url).scheme
    if scheme in {"redis", "rediss", "unix"}:
        from valero.kit.bus_redis import RedisTransport

        return RedisTransport(url, service, instance, claim_seconds)
    if scheme in {"amqp", "amqps"}:
        from valero.kit.bus_rabbit import RabbitTransport

        return RabbitTransport(url, service)
    raise ValueError(f"VALERO_BROKER_URL: unknown scheme {scheme!r}, expected redis or amqp")
