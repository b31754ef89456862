"""What to do about an instance, as a pure function: nothing, wait, start it, or end a hang.

Only a dead or an unresponsive process is ever touched. That a dependency is down, that an answer
says "not ready", or that a foreign process sits on the port, is no reason to restart.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from valero.observer.ladder import Budget, Ladder
from valero.observer.policy import Restarting
from valero.observer.verdict import Cause, Hang, State, Verdict


class Deed(StrEnum):
    """What the Observer does."""

    NOTHING = "nothing"
    WAIT = "wait"
    START = "start"
    END_HANG = "end_hang"


class Because(StrEnum):
    """Why it does so."""

    NOT_NEEDED = "not_needed"
    NOT_OURS = "not_ours"
    SWITCHED_OFF = "switched_off"
    SUPERVISOR_RESTARTS = "supervisor_restarts"
    DEPENDENCY_DOWN = "dependency_down"
    PATIENCE = "patience"
    LADDER = "ladder"
    BUDGET = "budget"
    PROCESS_DIED = "process_died"
    PROCESS_HANGS = "process_hangs"


@dataclass(frozen=True)
class Situation:
    """What the decision rests on; `supervised` is false for what we cannot restart (or are).

    `patience_seconds` is what a process gets that lives but does not listen.
    """

    verdict: Verdict
    supervised: bool
    hang: Hang | None = None
    down_seconds: float = 0.0
    patience_seconds: float = 0.0
    dependencies_down: tuple[str, ...] = ()
    ladder: Ladder = field(default_factory=Ladder)


@dataclass(frozen=True)
class Decision:
    """One deed, its reason and the inputs; `at` when decided, `until` when a wait ends."""

    deed: Deed
    because: Because
    why: dict[str, Any] = field(default_factory=dict)
    until: float | None = None
    at: float | None = None


def decide(
    situation: Situation, *, budget: Budget, rules: Restarting, per_minute: int, now: float
) -> Decision:
    """The deed that `situation` demands at `now` (monotonic seconds)."""
    wanted = _wanted(situation, rules)
    if wanted.deed not in {Deed.START, Deed.END_HANG}:
        return wanted
    excused = situation.hang is Hang.STOPPED
    if situation.dependencies_down and not excused:
        missing = {"dependencies": list(situation.dependencies_down)}
        return Decision(Deed.WAIT, Because.DEPENDENCY_DOWN, missing)
    ladder = situation.ladder
    if ladder.next_at is not None and now < ladder.next_at:
        pause = {"failures": len(ladder.failures), "seconds": round(ladder.next_at - now, 3)}
        return Decision(Deed.WAIT, Because.LADDER, pause, until=ladder.next_at)
    free_at = budget.free_at(now, per_minute)
    if free_at > now:
        spent = {"per_minute": per_minute, "seconds": round(free_at - now, 3)}
        return Decision(Deed.WAIT, Because.BUDGET, spent, until=free_at)
    return replace(wanted, at=now)


def _wanted(situation: Situation, rules: Restarting) -> Decision:
    """The deed that would help, before ladder, budget and dependencies are asked."""
    verdict = situation.verdict
    if verdict.state is not State.DOWN:
        return Decision(Deed.NOTHING, Because.NOT_NEEDED)
    if not situation.supervised:
        return Decision(Deed.NOTHING, Because.NOT_OURS)
    if not rules.enabled:
        return Decision(Deed.NOTHING, Because.SWITCHED_OFF)
    why = {"cause": verdict.cause, "down_seconds": round(situation.down_seconds, 3)}
    match verdict.cause:
        case Cause.GAVE_UP:
            return Decision(Deed.START, Because.PROCESS_DIED, why)
        case Cause.RETRYING:
            return Decision(Deed.WAIT, Because.SUPERVISOR_RESTARTS, why)
        case Cause.EXITED if situation.down_seconds < rules.exited_seconds:
            return Decision(Deed.WAIT, Because.SUPERVISOR_RESTARTS, why)
        case Cause.EXITED:
            return Decision(Deed.START, Because.PROCESS_DIED, why)
        case Cause.UNRESPONSIVE | Cause.NEVER_READY | Cause.LEASE_EXPIRED:
            return _for_hang(situation, why)
        case _:
            return Decision(Deed.NOTHING, Because.NOT_NEEDED, why)


def _for_hang(situation: Situation, why: dict[str, Any]) -> Decision:
    hang = situation.hang
    if hang is None:
        return Decision(Deed.WAIT, Because.PROCESS_HANGS, why | {"hang": "not examined"})
    why = why | {"hang": hang}
    deaf = hang is Hang.DEAF and situation.verdict.cause is not Cause.NEVER_READY
    if deaf and situation.down_seconds < situation.patience_seconds:
        return Decision(Deed.WAIT, Because.PATIENCE, why | {"patience": situation.patience_seconds})
    return Decision(Deed.END_HANG, Because.PROCESS_HANGS, why)
