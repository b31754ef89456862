"""Processes killed in the middle of their work: nothing lost, nothing twice, nothing undone."""

import asyncio
import json
import os
import random
import signal
import string
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from valero.contracts.envelope import Event
from valero.kit import events
from valero.kit.bus import Bus
from valero.kit.database import Database
from valero.kit.testing.postgres import ServiceDatabase
from valero.kit.testing.tokens import TENANT

WORKER = Path(__file__).with_name("event_worker.py")
KILLS = 10
ROLL_BACK_EVERY = 50
CLAIM_SECONDS = 1.0
MOST_EVENTS = 1500
STANDSTILL_SECONDS = 25.0

BROKERS = ["redis", pytest.param("rabbit", marks=pytest.mark.broker)]


@pytest.fixture(params=BROKERS)
def broker_url(request: pytest.FixtureRequest) -> str:
    """Each test runs once per broker."""
    return request.getfixturevalue(f"{request.param}_url")


def new_event_type() -> type[Event]:
    word = "".join(random.choices(string.ascii_lowercase, k=12))

    class Counted(Event):
        type: ClassVar[str] = f"probe.counted_{word}.v1"

        number: int

        @property
        def subject(self) -> str:
            return str(self.number)

    return Counted


@dataclass
class Crew:
    """Worker processes that are started again when they end, as supervisord would."""

    common: dict[str, Any]
    forks: asyncio.subprocess.Process
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    ready: dict[str, int] = field(default_factory=dict)
    ends: Counter[int] = field(default_factory=Counter)

    def hire(self, role: str, instance: str, **more: Any) -> None:
        self.orders[instance] = self.common | {"role": role, "instance": instance} | more
        self._start(instance)

    def _start(self, instance: str) -> None:
        assert self.forks.stdin is not None
        self.forks.stdin.write(json.dumps(self.orders[instance]).encode() + b"\n")

    async def keep(self) -> None:
        assert self.forks.stdout is not None
        async for line in self.forks.stdout:
            news = json.loads(line)
            if "ready" in news:
                self.ready[news["ready"]] = news["pid"]
            if "ended" in news:
                self.ready.pop(news["ended"], None)
                self.ends[news["code"]] += 1
                self._start(news["ended"])

    def kill(self, instance: str) -> None:
        os.kill(self.ready.pop(instance), signal.SIGKILL)


@asynccontextmanager
async def crew_of(
    database: ServiceDatabase, broker_url: str, event: type[Event]
) -> AsyncIterator[Crew]:
    common = {
        "database": database.url,
        "broker": broker_url,
        "type": event.type,
        "claim_seconds": CLAIM_SECONDS,
    }
    pipe = asyncio.subprocess.PIPE
    forks = await asyncio.create_subprocess_exec(
        sys.executable, str(WORKER), stdin=pipe, stdout=pipe
    )
    assert forks.stdin is not None
    crew = Crew(common, forks)
    keeper = asyncio.create_task(crew.keep())
    try:
        yield crew
    finally:
        keeper.cancel()
        forks.stdin.close()
        await forks.communicate()


async def produce(database: Database, event: type[Event], stop: asyncio.Event) -> set[int]:
    """Publish numbers until stopped, rolling some back; the committed ones."""
    committed: set[int] = set()
    number = 0
    while not stop.is_set() and number < MOST_EVENTS:
        number += 1
        try:
            async with database.transaction(tenant=TENANT) as session:
                await events.publish(session, event(number=number))
                if number % ROLL_BACK_EVERY == 0:
                    raise LookupError("rolled back")
        except LookupError:
            continue
        committed.add(number)
        await asyncio.sleep(0.01)
    return committed


async def noted(database: Database) -> list[int]:
    async with database.transaction(tenant=TENANT) as session:
        return list(await session.scalars(sa.text("select number from notes")))


async def wait_for(database: Database, numbers: set[int]) -> None:
    """Until all `numbers` are noted, or nothing has moved for long: then assertions say what."""
    clock = asyncio.get_running_loop()
    seen, give_up_at = -1, 0.0
    while not numbers <= (found := set(await noted(database))):
        if len(found) > seen:
            seen, give_up_at = len(found), clock.time() + STANDSTILL_SECONDS
        if clock.time() > give_up_at:
            return
        await asyncio.sleep(0.1)


async def dead_letters(broker_url: str) -> int:
    async with Bus(broker_url, service="probe", instance="undertaker") as bus:
        await bus.wait_connected()
        return await bus.transport.count_dead()


async def test_killed_relays_and_readers_lose_nothing_and_repeat_nothing(
    broker_url: str, probe_database: ServiceDatabase, database: Database
) -> None:
    event = new_event_type()
    dead_before = await dead_letters(broker_url)
    stop = asyncio.Event()
    async with crew_of(probe_database, broker_url, event) as crew:
        for role, name in (("relay", "producer"), ("reader", "probe")):
            for number in (1, 2):
                crew.hire(role, f"{name}-{number}", failure_rate=0.005)
        producing = asyncio.create_task(produce(database, event, stop))
        kills, progress = 0, []
        while kills < KILLS:
            await asyncio.sleep(random.uniform(0.3, 1.2))
            if crew.ready:
                crew.kill(random.choice(sorted(crew.ready)))
                kills += 1
                progress.append(len(await noted(database)))
        stop.set()
        committed = await producing
        await wait_for(database, committed)
        ends = crew.ends.copy()
    processed = await noted(database)
    assert ends[-9] == KILLS, ends
    assert progress[0] < progress[-1], "the kills did not fall into the work"
    assert len(committed) > 200
    assert committed - set(processed) == set(), "lost"
    assert set(processed) - committed == set(), "a rolled-back event was done"
    assert len(processed) == len(set(processed)), "done twice"
    assert await dead_letters(broker_url) == dead_before


async def test_an_event_that_kills_its_readers_is_put_aside(
    broker_url: str, probe_database: ServiceDatabase, database: Database
) -> None:
    event = new_event_type()
    dead_before = await dead_letters(broker_url)
    async with crew_of(probe_database, broker_url, event) as crew:
        crew.hire("relay", "producer-1")
        crew.hire("reader", "probe-1", deadly=2, most_crashes=3)
        for number in (1, 2, 3):
            async with database.transaction(tenant=TENANT) as session:
                await events.publish(session, event(number=number))
        await wait_for(database, {1, 3})
        assert crew.ends[9] == 3, crew.ends
    assert sorted(await noted(database)) == [1, 3]
    assert await dead_letters(broker_url) == dead_before + 1
