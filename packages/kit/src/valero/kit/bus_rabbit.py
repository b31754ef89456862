"""Events over RabbitMQ (3.10 or later), through FastStream.

One topic exchange; per service and type one quorum queue. What no queue wants yet would vanish,
so the exchange has an alternate: a waiting queue per type, emptied by the type's first reader.
Each reader works on one message at a time, which keeps the order of a queue. A power cut within
seconds of a quorum queue's creation can leave it without a leader (seen with 3.10): readers then
stay away, which health shows, until the queue is deleted; the outbox keeps what is not confirmed.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import AMQPError
from aiormq.exceptions import AMQPException
from faststream import AckPolicy
from faststream.rabbit import (
    Channel,
    ExchangeType,
    QueueType,
    RabbitBroker,
    RabbitExchange,
    RabbitQueue,
)
from faststream.rabbit.message import RabbitMessage
from pamqp.commands import Basic

from valero.kit.bus import BrokerAway, DeadLetter, Delivery, Judge, Outgoing, Receive

WAITING = RabbitExchange("valero.waiting", type=ExchangeType.TOPIC)
EVENTS = RabbitExchange(
    "valero.events", type=ExchangeType.TOPIC, arguments={"alternate-exchange": WAITING.name}
)
DEAD = RabbitExchange("valero.dead", type=ExchangeType.DIRECT)

DELIVERY_LIMIT = 20
"""Above events.MOST_CRASHES: the broker's own limit is the second line."""

WAITING_MILLISECONDS = 30 * 24 * 3600 * 1000
ANSWER_SECONDS = 10.0
STOP_SECONDS = 15.0
NO_OWN_RECONNECT_SECONDS = 3600.0


class RabbitTransport:
    """See bus.Transport."""

    def __init__(self, url: str, service: str) -> None:
        self.url = url
        self.service = service
        self.incarnation = "rabbit"  # quorum queues confirm what is on disk
        self.graveyard = RabbitQueue(f"valero.dead.{service}", routing_key=service)
        self._broker: RabbitBroker | None = None
        self._awaited: set[str] = set()

    async def connect(self, subscriptions: Mapping[str, Receive]) -> None:
        """Declare exchanges and queues, begin to read, fetch what was waiting for a reader."""
        await self.disconnect()
        broker = self._build()
        self._broker = broker
        async with _answers():
            await broker.connect()
            for exchange in (WAITING, EVENTS, DEAD):
                await broker.declare_exchange(exchange)
            graveyard = await broker.declare_queue(self.graveyard)
            await graveyard.bind(DEAD.name, routing_key=self.service)
            for type_, receive in subscriptions.items():
                self._subscribe(broker, type_, receive)
            await broker.start()
        for type_ in subscriptions:
            await self._fetch_waiting(type_)

    async def check(self) -> None:
        """Raises BrokerAway once the connection is gone."""
        connection = self._required_broker._connection
        if connection is None or not connection.connected.is_set():
            raise BrokerAway("the connection to RabbitMQ is gone")

    async def disconnect(self) -> None:
        """Stop reading and close the connection."""
        if self._broker is None:
            return
        broker, self._broker = self._broker, None
        self._awaited.clear()
        with suppress(AMQPException, AMQPError, OSError, RuntimeError, TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await broker.stop()

    async def send(self, batch: Sequence[Outgoing]) -> None:
        """One after the other, each confirmed, so that none overtakes a failed one."""
        for event in batch:
            async with _answers():
                await self._await_reader(event.type)
                confirmation = await self._required_broker.publish(
                    event.body,
                    exchange=EVENTS,
                    routing_key=event.type,
                    persist=True,
                    content_type="application/cloudevents+json",
                    message_id=event.id,
                    correlation_id=event.id,
                    message_type=event.type,
                )
            if not isinstance(confirmation, Basic.Ack):
                raise BrokerAway(f"RabbitMQ did not take over {event.type} {event.id}")

    async def bury(self, letter: DeadLetter) -> None:
        """Put into the service's dead-letter queue."""
        async with _answers():
            await self._required_broker.publish(
                letter.dump(), exchange=DEAD, routing_key=self.service, persist=True
            )

    async def count_dead(self) -> int:
        """The length of the dead-letter queue."""
        async with _answers(), self._channel() as channel:
            queue = await channel.declare_queue(self.graveyard.name, passive=True)
            return queue.declaration_result.message_count or 0

    async def review_dead(self, judge: Judge, limit: int) -> None:
        """Letters that `judge` does not settle go back to their place."""
        async with _answers(seconds=None), self._channel() as channel:
            queue = await channel.get_queue(self.graveyard.name)
            kept: list[AbstractIncomingMessage] = []
            while len(kept) < limit:
                message = await queue.get(fail=False)
                if message is None:
                    break
                letter = DeadLetter.load(message.body, fallback_type=message.type or "")
                if await judge(letter):
                    await message.ack()
                else:
                    kept.append(message)
            for message in kept:
                await message.nack(requeue=True)

    async def tidy(self, types: Sequence[str]) -> None:
        """Nothing to do: RabbitMQ drops what is answered."""

    @property
    def _required_broker(self) -> RabbitBroker:
        if self._broker is None:
            raise BrokerAway("not connected")
        return self._broker

    def _build(self) -> RabbitBroker:
        """Reconnecting is Bus's work alone: two reconnecting parties undo each other."""
        return RabbitBroker(
            self.url,
            apply_types=False,
            logger=logging.getLogger(__name__),
            log_level=logging.DEBUG,
            graceful_timeout=STOP_SECONDS,
            timeout=ANSWER_SECONDS,
            reconnect_interval=NO_OWN_RECONNECT_SECONDS,
            app_id=self.service,
        )

    def _subscribe(self, broker: RabbitBroker, type_: str, receive: Receive) -> None:
        subscriber = broker.subscriber(
            queue=RabbitQueue(
                f"valero.{self.service}.{type_}",
                queue_type=QueueType.QUORUM,
                routing_key=type_,
                arguments={
                    "x-delivery-limit": DELIVERY_LIMIT,
                    "x-dead-letter-exchange": DEAD.name,
                    "x-dead-letter-routing-key": self.service,
                },
            ),
            exchange=EVENTS,
            channel=Channel(prefetch_count=1),
            ack_policy=AckPolicy.NACK_ON_ERROR,
            decoder=_undecoded,
        )
        subscriber(_take(type_, receive))

    async def _await_reader(self, type_: str) -> None:
        """Make sure that an event of this type has somewhere to wait before one is sent."""
        if type_ not in self._awaited:
            async with self._channel() as channel:
                await _waiting_queue(channel, type_)
            self._awaited.add(type_)

    async def _fetch_waiting(self, type_: str) -> None:
        """Send again what waited; those who are bound by now get it, this service included."""
        async with _answers(seconds=None), self._channel() as channel:
            queue = await _waiting_queue(channel, type_)
            exchange = await channel.get_exchange(EVENTS.name, ensure=False)
            while message := await queue.get(fail=False):
                await exchange.publish(message, type_)
                await message.ack()

    @asynccontextmanager
    async def _channel(self) -> AsyncIterator[AbstractChannel]:
        """A channel for one errand: an error closes it and no other."""
        connection = self._required_broker._connection
        if connection is None:
            raise BrokerAway("not connected")
        async with connection.channel(publisher_confirms=True) as channel:
            yield channel


async def _waiting_queue(channel: AbstractChannel, type_: str) -> AbstractQueue:
    queue = await channel.declare_queue(
        f"valero.waiting.{type_}",
        durable=True,
        arguments={"x-queue-type": "classic", "x-message-ttl": WAITING_MILLISECONDS},
    )
    await queue.bind(WAITING.name, routing_key=type_)
    return queue


@asynccontextmanager
async def _answers(seconds: float | None = ANSWER_SECONDS) -> AsyncIterator[None]:
    """Turns everything that a missing RabbitMQ raises into BrokerAway.

    aio-pika reports a lost connection as RuntimeError or even as a cancellation of the caller.
    """
    task = asyncio.current_task()
    assert task is not None
    try:
        async with asyncio.timeout(seconds):
            yield
    except asyncio.CancelledError as error:
        if task.cancelling():
            raise
        raise BrokerAway(str(error)) from error
    except (AMQPException, AMQPError, OSError, RuntimeError, TimeoutError) as error:
        raise BrokerAway(f"{type(error).__name__}: {error}") from error


async def _undecoded(message: RabbitMessage) -> RabbitMessage:
    return message


def _take(type_: str, receive: Receive) -> Callable[[RabbitMessage], Coroutine[Any, Any, None]]:
    async def take(message: RabbitMessage) -> None:
        crashes = message.headers.get("x-delivery-count", 0)
        await receive(Delivery(type_, message.body, crashes=int(crashes)))

    return take
