"""The state of an instance as a pure function of what is known about it.

Level-triggered: nothing is remembered here but the window of probes, so a state cannot stick.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from valero.observer.policy import Leasing, Probing
from valero.observer.window import Window


class State(StrEnum):
    """What people and the gateway are told about an instance."""

    STARTING = "starting"
    UP = "up"
    SUSPECT = "suspect"
    DOWN = "down"
    GONE = "gone"
    IMPOSTOR = "impostor"
    MAINTENANCE = "maintenance"


class Cause(StrEnum):
    """Why an instance is in its state."""

    READY = "ready"
    BOOTING = "booting"
    WAITING_TO_START = "waiting_to_start"
    PROBE_FAILED = "probe_failed"
    SLOW = "slow"
    UNREADY = "unready"
    RULE_BROKEN = "rule_broken"
    HEARTBEAT_MISSING = "heartbeat_missing"
    RELOADED = "reloaded"
    UNRESPONSIVE = "unresponsive"
    NEVER_READY = "never_ready"
    EXITED = "exited"
    RETRYING = "retrying"
    GAVE_UP = "gave_up"
    LEASE_EXPIRED = "lease_expired"
    STOPPED = "stopped"
    LEFT = "left"
    FOREIGN_ANSWER = "foreign_answer"
    FORGOTTEN = "forgotten"


#: every change of state that can happen; all others are defects
TRANSITIONS = frozenset(
    (before, after)
    for before in State
    for after in State
    if before != after
    # a forgotten instance begins anew, and only a lost one is forgotten
    and (before != State.GONE or after in {State.STARTING, State.SUSPECT})
    and (after != State.GONE or before == State.DOWN)
)


class Phase(StrEnum):
    """What the supervisor says about a process slot."""

    NEVER_STARTED = "never_started"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    EXITED = "exited"
    BACKOFF = "backoff"
    FATAL = "fatal"


class Hang(StrEnum):
    """What a process does that does not answer.

    STOPPED by a signal; BLOCKED, it has not made a step since the first failed probe; BUSY, it
    works or waits for a core; DEAF, it lives but does not listen on its port.
    """

    STOPPED = "stopped"
    BLOCKED = "blocked"
    BUSY = "busy"
    DEAF = "deaf"


@dataclass(frozen=True)
class LeaseFact:
    """Age of the last sign of life in seconds; `confirmed` once heard by this Observer process."""

    age_seconds: float
    confirmed: bool


@dataclass(frozen=True)
class Facts:
    """Everything a verdict rests on. Durations in seconds on the monotonic clock.

    `silent_seconds` since the first of the failing probes; `pressure` is how many times longer
    things take now than on an idle machine.
    """

    window: Window = field(default_factory=Window)
    ready: bool | None = None
    failing: tuple[str, ...] = ()
    broken_rules: tuple[str, ...] = ()
    foreign: str | None = None
    phase: Phase | None = None
    lease: LeaseFact | None = None
    left: bool = False
    age_seconds: float = 0.0
    proven: bool = False
    hang: Hang | None = None
    silent_seconds: float = 0.0
    pressure: float = 1.0
    down_seconds: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """A state, its cause, and the inputs that led to it."""

    state: State
    cause: Cause
    why: dict[str, Any] = field(default_factory=dict)


def judge(facts: Facts, *, probing: Probing, leasing: Leasing) -> Verdict:
    """The state that `facts` demand; total, and free of any memory."""
    if facts.foreign is not None:
        return Verdict(State.IMPOSTOR, Cause.FOREIGN_ANSWER, {"answer": facts.foreign})
    by_process = _by_process(facts)
    if by_process is not None:
        return by_process
    lost = _lost(facts, probing, leasing)
    if lost is not None:
        known = facts.phase is not None
        if not known and facts.down_seconds >= leasing.forget_seconds:
            return Verdict(State.GONE, Cause.FORGOTTEN, {"down_seconds": facts.down_seconds})
        return lost
    if facts.left:
        return Verdict(State.MAINTENANCE, Cause.LEFT, {"phase": facts.phase})
    if not facts.proven:
        return _unproven(facts)
    return _proven(facts, leasing)


def _by_process(facts: Facts) -> Verdict | None:
    """What the supervisor alone decides: a dead process needs no probe."""
    said = {"phase": facts.phase}
    match facts.phase:
        case Phase.NEVER_STARTED:
            return Verdict(State.STARTING, Cause.WAITING_TO_START, said)
        case Phase.STOPPED | Phase.STOPPING:
            return Verdict(State.MAINTENANCE, Cause.STOPPED, said)
        case Phase.FATAL:
            return Verdict(State.DOWN, Cause.GAVE_UP, said)
        case Phase.BACKOFF:
            return Verdict(State.DOWN, Cause.RETRYING, said)
        case Phase.EXITED:
            return Verdict(State.DOWN, Cause.EXITED, said)
        case _:
            return None


def _lost(facts: Facts, probing: Probing, leasing: Leasing) -> Verdict | None:
    """Down by the probes or by the lease; a lease alone never outvotes a passing probe."""
    window = facts.window
    seen = {"outcomes": list(window.outcomes), "passing": window.passing}
    if facts.left and facts.phase is None:
        return Verdict(State.DOWN, Cause.LEFT, {"lease": "given back"})
    if window.last is False and facts.hang is Hang.STOPPED:
        return Verdict(State.DOWN, Cause.UNRESPONSIVE, seen | {"hang": facts.hang})
    allowed = patience(facts, probing)
    why: dict[str, Any]
    if window.passing is False and facts.proven and facts.silent_seconds >= allowed:
        why = {"silent_seconds": facts.silent_seconds, "allowed": allowed, "hang": facts.hang}
        return Verdict(State.DOWN, Cause.UNRESPONSIVE, seen | why)
    allowed = probing.start_seconds * facts.pressure
    if window.passing is False and not facts.proven and facts.age_seconds >= allowed:
        why = {"age_seconds": facts.age_seconds, "allowed": allowed}
        return Verdict(State.DOWN, Cause.NEVER_READY, seen | why)
    lease = facts.lease
    expired = lease is not None and lease.age_seconds >= leasing.ttl_seconds
    if lease is not None and expired and facts.phase is None and window.last is False:
        why = seen | {"heartbeat_age_seconds": lease.age_seconds, "ttl": leasing.ttl_seconds}
        return Verdict(State.DOWN, Cause.LEASE_EXPIRED, why)
    return None


def patience(facts: Facts, probing: Probing) -> float:
    """How long silence is tolerated beyond the quorum of probes, by what the process does.

    What works gets more time the more the machine is loaded: starving is not hanging.
    """
    match facts.hang:
        case Hang.BUSY:
            return probing.busy_seconds * facts.pressure
        case Hang.BLOCKED:
            return probing.blocked_seconds
        case _:
            return 0.0


def _unproven(facts: Facts) -> Verdict:
    if facts.lease is not None and not facts.lease.confirmed:
        return Verdict(State.SUSPECT, Cause.RELOADED, {"lease": "reloaded after a restart"})
    return Verdict(State.STARTING, Cause.BOOTING, {"age_seconds": facts.age_seconds})


def _proven(facts: Facts, leasing: Leasing) -> Verdict:
    if facts.window.passing is False:
        slow = {"hang": facts.hang, "silent_seconds": facts.silent_seconds}
        return Verdict(State.SUSPECT, Cause.SLOW, slow | {"pressure": facts.pressure})
    if facts.window.last is False:
        return Verdict(State.SUSPECT, Cause.PROBE_FAILED, {"outcomes": list(facts.window.outcomes)})
    if facts.ready is False:
        return Verdict(State.SUSPECT, Cause.UNREADY, {"checks": list(facts.failing)})
    if facts.broken_rules:
        return Verdict(State.SUSPECT, Cause.RULE_BROKEN, {"rules": list(facts.broken_rules)})
    lease = facts.lease
    if lease is not None and lease.age_seconds >= leasing.late_seconds:
        why = {"heartbeat_age_seconds": lease.age_seconds, "late_after": leasing.late_seconds}
        return Verdict(State.SUSPECT, Cause.HEARTBEAT_MISSING, why)
    return Verdict(State.UP, Cause.READY)
