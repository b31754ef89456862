"""Thresholds with hysteresis: a breach lasts before it is reported and ends below its limit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from valero.observer.policy import Thresholds


class Change(StrEnum):
    """What is worth an event."""

    BEGAN = "threshold_breached"
    ENDED = "threshold_kept"


@dataclass(frozen=True)
class Breach:
    """One measure above its limit since `since` (monotonic); `reported` once it lasted."""

    since: float
    reported: bool = False


@dataclass(frozen=True)
class Reported:
    """A change with the arithmetic behind it."""

    change: Change
    measure: str
    value: float
    limit: float
    seconds: float


Breaches = Mapping[str, Breach]


def compare(
    breaches: Breaches, values: Mapping[str, float | None], thresholds: Thresholds, now: float
) -> tuple[dict[str, Breach], list[Reported]]:
    """The breaches after new `values`, and what began or ended.

    A missing value (None) neither begins nor ends a breach: a gap in the data is not a recovery.
    """
    after: dict[str, Breach] = {}
    reports: list[Reported] = []
    for measure, limit in thresholds.limits().items():
        value, breach = values.get(measure), breaches.get(measure)
        if value is None:
            kept = breach
        elif value > limit:
            kept = breach or Breach(since=now)
            if not kept.reported and now - kept.since >= thresholds.for_seconds:
                kept = replace(kept, reported=True)
                reports.append(Reported(Change.BEGAN, measure, value, limit, now - kept.since))
        elif breach and breach.reported and value > limit * thresholds.leave_ratio:
            kept = breach
        else:
            kept = None
            if breach and breach.reported:
                reports.append(Reported(Change.ENDED, measure, value, limit, now - breach.since))
        if kept is not None:
            after[measure] = kept
    return after, reports
