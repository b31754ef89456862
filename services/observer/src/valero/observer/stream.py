"""Server-sent events (WHATWG HTML, 9.2) with a bounded queue per client.

A client that does not read is dropped, not buffered; it comes back with Last-Event-ID and gets
what it missed. When the process is told to stop, every stream ends at once.
"""

import asyncio
import json
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import FrameType
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

QUEUE_LIMIT = 256
PULSE_SECONDS = 15.0
STALL_SECONDS = 10.0


@dataclass(frozen=True)
class Message:
    """One event of a stream; only what can be replayed carries an id."""

    event: str
    data: Any
    id: int | None = None

    @cached_property
    def wire(self) -> bytes:
        """The message as it goes over the wire, encoded once for all clients."""
        text = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"), default=str)
        head = f"id: {self.id}\n" if self.id is not None else ""
        return f"{head}event: {self.event}\ndata: {text}\n\n".encode()


class Subscription:
    """What one client has still to be sent; ends when the queue is full or the stream closes."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue(QUEUE_LIMIT + 1)
        self.ended = False

    def offer(self, message: Message) -> None:
        """Queue `message`; a full queue ends the subscription."""
        if self._queue.qsize() >= QUEUE_LIMIT:
            self.end()
        elif not self.ended:
            self._queue.put_nowait(message)

    def end(self) -> None:
        """Send nothing more."""
        if not self.ended:
            self.ended = True
            while not self._queue.empty():
                self._queue.get_nowait()
            self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Message | None]:
        """The messages; None when there was nothing to say for a while."""
        while True:
            try:
                async with asyncio.timeout(PULSE_SECONDS):
                    message = await self._queue.get()
            except TimeoutError:
                yield None
                continue
            if message is None:
                return
            yield message


class Stream:
    """Everybody who listens to one kind of news."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self.closed = False

    def __len__(self) -> int:
        """How many clients listen."""
        return len(self._subscriptions)

    def publish(self, message: Message) -> None:
        """Offer `message` to every client; never waits."""
        for subscription in self._subscriptions:
            subscription.offer(message)

    def close(self) -> None:
        """End every subscription, now and from now on."""
        self.closed = True
        for subscription in self._subscriptions:
            subscription.end()

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Listen for as long as the block runs."""
        subscription = Subscription()
        if self.closed:
            subscription.end()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)


class EventStream(Response):
    """The answer to a listener: what `first` returns, then whatever `stream` publishes."""

    media_type = "text/event-stream"

    def __init__(self, stream: Stream, first: Callable[[], Awaitable[Sequence[Message]]]) -> None:
        super().__init__(
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        del self.headers["content-length"]
        self._stream = stream
        self._first = first

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the client leaves, stalls, or the stream ends."""
        with self._stream.subscribe() as subscription:
            watcher = asyncio.create_task(self._end_on_disconnect(receive, subscription))
            try:
                async with asyncio.timeout(None) as deadline:
                    await self._send(send, subscription, deadline)
            except TimeoutError:
                subscription.end()
            finally:
                watcher.cancel()

    async def _send(
        self, send: Send, subscription: Subscription, deadline: asyncio.Timeout
    ) -> None:
        now = asyncio.get_running_loop().time

        async def out(body: bytes, *, more: bool = True) -> None:
            deadline.reschedule(now() + STALL_SECONDS)
            await send({"type": "http.response.body", "body": body, "more_body": more})
            deadline.reschedule(None)

        first = await self._first()
        replayed = max((message.id or 0 for message in first), default=0)
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await out(b"retry: 1000\n\n" + b"".join(message.wire for message in first))
        async for message in subscription:
            if message is None:
                await out(b": still here\n\n")
            elif message.id is None or message.id > replayed:
                await out(message.wire)
        await out(b"", more=False)

    @staticmethod
    async def _end_on_disconnect(receive: Receive, subscription: Subscription) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        subscription.end()


@contextmanager
def ended_by_signals(streams: Sequence[Stream]) -> Iterator[None]:
    """While the block runs, SIGTERM and SIGINT end `streams` before the server handles them.

    A server waits for open answers before it tells the application to stop; an endless answer
    would make it wait for ever.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def close_all() -> None:
        for stream in streams:
            stream.close()

    def on_signal(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(close_all)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    installed = [number for number, handler in before.items() if callable(handler)]
    for number in installed:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number in installed:
            if signal.getsignal(number) is on_signal:
                signal.signal(number, before[number])
        close_all()
