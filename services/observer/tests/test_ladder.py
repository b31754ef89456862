"""The restart ladder under a clock of the test's own."""

from hypothesis import given
from hypothesis import strategies as st

from valero.observer.ladder import Budget, Ladder, failed, rung, seen
from valero.observer.policy import Restarting

RULES = Restarting()


def fall(times, *, chance=1.0, every=20.0):
    ladder, now = Ladder(), 0.0
    for _ in range(times):
        ladder = failed(ladder, now, RULES, chance)
        now += every
    return ladder, now - every


def test_pauses_double_from_half_a_second():
    assert [rung(n, RULES).longest for n in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]


def test_the_fifth_failure_within_ten_minutes_is_a_crash_loop():
    ladder, _ = fall(4)
    assert not ladder.crash_looping
    ladder, now = fall(5)
    assert ladder.crash_looping
    assert 60 <= ladder.next_at - now <= 300


def test_a_crash_loop_keeps_its_long_pauses():
    ladder, now = fall(5)
    for _ in range(5):
        now = ladder.next_at
        ladder = failed(ladder, now, RULES, 0.9)
        assert ladder.next_at - now >= 60


def test_failures_that_are_far_apart_are_no_crash_loop():
    ladder, _ = fall(20, every=301.0)
    assert not ladder.crash_looping
    assert len(ladder.failures) == 2


@given(st.integers(1, 40), st.floats(0, 1, exclude_max=True))
def test_a_pause_lies_within_its_rung(failures, chance):
    ladder, now = fall(failures, chance=chance, every=1.0)
    step = rung(failures, RULES)
    assert step.shortest <= ladder.next_at - now <= step.longest + 1e-9
    assert step.longest <= RULES.crash_loop_longest_seconds


def test_ten_minutes_of_readiness_forgive_everything():
    ladder, now = fall(5)
    ladder = seen(ladder, now, RULES, ready=True)
    assert seen(ladder, now + 599, RULES, ready=True).crash_looping
    assert seen(ladder, now + 600, RULES, ready=True).failures == ()


def test_an_instance_that_dies_just_after_being_ready_is_not_forgiven():
    ladder, now = fall(4)
    ladder = seen(ladder, now, RULES, ready=True)
    ladder = seen(ladder, now + 1, RULES, ready=False)
    ladder = failed(ladder, now + 2, RULES, 0.5)
    assert ladder.crash_looping


def test_a_failure_after_a_long_good_time_starts_from_the_first_rung():
    ladder, now = fall(5)
    ladder = seen(ladder, now, RULES, ready=True)
    ladder = failed(ladder, now + 700, RULES, 1.0)
    assert len(ladder.failures) == 1
    assert not ladder.crash_looping


def test_three_restarts_a_minute_are_the_budget_of_all():
    budget = Budget()
    for now in (0.0, 10.0, 20.0):
        assert budget.free_at(now, 3) == now
        budget = budget.spend(now)
    assert budget.free_at(30.0, 3) == 60.0
    assert budget.free_at(60.0, 3) == 60.0


def test_what_was_no_restart_is_given_back():
    budget = Budget().spend(1.0).spend(2.0).spend(3.0)
    assert budget.free_at(4.0, 3) > 4.0
    assert budget.give_back(2.0).free_at(4.0, 3) == 4.0


@given(st.lists(st.floats(0, 30), min_size=1, max_size=50), st.integers(1, 5))
def test_no_minute_ever_holds_more_restarts_than_the_budget(gaps, per_minute):
    budget, now, spent = Budget(), 0.0, []
    for gap in gaps:
        now += gap
        if budget.free_at(now, per_minute) <= now:
            budget = budget.spend(now)
            spent.append(now)
    for start in spent:
        assert sum(1 for at in spent if start <= at < start + 60) <= per_minute
