"""Thresholds: a breach lasts before it counts, and ends below its limit."""

import pytest

from valero.observer.breaches import Change, compare
from valero.observer.policy import Thresholds

LIMITS = Thresholds(cpu_percent=70, for_seconds=60, leave_ratio=0.9)


def told(values, *, every=30.0):
    breaches, changes = {}, []
    for number, value in enumerate(values):
        breaches, reports = compare(breaches, {"cpu_percent": value}, LIMITS, number * every)
        changes += [(number, report.change) for report in reports]
    return changes


def test_a_short_peak_is_no_breach():
    assert told([50, 95, 95, 50, 95, 50]) == []


def test_a_lasting_breach_is_told_once():
    assert told([95, 95, 95, 95, 95]) == [(2, Change.BEGAN)]


def test_a_breach_ends_only_well_below_the_limit():
    assert told([95, 95, 95, 69, 64, 62]) == [(2, Change.BEGAN), (5, Change.ENDED)]


def test_a_gap_in_the_data_is_no_recovery():
    assert told([95, 95, 95, None, None, None]) == [(2, Change.BEGAN)]


@pytest.mark.parametrize("measure", ["p95_ms", "memory_mb", "error_ratio"])
def test_a_limit_that_is_not_set_is_never_breached(measure):
    assert compare({}, {measure: 1e9}, LIMITS, 0.0) == ({}, [])
