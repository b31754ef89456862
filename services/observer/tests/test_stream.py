"""Server-sent events: what goes over the wire, bounded queues, and who is dropped."""

import asyncio
import json

import pytest

from valero.observer import stream as streams
from valero.observer.stream import EventStream, Message, Stream


class Wire:
    """An ASGI connection of a client that reads, or that has stopped reading."""

    def __init__(self) -> None:
        self.sent = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.left = asyncio.Event()

    async def send(self, message):
        await self.reading.wait()
        self.sent.append(message)

    async def receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    @property
    def text(self):
        return b"".join(message.get("body", b"") for message in self.sent).decode()


def listen(stream, wire, *first):
    async def replay():
        return first

    answer = EventStream(stream, replay)
    return asyncio.create_task(answer({"type": "http"}, wire.receive, wire.send))


@pytest.fixture
def wire():
    return Wire()


def test_a_message_is_written_as_the_standard_wants():
    wire = Message("event", {"text": "Größe\nzwei"}, id=7).wire.decode()
    head, _, data = wire.partition("data: ")
    assert head == "id: 7\nevent: event\n"
    assert data.endswith("\n\n")
    assert data.count("\n") == 2
    assert json.loads(data) == {"text": "Größe\nzwei"}


async def test_a_listener_gets_first_things_first_then_the_news(wire, until):
    stream = Stream()
    task = listen(stream, wire, Message("snapshot", {"n": 0}))
    await until(lambda: "snapshot" in wire.text)
    stream.publish(Message("service", {"n": 1}))
    await until(lambda: '"n":1' in wire.text)
    assert dict(wire.sent[0]["headers"])[b"content-type"].startswith(b"text/event-stream")
    stream.close()
    await asyncio.wait_for(task, 1)
    assert wire.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_what_was_replayed_is_not_told_again(wire, until):
    stream = Stream()
    task = listen(stream, wire, Message("event", {"n": 8}, id=8))
    await until(lambda: len(stream) == 1)
    stream.publish(Message("event", {"n": 8}, id=8))
    stream.publish(Message("event", {"n": 9}, id=9))
    await until(lambda: '"n":9' in wire.text)
    assert wire.text.count("id: 8") == 1
    stream.close()
    await task


async def test_a_listener_that_leaves_is_forgotten(wire, until):
    stream = Stream()
    task = listen(stream, wire)
    await until(lambda: len(stream) == 1)
    wire.left.set()
    await asyncio.wait_for(task, 1)
    assert len(stream) == 0


async def test_a_listener_that_does_not_read_is_dropped_not_buffered(wire, until, monkeypatch):
    monkeypatch.setattr(streams, "STALL_SECONDS", 0.2)
    stream = Stream()
    task = listen(stream, wire)
    await until(lambda: wire.sent)
    wire.reading.clear()
    for number in range(10_000):
        stream.publish(Message("service", {"n": number}))
    (subscription,) = stream._subscriptions
    assert subscription._queue.qsize() <= streams.QUEUE_LIMIT + 1
    await asyncio.wait_for(task, 2)
    assert len(stream) == 0


async def test_a_reading_listener_is_not_hurt_by_a_stalled_one(until):
    stream, stalled, reader = Stream(), Wire(), Wire()
    tasks = [listen(stream, stalled), listen(stream, reader)]
    await until(lambda: stalled.sent and reader.sent)
    stalled.reading.clear()
    for number in range(500):
        stream.publish(Message("service", {"n": number}))
        await asyncio.sleep(0)
    await until(lambda: '"n":499' in reader.text)
    stream.close()
    stalled.reading.set()
    await asyncio.gather(*tasks)


async def test_a_silent_stream_shows_that_it_lives(wire, until, monkeypatch):
    monkeypatch.setattr(streams, "PULSE_SECONDS", 0.02)
    stream = Stream()
    task = listen(stream, wire)
    await until(lambda: wire.text.count(": still here") >= 2)
    stream.close()
    await task


async def test_a_closed_stream_ends_whoever_comes_later(wire):
    stream = Stream()
    stream.close()
    await asyncio.wait_for(listen(stream, wire, Message("snapshot", {})), 1)
    assert "snapshot" in wire.text
