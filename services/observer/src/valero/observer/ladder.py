"""The restart ladder: growing pauses, crash loops, and one budget over all services.

All instants are seconds of a monotonic clock, handed in; chance is a number in [0, 1) handed in.
"""

from dataclasses import dataclass, replace

from valero.observer.policy import Restarting

BUDGET_SECONDS = 60.0


@dataclass(frozen=True)
class Ladder:
    """What one instance has been through; `next_at` is the earliest next restart."""

    failures: tuple[float, ...] = ()
    next_at: float | None = None
    ready_since: float | None = None
    crash_looping: bool = False


@dataclass(frozen=True)
class Rung:
    """The pause before the next restart lies between `shortest` and `longest` seconds."""

    shortest: float
    longest: float


def rung(failures: int, rules: Restarting, *, crash_looping: bool = False) -> Rung:
    """The pause after so many failures within the window; a crash loop has a pause of its own."""
    if crash_looping or failures >= rules.crash_loop_after:
        return Rung(rules.longest_delay_seconds, rules.crash_loop_longest_seconds)
    grown = rules.first_delay_seconds * rules.factor ** max(failures - 1, 0)
    return Rung(0.0, min(grown, rules.longest_delay_seconds))


def failed(ladder: Ladder, now: float, rules: Restarting, chance: float) -> Ladder:
    """The ladder after one more failure: one rung up, with full jitter by `chance`.

    A crash loop lasts until the instance has been ready for long, not until failures grow rare:
    its own pauses make them rare.
    """
    rested = settled(ladder, now, rules)
    earliest = now - rules.crash_loop_window_seconds
    failures = (*(at for at in rested.failures if at > earliest), now)
    looping = rested.crash_looping or len(failures) >= rules.crash_loop_after
    step = rung(len(failures), rules, crash_looping=looping)
    pause = step.shortest + chance * (step.longest - step.shortest)
    return Ladder(
        failures=failures,
        next_at=now + pause,
        ready_since=None,
        crash_looping=looping,
    )


def seen(ladder: Ladder, now: float, rules: Restarting, *, ready: bool) -> Ladder:
    """The ladder after a look at the instance: long enough ready, and the past is forgiven."""
    if not ready:
        return replace(ladder, ready_since=None)
    since = now if ladder.ready_since is None else ladder.ready_since
    return settled(replace(ladder, ready_since=since), now, rules)


def settled(ladder: Ladder, now: float, rules: Restarting) -> Ladder:
    """An empty ladder once the instance has been ready for `reset_after_ready_seconds`."""
    since = ladder.ready_since
    if since is not None and now - since >= rules.reset_after_ready_seconds:
        return Ladder(ready_since=since)
    return ladder


@dataclass(frozen=True)
class Budget:
    """Restarts of the last minute over all services; those asked for by people do not count."""

    spent: tuple[float, ...] = ()

    def free_at(self, now: float, per_minute: int) -> float:
        """The instant at which one more restart is within the budget; `now` if it already is."""
        recent = self._recent(now)
        if len(recent) < per_minute:
            return now
        return recent[-per_minute] + BUDGET_SECONDS

    def spend(self, now: float) -> "Budget":
        """The budget after one restart."""
        return Budget((*self._recent(now), now))

    def give_back(self, at: float) -> "Budget":
        """The budget when what was spent at `at` turned out not to be a restart."""
        return Budget(tuple(spent for spent in self.spent if spent != at))

    def _recent(self, now: float) -> tuple[float, ...]:
        return tuple(at for at in self.spent if at > now - BUDGET_SECONDS)
