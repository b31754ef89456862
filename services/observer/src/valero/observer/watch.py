"""The watch: what is learnt about each instance becomes a verdict, an event, and a decision.

Level-triggered: `reconcile` looks at everything known each time, so a missed edge heals itself.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from valero.kit import clock
from valero.observer import evidence, ladder, wording
from valero.observer.answers import Outcome, Reading
from valero.observer.config import Config
from valero.observer.history import Event, History, Kind, Severity
from valero.observer.ladder import Budget, Ladder
from valero.observer.leases import Lease, Leases
from valero.observer.machine import Machine
from valero.observer.policy import Policy
from valero.observer.processes import ControlFailed, Process, ProcessControl
from valero.observer.remedy import Decision, Deed, Situation, decide
from valero.observer.roster import Roster, Target, begin_life, facts
from valero.observer.verdict import TRANSITIONS, Cause, Hang, Phase, State, Verdict, judge
from valero.observer.window import observe

log = structlog.get_logger(__name__)

HANGS = frozenset({Cause.UNRESPONSIVE, Cause.NEVER_READY, Cause.LEASE_EXPIRED})
ENDED = frozenset({Phase.EXITED, Phase.BACKOFF, Phase.FATAL})
AT_REST = frozenset({Phase.NEVER_STARTED, Phase.STOPPED, Phase.STOPPING})

Ask = Callable[[Target, float], Awaitable[Reading]]
Heal = Callable[["Watch", Target, Decision], Coroutine[Any, Any, None]]


@dataclass
class Watch:
    """Everything known, and the only place that changes it. Belongs to one event loop."""

    own_instance: str
    roster: Roster
    leases: Leases
    config: Config
    control: ProcessControl
    history: History
    ask: Ask
    heal: Heal
    on_change: Callable[[Target], None]
    machine: Machine
    monotonic: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    budget: Budget = field(default_factory=Budget)
    control_trouble: str | None = None
    _deeds: set[asyncio.Task[None]] = field(default_factory=set)

    def policy(self, target: Target) -> Policy:
        """The rules for `target`."""
        return self.config.policy(target.service)

    async def refresh(self) -> None:
        """Learn from the supervisor what runs; its silence alone changes no verdict."""
        try:
            processes = await self.control.processes()
        except ControlFailed as error:
            self.control_trouble = str(error)
            return
        self.control_trouble = None
        self._take_over(processes)

    def _take_over(self, processes: Sequence[Process]) -> None:
        names = {process.name for process in processes}
        for process in processes:
            target = self.roster.admit(process.name, self.monotonic())
            self._see_process(target, process)
            self.reconcile(target)
        for target in list(self.roster):
            if target.process is not None and target.instance not in names:
                target.process = None
                if target.lease is None:
                    self.roster.drop(target)
                    self.on_change(target)

    def _see_process(self, target: Target, process: Process) -> None:
        before, target.process = target.process, process
        known = target.life.pid if before is not None else None
        if process.pid and process.pid != known:
            if before is not None:
                self._note_replacement(target, before, process)
            now = self.monotonic()
            age = clock.now().timestamp() - process.started_at if process.started_at else 0.0
            begin_life(target, now, pid=process.pid, age=max(age, 0.0))
        if process.phase is Phase.RUNNING:
            target.life.ran = True
        if process.phase in ENDED and target.life.worked:
            status = {"phase": process.phase, "exit_status": process.exit_status}
            self._note_death(target, {"pid_before": target.life.pid, **status})

    def _note_replacement(self, target: Target, before: Process, process: Process) -> None:
        """Another process stands in the slot: by our doing, on request, or after a crash."""
        life = target.life
        if life.ended_by_us or before.phase is Phase.NEVER_STARTED:
            return
        why = {"pid_before": life.pid, "pid": process.pid}
        if life.left or before.phase in AT_REST:
            de = f"{target.instance} wurde planmäßig neu gestartet."
            en = f"{target.instance} was restarted on purpose."
            self.record(target, Kind.PROCESS_REPLACED, Severity.INFO, (de, en), why)
        elif life.worked:
            self._note_death(target, why | {"restarted_by": "supervisor"})

    def _note_death(self, target: Target, why: dict[str, Any]) -> None:
        if target.life.death_counted or target.life.left or target.life.ended_by_us:
            return
        target.life.death_counted = True
        log_file = target.process.log_file if target.process else None
        lines = evidence.last_lines(log_file) if log_file else []
        de = f"Der Prozess von {target.instance} ist unerwartet geendet."
        en = f"The process of {target.instance} ended unexpectedly."
        self.record(
            target, Kind.PROCESS_DIED, Severity.CRITICAL, (de, en), why | {"log": lines[-10:]}
        )
        self.count_failure(target)

    def count_failure(self, target: Target) -> None:
        """One rung up the ladder, and word of a crash loop when it begins."""
        rules = self.policy(target).restart
        was_looping = target.ladder.crash_looping
        target.ladder = ladder.failed(target.ladder, self.monotonic(), rules, self.chance())
        if target.ladder.crash_looping and not was_looping:
            count = len(target.ladder.failures)
            de = f"{target.instance} fällt immer wieder aus ({count} Mal in kurzer Zeit)."
            en = f"{target.instance} keeps failing ({count} times within a short time)."
            why = {"failures": count, "window_seconds": rules.crash_loop_window_seconds}
            self.record(target, Kind.CRASH_LOOP, Severity.CRITICAL, (de, en), why)

    def pardon(self, target: Target) -> None:
        """Forget past failures: a person asked for a restart, or another release runs."""
        target.ladder = Ladder()

    def reload(self, lease: Lease) -> None:
        """A lease from before our restart: suspect until the instance is heard of."""
        told = lease.registration
        target = self.roster.admit(told.instance, self.monotonic())
        target.lease = lease
        target.version = told.version
        target.life.pid = told.pid
        self.reconcile(target)

    def registered(self, lease: Lease) -> None:
        """A service registered, or registered again."""
        told = lease.registration
        now = self.monotonic()
        target = self.roster.admit(told.instance, now)
        new = target.lease is not lease
        moved = target.process is None and target.life.pid not in {None, told.pid}
        if (new and target.process is None) or moved:
            begin_life(target, now, pid=told.pid)
        target.lease = lease
        target.life.left = False
        if target.version not in {None, told.version}:
            self.pardon(target)
        target.version = told.version
        if new:
            de = f"{told.instance} hat sich angemeldet (Version {told.version})."
            en = f"{told.instance} has registered (version {told.version})."
            why = {"url": told.url, "pid": told.pid, "version": told.version}
            self.record(target, Kind.REGISTERED, Severity.INFO, (de, en), why)
        self.reconcile(target)

    def left(self, lease: Lease) -> None:
        """A service gave its lease back."""
        target = self.roster.find(lease.registration.instance)
        if target is None or target.lease is not lease:
            return
        target.lease = None
        target.life.left = target.process is None or target.life.pid == lease.registration.pid
        de, en = f"{target.instance} hat sich abgemeldet.", f"{target.instance} has signed off."
        self.record(target, Kind.LEFT, Severity.INFO, (de, en), {"pid": lease.registration.pid})
        self.reconcile(target)

    def learn(self, target: Target, reading: Reading) -> None:
        """The outcome of one probe."""
        life, now = target.life, self.monotonic()
        if reading.outcome is Outcome.UNKNOWN and not _is_stopped(target, now):
            return
        life.reading = reading
        life.foreign = reading.detail if reading.outcome is Outcome.FOREIGN else None
        alive = reading.outcome.alive
        if alive:
            life.silent_since = life.first_look = life.hang = None
        elif life.silent_since is None:
            life.silent_since = now
            life.first_look = evidence.look(target.pid, now) if target.pid else None
        probing = self.policy(target).probe
        life.window = observe(life.window, alive, fail=probing.fail, recover=probing.recover)
        life.proven = life.proven or life.window.passing is True
        self.reconcile(target)

    def reconcile(self, target: Target) -> None:
        """Judge `target` anew, tell what changed, and do what is called for."""
        if target.life.ended_by_us:
            return  # its successor will be judged
        now = self.monotonic()
        policy = self.policy(target)
        self._examine(target, now)
        known = facts(target, now, self.machine.pressure)
        verdict = judge(known, probing=policy.probe, leasing=self.config.own.lease)
        target.as_of = clock.now()
        if (verdict.state, verdict.cause) != (target.verdict.state, target.verdict.cause):
            self._change(target, verdict, now)
        target.verdict = verdict
        if verdict.state is State.GONE:
            self._forget(target)
            return
        ready = verdict.state is State.UP
        target.ladder = ladder.seen(target.ladder, now, policy.restart, ready=ready)
        self._decide(target, policy, now)

    def _forget(self, target: Target) -> None:
        self.roster.drop(target)
        if target.lease is not None:
            self.undertake(target, self.leases.drop(target.lease))

    def _change(self, target: Target, verdict: Verdict, now: float) -> None:
        before = target.verdict.state
        if before is not verdict.state and (before, verdict.state) not in TRANSITIONS:
            log.error("impossible_transition", before=before, after=verdict.state)
        if verdict.state is not before:
            target.since, target.since_monotonic = clock.now(), now
        counts = verdict.cause is Cause.GAVE_UP or verdict.cause in HANGS
        if counts and target.process is not None:
            self.count_failure(target)
        why = verdict.why
        if verdict.state is State.IMPOSTOR and target.port:
            why = why | {"port": target.port, "owner": evidence.port_owner(target.port)}
        elif verdict.state in {State.DOWN, State.SUSPECT} and target.life.reading:
            reading = target.life.reading
            why = why | {"probe": reading.outcome, "detail": reading.detail}
        target.verdict = verdict
        event = Event(
            clock.now(),
            target.service,
            target.instance,
            Kind.STATE_CHANGED,
            wording.severity(verdict.state),
            *wording.changed(target.instance, verdict.state, verdict.cause),
            before=before,
            after=verdict.state,
            why={"cause": verdict.cause, **why},
        )
        self.history.record(event)
        self.on_change(target)

    def _examine(self, target: Target, now: float) -> None:
        """Find out what a silent process is doing, from the first failed probe to now."""
        life, pid = target.life, target.pid
        if life.silent_since is None or target.process is None or not pid:
            return
        life.hang = evidence.diagnose(life.first_look, evidence.look(pid, now))
        refused = life.reading is not None and life.reading.outcome is Outcome.REFUSED
        if refused and life.hang is not Hang.STOPPED:
            life.hang = Hang.DEAF

    def _decide(self, target: Target, policy: Policy, now: float) -> None:
        if target.healing:
            return
        before = target.decision
        target.decision = decide(
            Situation(
                verdict=target.verdict,
                supervised=target.process is not None and target.instance != self.own_instance,
                hang=target.life.hang,
                down_seconds=target.down_seconds(now),
                patience_seconds=policy.probe.busy_seconds * self.machine.pressure,
                dependencies_down=self.roster.down_among(
                    self.config.depends_on(self.roster.catalogue, target.service)
                ),
                ladder=target.ladder,
            ),
            budget=self.budget,
            rules=policy.restart,
            per_minute=self.config.own.restarts_per_minute,
            now=now,
        )
        if target.decision.deed in {Deed.START, Deed.END_HANG}:
            self.budget = self.budget.spend(now)
            self.undertake(target, self.heal(self, target, target.decision))
        elif before is None or before.because is not target.decision.because:
            self.on_change(target)

    def undertake(self, target: Target, deed: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `deed` for `target` in the background; nothing else is done to it meanwhile."""
        target.healing = True

        async def run() -> None:
            try:
                await deed
            finally:
                target.healing = False

        task = asyncio.create_task(run())
        self._deeds.add(task)
        task.add_done_callback(self._deeds.discard)
        return task

    def record(
        self,
        target: Target,
        kind: Kind,
        severity: Severity,
        text: tuple[str, str],
        why: dict[str, Any],
    ) -> None:
        """Write down what happened to `target`; `text` is German, English."""
        self.history.record(
            Event(clock.now(), target.service, target.instance, kind, severity, *text, why=why)
        )

    def remember_failures(self, failures: Sequence[tuple[str, float]]) -> None:
        """Rebuild the ladders after a restart from (instance, monotonic instant), oldest first."""
        for instance, at in failures:
            target = self.roster.find(instance)
            if target is not None:
                rules = self.policy(target).restart
                target.ladder = ladder.failed(target.ladder, at, rules, 0.0)

    async def stop(self) -> None:
        """Let no deed outlive the watch."""
        for task in list(self._deeds):
            task.cancel()
        await asyncio.gather(*self._deeds, return_exceptions=True)


def _is_stopped(target: Target, now: float) -> bool:
    """Whether the process is stopped by a signal: certain even when we are late ourselves."""
    seen = evidence.look(target.pid, now) if target.process is not None and target.pid else None
    return evidence.diagnose(seen, seen) is Hang.STOPPED
