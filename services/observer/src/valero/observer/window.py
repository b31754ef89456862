"""N-of-M: several probes, not one, change the verdict on an instance."""

from dataclasses import dataclass

from valero.observer.policy import Quorum


@dataclass(frozen=True)
class Window:
    """The outcomes since the verdict last changed (newest last); `passing` is None before any."""

    outcomes: tuple[bool, ...] = ()
    passing: bool | None = None

    @property
    def last(self) -> bool | None:
        """The newest outcome, or the verdict itself right after it changed."""
        return self.outcomes[-1] if self.outcomes else self.passing


def observe(window: Window, passed: bool, *, fail: Quorum, recover: Quorum) -> Window:
    """The window after one more probe.

    A passing instance fails when `fail.at_least` of its last `fail.of` probes failed; a failing
    one recovers when `recover.at_least` of its last `recover.of` passed. The outcomes before a
    change do not count again afterwards.
    """
    outcomes = (*window.outcomes, passed)[-max(fail.of, recover.of) :]
    failures = outcomes[-fail.of :].count(False)
    passes = outcomes[-recover.of :].count(True)
    if window.passing is not False and failures >= fail.at_least:
        return Window(passing=False)
    if window.passing is not True and passes >= recover.at_least:
        return Window(passing=True)
    return Window(outcomes, window.passing)
