"""The endless rounds of the watch: processes, probes, samples, rules, and clearing up.

A round that fails is logged and comes again; none can end the others.
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from valero.kit import clock
from valero.observer import breaches, samples, wording
from valero.observer.answers import Outcome, Reading
from valero.observer.breaches import Change, Reported
from valero.observer.history import Event, Kind, Severity
from valero.observer.policy import Probing
from valero.observer.roster import Life, Target
from valero.observer.samples import Meter, Sample
from valero.observer.store import Store
from valero.observer.traffic import Traffic
from valero.observer.verdict import State
from valero.observer.watch import Watch

PROCESSES_SECONDS = 0.75
CONFIG_SECONDS = 2.0
PRUNE_SECONDS = 60.0

log = structlog.get_logger(__name__)


@dataclass
class Rounds:
    """All rounds over one watch; `run` until cancelled."""

    watch: Watch
    store: Store
    traffic: Traffic
    on_samples: Callable[[], None]
    meter: Meter = field(default_factory=Meter)
    lag_seconds: float = 0.0
    _probing: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def run(self) -> None:
        """Go all rounds, for ever."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.watch.history.run())
                group.create_task(self.watch.machine.run())
                group.create_task(_again(self._processes, lambda: PROCESSES_SECONDS))
                group.create_task(_again(self._config, lambda: CONFIG_SECONDS))
                group.create_task(_again(self._sample, self._sample_pause))
                group.create_task(_again(self._prune, lambda: PRUNE_SECONDS))
        finally:
            for task in self._probing.values():
                task.cancel()
            await asyncio.gather(*self._probing.values(), return_exceptions=True)
            await self.watch.stop()

    async def _processes(self) -> None:
        """Ask the supervisor, look at every verdict again, and see that everybody is probed."""
        began = time.monotonic()
        await self.watch.refresh()
        for target in list(self.watch.roster):
            self.watch.reconcile(target)
            task = self._probing.get(target.instance)
            if task is None or task.done():
                self._probing[target.instance] = asyncio.create_task(self._probe(target))
        for instance in [*self._probing]:
            if self.watch.roster.find(instance) is None:
                self._probing.pop(instance).cancel()
        self.lag_seconds = time.monotonic() - began

    async def _probe(self, target: Target) -> None:
        """Probe one target until it is watched no more."""
        await asyncio.sleep(random.uniform(0, 0.1))  # noqa: S311 - spreads load, no secret
        while self.watch.roster.find(target.instance) is target:
            probing = self.watch.policy(target).probe
            life = target.life
            try:
                reading = await self._ask(target, probing.timeout_seconds)
                if target.life is life:
                    self.watch.learn(target, reading)
            except Exception:
                log.exception("probe_failed", instance=target.instance)
            await asyncio.sleep(_pause(target.life, probing))

    async def _ask(self, target: Target, seconds: float) -> Reading:
        """One probe; whoever looks foreign may be a successor that the supervisor knows already."""
        reading = await self.watch.ask(target, seconds)
        if reading.outcome is Outcome.FOREIGN and target.process is not None:
            expected = target.expected
            await self.watch.refresh()
            if target.expected != expected:
                return await self.watch.ask(target, seconds)
        return reading

    async def _config(self) -> None:
        """Follow observer_config.json."""
        config = self.watch.config
        if not await asyncio.to_thread(config.reload):
            return
        own = self.watch.own_instance
        if config.trouble is None:
            kind, severity = Kind.CONFIG_LOADED, Severity.INFO
            de, en = "Neue Regeln sind in Kraft.", "New rules are in force."
        else:
            kind, severity = Kind.CONFIG_REJECTED, Severity.CRITICAL
            de = f"Neue Regeln abgelehnt, die bisherigen gelten weiter: {config.trouble}"
            en = f"New rules rejected, the former stay in force: {config.trouble}"
        why = {"file": config.path.name, "trouble": config.trouble}
        service = own.rpartition("-")[0]
        self.watch.history.record(Event(clock.now(), service, own, kind, severity, de, en, why=why))

    def _sample_pause(self) -> float:
        return self.watch.config.own.keep.sample_seconds

    async def _sample(self) -> None:
        """Measure everybody once, hold it against the thresholds, keep it."""
        targets = list(self.watch.roster)
        pids = {target.pid for target in targets if target.pid and target.local}
        usages, _ = await asyncio.gather(
            asyncio.to_thread(self.meter.measure, pids), self.traffic.scrape(targets)
        )
        at = int(clock.now().timestamp())
        for target in targets:
            usage = usages.get(target.pid or 0)
            reading = target.life.reading
            target.sample = Sample(
                at=at,
                instance=target.instance,
                cpu_percent=usage.cpu_percent if usage else None,
                memory_mb=usage.memory_mb if usage else None,
                latency_ms=reading.latency_ms if reading else None,
                db_connections=reading.measured("database:connections") if reading else None,
            )
            self._hold_against_thresholds(target, target.sample)
        self.on_samples()
        try:
            await samples.keep(self.store, [t.sample for t in targets if t.sample])
        except sqlite3.Error:
            return  # the store says so itself, and watching goes on

    def _hold_against_thresholds(self, target: Target, sample: Sample) -> None:
        traffic = self.traffic.of(target.instance)
        thresholds = self.watch.policy(target).thresholds
        enough = traffic is not None and traffic.requests >= thresholds.min_requests
        down = target.verdict.state is State.DOWN
        values = {
            "cpu_percent": None if down else sample.cpu_percent,
            "memory_mb": None if down else sample.memory_mb,
            "p95_ms": traffic.p95_ms if traffic and enough else None,
            "error_ratio": traffic.error_ratio if traffic and enough else None,
        }
        now = self.watch.monotonic()
        target.breaches, reports = breaches.compare(target.breaches, values, thresholds, now)
        for report in reports:
            self._report(target, report)

    def _report(self, target: Target, report: Reported) -> None:
        began = report.change is Change.BEGAN
        log.warning(
            report.change,
            instance=target.instance,
            measure=report.measure,
            value=report.value,
            limit=report.limit,
        )
        self.watch.record(
            target,
            Kind(report.change),
            Severity.WARNING if began else Severity.INFO,
            wording.measured(target.instance, report.measure, report.value, report.limit),
            {
                "measure": report.measure,
                "value": report.value,
                "limit": report.limit,
                "seconds": round(report.seconds, 1),
            },
        )

    async def _prune(self) -> None:
        try:
            await samples.prune(self.store, self.watch.config.own.keep, clock.now())
        except sqlite3.Error:
            return


def _pause(life: Life, probing: Probing) -> float:
    """Look again soon while in doubt: while booting and after a failure."""
    sure = life.window.passing is True and life.window.last is not False
    return probing.interval_seconds if sure else probing.retry_seconds


async def _again(step: Callable[[], Awaitable[None]], seconds: Callable[[], float]) -> None:
    while True:
        try:
            await step()
        except Exception:
            log.exception("round_failed", round=getattr(step, "__name__", ""))
        await asyncio.sleep(seconds())
