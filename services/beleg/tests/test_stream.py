"""The live stream: every change once, in order, for the own tenant, also after an absence."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from valero.beleg import documents, history
from valero.beleg import feed as feeds
from valero.beleg.consumers import consumers
from valero.beleg.feed import Feed
from valero.beleg.sample import Sample
from valero.contracts.fibu import EntryPosted
from valero.kit import clock, events
from valero.kit.database import Database, enter_tenant
from valero.kit.testing.ports import free_port
from valero.kit.testing.tokens import OTHER_TENANT, TENANT

SAMPLE = Sample(number="RE-1")
PATIENCE_SECONDS = 10


class Listener:
    """Reads server-sent events from an iterator of text."""

    def __init__(self, stream: AsyncIterator[str]) -> None:
        self.stream = stream
        self._text = ""

    async def block(self) -> str:
        while "\n\n" not in self._text:
            async with asyncio.timeout(PATIENCE_SECONDS):
                self._text += await anext(self.stream)
        block, _, self._text = self._text.partition("\n\n")
        return block

    async def event(self) -> dict[str, Any]:
        """The next event that is no heartbeat; its id under the key `event_id`."""
        while True:
            fields = dict(
                line.split(": ", 1) for line in (await self.block()).splitlines() if line[0] != ":"
            )
            if "data" in fields:
                assert fields["event"] == "document"
                return {**json.loads(fields["data"]), "event_id": int(fields["id"])}


@asynccontextmanager
async def listening(
    feed: Feed, after: int | None = None, tenant: UUID = TENANT
) -> AsyncIterator[Listener]:
    stream = feed.stream(tenant, after)
    listener = Listener(stream)
    assert (await listener.block()).startswith("retry: ")
    try:
        yield listener
    finally:
        await stream.aclose()  # type: ignore[attr-defined]


async def waiting(listener: Listener) -> asyncio.Task[dict[str, Any]]:
    """The next event to come; on return the listener has looked and found nothing yet."""
    task = asyncio.create_task(listener.event())
    await asyncio.sleep(0.3)
    return task


async def test_a_change_reaches_a_listener(beleg: Any) -> None:
    async with listening(beleg.app.state.feed) as listener:
        document = await beleg.receive(SAMPLE)
        event = await listener.event()
    assert event["document_id"] == document["id"]
    assert (event["action"], event["state"], event["entry_id"]) == ("received", "received", None)


async def test_a_booking_reaches_a_listener(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    entry = EntryPosted(
        entry_id=clock.new_id(),
        posted_on=date(2026, 11, 20),
        document_number="RE-1",
        source="beleg",
        source_id=document["id"],
        total=Decimal("119.00"),
        currency="EUR",
    )
    async with listening(beleg.app.state.feed) as listener:
        envelope = events.wrap(entry, tenant=TENANT)
        await consumers.deliver(beleg.app.state.database, envelope)
        event = await listener.event()
    assert (event["action"], event["state"]) == ("booked", "booked")
    assert event["entry_id"] == str(entry.entry_id)


async def test_who_was_away_gets_what_was_missed(beleg: Any) -> None:
    async with listening(beleg.app.state.feed) as listener:
        await beleg.receive(SAMPLE)
        seen = (await listener.event())["event_id"]
    missed = [await beleg.receive(replace(SAMPLE, number=f"RE-{n}")) for n in (2, 3)]
    async with listening(beleg.app.state.feed, after=seen) as listener:
        assert [(await listener.event())["document_id"] for _ in missed] == [
            document["id"] for document in missed
        ]


async def test_what_happened_before_is_not_repeated_to_a_newcomer(beleg: Any) -> None:
    await beleg.receive(SAMPLE)
    async with listening(beleg.app.state.feed) as listener:
        second = await beleg.receive(replace(SAMPLE, number="RE-2"))
        assert (await listener.event())["document_id"] == second["id"]


async def test_a_listener_sees_only_the_own_tenant(beleg: Any) -> None:
    stranger = beleg.anybody.as_user("beleg:read", "beleg:receive", tenant=OTHER_TENANT)
    async with listening(beleg.app.state.feed) as listener:
        await beleg.receive(SAMPLE, user=stranger)
        mine = await beleg.receive(SAMPLE)
        assert (await listener.event())["document_id"] == mine["id"]


async def test_changes_made_at_the_same_time_all_arrive_in_order(beleg: Any) -> None:
    async with listening(beleg.app.state.feed) as listener:
        made = await asyncio.gather(
            *(beleg.receive(replace(SAMPLE, number=f"RE-{n}")) for n in range(12))
        )
        seen = [await listener.event() for _ in made]
    assert {event["document_id"] for event in seen} == {document["id"] for document in made}
    ids = [event["event_id"] for event in seen]
    assert ids == sorted(ids)


async def test_a_change_made_by_this_process_does_not_wait_for_the_poll(
    beleg: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "POLL_SECONDS", 3600)
    async with Feed(beleg.app.state.database) as feed, listening(feed) as listener:
        event = await waiting(listener)
        document = await beleg.receive(SAMPLE)
        assert (await event)["document_id"] == document["id"]


async def test_writers_of_one_tenant_take_turns_until_they_commit(beleg: Any) -> None:
    """Otherwise a later id could be seen first, and the earlier one never."""
    received = await beleg.receive(SAMPLE)
    database: Database = beleg.app.state.database
    async with database.transaction(tenant=TENANT) as first:
        document = await documents.get(first, UUID(received["id"]))
        await history.add(first, document, action="test", de="eins", en="one")
        async with database.sessionmaker() as second:
            await enter_tenant(second, TENANT)
            await second.execute(text("set local lock_timeout = '100ms'"))
            same = await documents.get(second, document.id)
            with pytest.raises(DBAPIError, match="lock timeout"):
                await history.add(second, same, action="test", de="zwei", en="two")


async def test_a_change_made_by_another_instance_arrives(
    beleg: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "POLL_SECONDS", 0.05)
    database = Database(beleg.database.url)
    async with Feed(database) as other, listening(other) as listener:
        event = await waiting(listener)
        document = await beleg.receive(SAMPLE)
        assert (await event)["document_id"] == document["id"]
    await database.close()


async def test_a_quiet_stream_has_a_heartbeat_and_an_end(
    beleg: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(feeds, "STREAM_SECONDS", 0.3)
    async with asyncio.timeout(PATIENCE_SECONDS):
        parts = [part async for part in beleg.app.state.feed.stream(TENANT, None)]
    assert parts[1] == feeds.HEARTBEAT


async def test_streams_end_with_the_process(beleg: Any) -> None:
    database = Database(beleg.database.url)
    async with Feed(database) as feed:
        stream = feed.stream(TENANT, None)
        await anext(stream)
        rest = asyncio.create_task(anext(stream, "ended"))
        await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await rest in ("ended", feeds.HEARTBEAT)
    await stream.aclose()  # type: ignore[attr-defined]
    await database.close()


async def test_who_left_is_forgotten(beleg: Any) -> None:
    feed: Feed = beleg.app.state.feed
    async with listening(feed):
        assert TENANT in feed._listeners
    assert not feed._listeners


@asynccontextmanager
async def served(beleg: Any) -> AsyncIterator[str]:
    """The running service on a real socket."""
    port = free_port()
    config = uvicorn.Config(beleg.app, port=port, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await task


async def test_a_browser_follows_and_returns_over_http(beleg: Any) -> None:
    headers = {"Authorization": beleg.user.headers["Authorization"]}
    async with served(beleg) as url, httpx.AsyncClient(base_url=url, headers=headers) as browser:
        async with browser.stream("GET", "/api/beleg/stream") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-store"
            listener = Listener(answer.aiter_text())
            await listener.block()
            first = await beleg.receive(SAMPLE)
            event = await listener.event()
            assert event["document_id"] == first["id"]
        second = await beleg.receive(replace(SAMPLE, number="RE-2"))
        last = {"Last-Event-ID": str(event["event_id"])}
        async with browser.stream("GET", "/api/beleg/stream", headers=last) as answer:
            listener = Listener(answer.aiter_text())
            assert (await listener.event())["document_id"] == second["id"]


@pytest.mark.parametrize("last", ["unsinn", "-1", "²", "9" * 40])
async def test_a_wrong_last_event_id_means_from_now_on(beleg: Any, last: str) -> None:
    await beleg.receive(SAMPLE)
    headers = {
        "Authorization": beleg.user.headers["Authorization"],
        "Last-Event-ID": last.encode(),
    }
    async with (
        served(beleg) as url,
        httpx.AsyncClient(base_url=url) as browser,
        browser.stream("GET", "/api/beleg/stream", headers=headers) as answer,
    ):
        listener = Listener(answer.aiter_text())
        await listener.block()
        second = await beleg.receive(replace(SAMPLE, number="RE-2"))
        assert (await listener.event())["document_id"] == second["id"]
