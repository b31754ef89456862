"""The background checks behind `/health`: each runs on its own clock and leaves its last result.

A check that hangs or fails shows in its own entry and stops no other.
"""

import asyncio
import os
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import psutil
import structlog
from sqlalchemy import text

from valero.kit.bus import BrokerAway, Bus
from valero.kit.database import Database, UnavailableDatabase
from valero.kit.health import (
    Check,
    Identity,
    Invariant,
    InvariantResult,
    Report,
    Status,
    stamp,
)
from valero.kit.metrics import MeasuredPool, most

LOOP_SECONDS = 0.25
CPU_SECONDS = 2.0
MEMORY_SECONDS = 10.0
DATABASE_SECONDS = 3.0
EVENTS_SECONDS = 5.0
INVARIANT_SECONDS = 30.0
LAG_MEMORY = int(10 / LOOP_SECONDS)

LAG_WARNING_MILLISECONDS = 1000
MEMORY_WARNING_SHARE = 0.9
DATABASE_WARNING_MILLISECONDS = 500
OUTBOX_WARNING_SECONDS = 30
COUNTED_ROWS = 10_000

MIB = 1024 * 1024
CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)

OUTBOX = text(
    "select (select extract(epoch from clock_timestamp() - created_at) from outbox"
    " where sent_at is null order by id limit 1) as age, (select count(*) from"
    " (select 1 from outbox where sent_at is null limit :most) as counted) as pending"
)
TENANTS = text("select tenant_id from known_tenants order by tenant_id")
READ_ONLY = text("set transaction read only")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Parts:
    """What a service has besides itself; None where it has not."""

    database: Database | None = None
    bus: Bus | None = None
    invariants: Sequence[Invariant] = ()
    in_flight: Callable[[], int] = lambda: 0
    folded: Callable[[], int] = lambda: 0


class Monitor:
    """Runs the checks of one process; `report` and `ready` answer at once, from memory."""

    def __init__(self, identity: Identity, parts: Parts) -> None:
        self.identity = identity
        self.parts = parts
        self.accepting = True
        self.queue_depth = 0
        self._started = time.monotonic()
        self._process = psutil.Process()
        self._limit = memory_limit()
        self._lags: deque[int] = deque([0], maxlen=LAG_MEMORY)
        self._checks: dict[str, Check] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Begin to check. The first results are there on return, as far as they come quickly."""
        self._process.cpu_percent()
        rounds: list[tuple[float, Callable[[], Awaitable[None]]]] = [
            (0, self._check_loop),
            (CPU_SECONDS, self._check_cpu),
            (MEMORY_SECONDS, self._check_memory),
        ]
        if self.parts.database is not None:
            rounds.append((DATABASE_SECONDS, self._check_database))
            rounds.append((EVENTS_SECONDS, self._check_outbox))
        if self.parts.bus is not None:
            rounds.append((EVENTS_SECONDS, self._check_bus))
        self._tasks = [
            asyncio.create_task(_repeat(seconds, check), name=f"monitor {check.__name__}")
            for seconds, check in rounds
        ]
        self._tasks += [
            asyncio.create_task(self._watch(one), name=f"invariant {one.name}")
            for one in self.parts.invariants
        ]
        await self._check_memory()
        await self._check_cpu()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Stop checking; from now on not ready."""
        self.accepting = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def ready(self) -> Status:
        """Whether requests can be served: the service runs and its database answers."""
        if not self.accepting:
            return Status.FAIL
        if self.parts.database is None:
            return Status.PASS
        known = self._checks.get("database:responseTime")
        return Status.FAIL if known is None or known.status is Status.FAIL else Status.PASS

    def report(self) -> Report:
        """Everything known now."""
        uptime = Check(int(time.monotonic() - self._started), "s", kind="system")
        checks = {"uptime": uptime, **self._checks}
        if self.parts.database is not None:
            checks["database:connections"] = _connections(self.parts.database)
        if self.parts.folded():
            checks["metrics:folded"] = Check(
                self.parts.folded(), "requests", Status.WARN, output="too many metric series"
            )
        vitals = {
            "loop-lag-ms": max(self._lags),
            "inflight": self.parts.in_flight(),
            "queue-depth": self.queue_depth,
        }
        return Report(self.identity, checks, vitals)

    def value(self, key: str) -> float:
        """The number last found for one check; NaN while there is none."""
        check = self._checks.get(key)
        if check is None or not isinstance(check.value, int | float):
            return float("nan")
        return check.value

    async def _check_loop(self) -> None:
        """How late the event loop wakes a sleeper, at worst within ten seconds."""
        due = time.monotonic() + LOOP_SECONDS
        await asyncio.sleep(LOOP_SECONDS)
        self._lags.append(max(0, int((time.monotonic() - due) * 1000)))
        lag = max(self._lags)
        late = lag > LAG_WARNING_MILLISECONDS
        self._checks["loop:lag"] = Check(
            lag, "ms", Status.WARN if late else Status.PASS, time=stamp()
        )

    async def _check_cpu(self) -> None:
        self._checks["cpu:utilization"] = Check(
            round(self._process.cpu_percent(), 1),
            "percent of one core",
            kind="system",
            time=stamp(),
            more=(("x-cores", _cores()),),
        )

    async def _check_memory(self) -> None:
        """Memory that would be free without this process (USS); asking costs a millisecond."""
        used = await asyncio.to_thread(_uss, self._process)
        tight = used > self._limit * MEMORY_WARNING_SHARE
        self._checks["memory:utilization"] = Check(
            round(used / MIB, 1),
            "MiB",
            Status.WARN if tight else Status.PASS,
            kind="system",
            time=stamp(),
            more=(("x-limit", self._limit // MIB),),
        )

    async def _check_database(self) -> None:
        assert self.parts.database is not None
        started = time.perf_counter()
        try:
            await self.parts.database.ping()
        except UnavailableDatabase as error:
            status, output = Status.FAIL, error.title_en
        else:
            status, output = Status.PASS, ""
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        if status is Status.PASS and milliseconds > DATABASE_WARNING_MILLISECONDS:
            status = Status.WARN
        self._checks["database:responseTime"] = Check(
            milliseconds, "ms", status, kind="datastore", time=stamp(), output=output
        )

    async def _check_outbox(self) -> None:
        assert self.parts.database is not None
        with suppress(UnavailableDatabase):
            async with self.parts.database.transaction() as session:
                row = (await session.execute(OUTBOX, {"most": COUNTED_ROWS})).one()
            age = max(0, int(row.age or 0))
            late = age > OUTBOX_WARNING_SECONDS
            self.queue_depth = int(row.pending)
            self._checks["outbox:age"] = Check(
                age,
                "s",
                Status.WARN if late else Status.PASS,
                kind="datastore",
                time=stamp(),
                more=(("x-pending", self.queue_depth),),
            )

    async def _check_bus(self) -> None:
        bus = self.parts.bus
        assert bus is not None
        self._checks["broker:connected"] = Check(
            int(bus.connected), "", Status.PASS if bus.connected else Status.WARN, time=stamp()
        )
        if bus.connected:
            with suppress(BrokerAway):
                dead = await bus.transport.count_dead()
                self._checks["events:deadLetters"] = Check(
                    dead, "events", Status.WARN if dead else Status.PASS, time=stamp()
                )

    async def _watch(self, one: Invariant) -> None:
        async def check() -> None:
            try:
                async with asyncio.timeout(max(INVARIANT_SECONDS, one.every_seconds)):
                    results = await self._ask_tenants(one)
            except Exception as error:  # a worker loop: whatever a service's check raises
                log.exception("invariant_unchecked", invariant=one.name)
                entry = Check(None, "", Status.WARN, output=f"unchecked: {type(error).__name__}")
            else:
                entry = _judge(results)
            self._checks[f"invariant:{one.name}"] = Check(
                entry.value,
                status=entry.status,
                time=stamp(),
                output=entry.output,
                more=(("x-title", {"de": one.de, "en": one.en}), *entry.more),
            )

        await _repeat(one.every_seconds, check)

    async def _ask_tenants(self, one: Invariant) -> Mapping[UUID, InvariantResult]:
        assert self.parts.database is not None
        async with self.parts.database.transaction() as session:
            tenants = (await session.scalars(TENANTS)).all()
        results = {}
        for tenant in tenants:
            async with self.parts.database.transaction(tenant=tenant) as session:
                await session.execute(READ_ONLY)
                results[tenant] = await one.check(session)
        return results


async def _repeat(seconds: float, check: Callable[[], Awaitable[None]]) -> None:
    """Run `check` every `seconds`, whatever happens in it."""
    while True:
        try:
            await check()
        except Exception:  # a worker loop: one failed measurement is not the end of measuring
            log.exception("check_failed", check=check.__name__)
        await asyncio.sleep(seconds)


def _judge(results: Mapping[UUID, InvariantResult]) -> Check:
    """One entry for all tenants: the first broken one speaks, the others are counted."""
    broken = {tenant: result for tenant, result in results.items() if not result.ok}
    shown = next(iter((broken or results).values()), InvariantResult(ok=True))
    value = shown.value if shown.value is None or isinstance(shown.value, int) else str(shown.value)
    if not broken:
        only = value if len(results) == 1 else None
        return Check(only, more=(("x-tenants", len(results)),))
    counted = f"{len(broken)} of {len(results)} tenants: " if len(results) > 1 else ""
    return Check(
        value,
        status=Status.FAIL,
        output=counted + (shown.detail or "broken"),
        more=(("x-tenants", len(results)), ("x-broken", [str(one) for one in broken][:5])),
    )


def _connections(database: Database) -> Check:
    pool: Any = database.engine.pool
    waiting = pool.waiting if isinstance(pool, MeasuredPool) else 0
    used, limit = pool.checkedout(), most(pool)
    return Check(
        used,
        "connections",
        Status.WARN if waiting or used >= limit else Status.PASS,
        kind="datastore",
        more=(("x-max", limit), ("x-pending", waiting)),
    )


def memory_limit() -> int:
    """Bytes this process may use at most: the least of control group, ulimit and the machine."""
    limits = [psutil.virtual_memory().total]
    for file in CGROUP_LIMITS:
        with suppress(OSError, ValueError):
            limits.append(int(file.read_text()))
    if sys.platform != "win32":
        import resource

        soft, _hard = resource.getrlimit(resource.RLIMIT_AS)
        if soft != resource.RLIM_INFINITY:
            limits.append(soft)
    return min(limits)


def _cores() -> int:
    """The cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _uss(process: psutil.Process) -> int:
    return int(process.memory_full_info().uss)
