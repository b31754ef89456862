"""The event log: written in order, told once, and not lost while the disk refuses."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from valero.observer import history
from valero.observer.history import Event, Filter, History, Kind, Severity
from valero.observer.verdict import State

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT = Event(
    NOW,
    "fibu",
    "fibu-1",
    Kind.STATE_CHANGED,
    Severity.WARNING,
    "fibu-1 ist auffällig.",
    "fibu-1 is suspect.",
    before=State.UP,
    after=State.SUSPECT,
    why={"outcomes": [True, False]},
)


@pytest.fixture
def told():
    return []


@pytest.fixture
def log(store, told):
    return History(store, told.append)


async def test_an_event_comes_back_as_it_was_told(store, log, told):
    log.record(EVENT)
    assert await log.flush()
    found, total = await history.page(store, Filter(), before=None, limit=10)
    assert found == told == [replace(EVENT, id=1)]
    assert total == 1


async def test_pages_go_back_in_time_without_gaps(store, log):
    for number in range(25):
        log.record(replace(EVENT, at=NOW + timedelta(seconds=number)))
    await log.flush()
    seen, before = [], None
    while True:
        found, _ = await history.page(store, Filter(service="fibu"), before=before, limit=10)
        if not found:
            break
        seen += [event.id for event in found]
        before = seen[-1]
    assert seen == list(range(25, 0, -1))


async def test_filters_narrow_the_list(store, log):
    log.record(EVENT)
    log.record(replace(EVENT, service="auth", instance="auth-1", kind=Kind.REGISTERED))
    await log.flush()
    for wanted in (Filter(service="auth"), Filter(instance="auth-1"), Filter(kind=Kind.REGISTERED)):
        found, total = await history.page(store, wanted, before=None, limit=10)
        assert [event.instance for event in found] == ["auth-1"]
        assert total == 1


async def test_what_the_disk_refuses_is_told_at_once_and_written_later(store, log, told):
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    log.record(EVENT)
    assert await log.flush() is False
    assert [event.id for event in told] == [None]
    other.execute("ROLLBACK")
    other.close()
    log.record(replace(EVENT, instance="fibu-2"))
    assert await log.flush() is True
    found, _ = await history.page(store, Filter(), before=None, limit=10)
    assert [event.instance for event in found] == ["fibu-2", "fibu-1"]
    assert [event.instance for event in told] == ["fibu-1", "fibu-2"]


async def test_no_event_is_written_twice_whoever_asks_or_gives_up(store, log, told):
    for _ in range(3):
        log.record(EVENT)
    given_up = asyncio.create_task(log.flush())
    await asyncio.sleep(0)
    given_up.cancel()
    assert await asyncio.gather(log.flush(), log.flush()) == [True, True]
    found, total = await history.page(store, Filter(), before=None, limit=10)
    assert total == len(found) == len(told) == 3


async def test_listeners_get_what_they_missed_oldest_first(store, log):
    for _ in range(5):
        log.record(EVENT)
    await log.flush()
    assert [event.id for event in await history.after(store, 2)] == [3, 4, 5]


async def test_failures_are_remembered_for_the_ladder(store, log):
    log.record(replace(EVENT, kind=Kind.PROCESS_DIED, at=NOW - timedelta(minutes=20)))
    log.record(replace(EVENT, kind=Kind.PROCESS_DIED))
    log.record(replace(EVENT, kind=Kind.HANG_FOUND, instance="auth-1"))
    log.record(EVENT)
    await log.flush()
    found = await history.failures_since(store, NOW - timedelta(minutes=10))
    assert found == [("fibu-1", NOW), ("auth-1", NOW)]
