"""Events over Redis Streams (Redis 6.2 or later), through FastStream.

One stream per event type, one group per service, one consumer per instance. What FastStream 0.7.8
leaves to its caller, and is done here: groups start at 0, so that events from before a reader's
first start reach it; a second subscriber claims what an instance took and never answered (nack
does nothing on Redis); a subscriber that stopped because its group vanished is started again.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.message import RedisStreamMessage
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from valero.kit.bus import BrokerAway, DeadLetter, Delivery, Judge, Outgoing, Receive

PREFIX = "valero.events."
DEAD = "valero.dead."
FIELD = "letter"

BATCH = 10
BLOCK_MILLISECONDS = 1000
ANSWER_SECONDS = 10.0
STOP_SECONDS = 15.0

KEEP_SECONDS = 3 * 24 * 3600
KEEP_ENTRIES = 20_000
"""Read entries stay this long for readers installed later, unless there are more than that."""


class RedisTransport:
    """See bus.Transport."""

    def __init__(self, url: str, service: str, instance: str, claim_seconds: float) -> None:
        self.url = url
        self.service = service
        self.instance = instance
        self.claim_milliseconds = int(claim_seconds * 1000)
        self.graveyard = DEAD + service
        self.incarnation = ""
        self._broker: RedisBroker | None = None
        self._types: tuple[str, ...] = ()
        self._subscribers: list[Any] = []

    async def connect(self, subscriptions: Mapping[str, Receive]) -> None:
        """Create the groups, hand the last run's unanswered entries on, begin to read."""
        await self.disconnect()
        self._types = tuple(subscriptions)
        broker = self._build()
        self._broker = broker
        async with _answers():
            await broker.connect()
            self.incarnation = await self._run_id()
            await self._create_groups()
            await self._release_own_entries()
            self._subscribers = [
                subscriber
                for type_, receive in subscriptions.items()
                for subscriber in self._subscribe(broker, type_, receive)
            ]
            await broker.start()

    async def check(self) -> None:
        """Notice a restart, and start subscribers again whose group had vanished (a flush)."""
        async with _answers():
            self.incarnation = await self._run_id()
            stopped = [subscriber for subscriber in self._subscribers if not subscriber.running]
            if stopped:
                await self._create_groups()
                for subscriber in stopped:
                    await subscriber.start()

    async def disconnect(self) -> None:
        """Stop reading and close the connections."""
        if self._broker is None:
            return
        broker, self._broker = self._broker, None
        self._subscribers = []
        with suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await broker.stop()

    async def send(self, batch: Sequence[Outgoing]) -> None:
        """All of `batch` or nothing, in one transaction."""
        async with _answers(), self._client.pipeline(transaction=True) as pipeline:
            for event in batch:
                await self._required_broker.publish(
                    event.body,
                    stream=PREFIX + event.type,
                    headers={"event-id": event.id},
                    correlation_id=event.id,
                    pipeline=pipeline,
                )
            await pipeline.execute()

    async def bury(self, letter: DeadLetter) -> None:
        """Append to the service's dead-letter stream."""
        async with _answers():
            await self._client.xadd(self.graveyard, {FIELD: letter.dump()})

    async def count_dead(self) -> int:
        """The length of the dead-letter stream."""
        async with _answers():
            return int(await self._client.xlen(self.graveyard))

    async def review_dead(self, judge: Judge, limit: int) -> None:
        """Entries that `judge` settles are deleted."""
        async with _answers():
            entries: list[Any] = await self._client.xrange(self.graveyard, count=limit) or []
        for entry_id, fields in entries:
            if await judge(DeadLetter.load(fields[FIELD.encode()])):
                async with _answers():
                    await self._client.xdel(self.graveyard, entry_id)

    async def tidy(self, types: Sequence[str]) -> None:
        """Trim each stream to what some group has not answered, and the recent past."""
        async with _answers():
            for type_ in types:
                await self._trim(PREFIX + type_)

    @property
    def _client(self) -> Redis:
        client = self._required_broker._connection
        if client is None:
            raise BrokerAway("not connected")
        return client

    @property
    def _required_broker(self) -> RedisBroker:
        if self._broker is None:
            raise BrokerAway("not connected")
        return self._broker

    def _build(self) -> RedisBroker:
        """FastStream passes `retry` on to the connections; without it one lost packet is final."""
        return RedisBroker(
            self.url,
            apply_types=False,
            logger=logging.getLogger(__name__),
            log_level=logging.DEBUG,
            graceful_timeout=STOP_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=2.0,
            health_check_interval=15,
            retry=Retry(
                ExponentialBackoff(cap=1.0, base=0.05),
                5,
                supported_errors=(RedisConnectionError, RedisTimeoutError),
            ),
        )

    async def _run_id(self) -> str:
        """What Redis calls itself since its start; a quick restart shows nowhere else."""
        server = await self._client.info("server")
        return str(server["run_id"])

    async def _create_groups(self) -> None:
        for type_ in self._types:
            try:
                await self._client.xgroup_create(PREFIX + type_, self.service, "0", mkstream=True)
            except ResponseError as error:
                if not str(error).startswith("BUSYGROUP"):
                    raise

    async def _release_own_entries(self) -> None:
        """What this instance had taken before it died need not wait for the claim time."""
        for type_ in self._types:
            for consumer in (self.instance, self._claimer):
                entries = await self._client.xpending_range(
                    PREFIX + type_, self.service, "-", "+", 1000, consumername=consumer
                )
                if entries:
                    await self._client.xclaim(
                        PREFIX + type_,
                        self.service,
                        self._claimer,
                        0,
                        [entry["message_id"] for entry in entries],
                        idle=self.claim_milliseconds,
                        justid=True,
                    )

    @property
    def _claimer(self) -> str:
        return f"{self.instance}.claims"

    def _subscribe(self, broker: RedisBroker, type_: str, receive: Receive) -> list[Any]:
        fresh = StreamSub(
            PREFIX + type_,
            group=self.service,
            consumer=self.instance,
            max_records=BATCH,
            polling_interval=BLOCK_MILLISECONDS,
        )
        unanswered = StreamSub(
            PREFIX + type_,
            group=self.service,
            consumer=self._claimer,
            min_idle_time=self.claim_milliseconds,
            polling_interval=max(200, min(5000, self.claim_milliseconds // 4)),
        )
        subscribers = []
        for stream, handler in (
            (fresh, _take(type_, receive)),
            (unanswered, _claim(type_, receive)),
        ):
            subscriber = broker.subscriber(
                stream=stream, ack_policy=AckPolicy.NACK_ON_ERROR, decoder=_undecoded
            )
            subscriber(handler)
            subscribers.append(subscriber)
        return subscribers

    async def _trim(self, stream: str) -> None:
        """Never past an unanswered entry: XAUTOCLAIM of Redis 6.2 chokes on deleted ones."""
        if not await self._client.exists(stream):
            return
        horizon = (int(time.time() - KEEP_SECONDS) * 1000, 0)
        if await self._client.xlen(stream) > KEEP_ENTRIES:
            horizon = (int(time.time()) * 1000, 0)
        for group in await self._client.xinfo_groups(stream):
            horizon = min(horizon, _position(group["last-delivered-id"]))
            pending = await self._client.xpending(stream, group["name"])
            if pending["min"]:
                horizon = min(horizon, _position(pending["min"]))
        await self._client.xtrim(stream, minid=f"{horizon[0]}-{horizon[1]}", approximate=True)


@asynccontextmanager
async def _answers() -> AsyncIterator[None]:
    """Turns everything that a missing Redis raises into BrokerAway."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            yield
    except (RedisError, OSError, TimeoutError) as error:
        raise BrokerAway(f"{type(error).__name__}: {error}") from error


async def _undecoded(message: RedisStreamMessage) -> RedisStreamMessage:
    return message


Reader = Callable[[RedisStreamMessage], Coroutine[Any, Any, None]]


def _take(type_: str, receive: Receive) -> Reader:
    async def take(message: RedisStreamMessage) -> None:
        await receive(Delivery(type_, message.body))

    return take


def _claim(type_: str, receive: Receive) -> Reader:
    async def claim(message: RedisStreamMessage) -> None:
        deliveries = await message.get_delivery_count()
        await receive(Delivery(type_, message.body, crashes=deliveries - 1))

    return claim


def _position(entry_id: bytes) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.decode().partition("-")
    return int(milliseconds), int(sequence)
