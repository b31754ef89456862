"""What is done about an instance, and above all when nothing is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valero.observer.ladder import Budget, Ladder
from valero.observer.policy import Restarting
from valero.observer.remedy import Because, Deed, Situation, decide
from valero.observer.verdict import Cause, Hang, State, Verdict

DEAD = Situation(Verdict(State.DOWN, Cause.GAVE_UP), supervised=True)
HUNG = Situation(Verdict(State.DOWN, Cause.UNRESPONSIVE), supervised=True, hang=Hang.STOPPED)
ACTING = {Deed.START, Deed.END_HANG}

situations = st.builds(
    Situation,
    verdict=st.builds(Verdict, st.sampled_from(State), st.sampled_from(Cause)),
    supervised=st.booleans(),
    hang=st.none() | st.sampled_from(Hang),
    down_seconds=st.floats(0, 1000),
    dependencies_down=st.sampled_from([(), ("postgres",)]),
    ladder=st.builds(Ladder, next_at=st.none() | st.floats(0, 200)),
)


def decision(situation, *, budget=None, rules=None, now=100.0):
    return decide(
        situation, budget=budget or Budget(), rules=rules or Restarting(), per_minute=3, now=now
    )


@given(situations)
def test_only_what_is_down_and_ours_is_touched(situation):
    if decision(situation).deed in ACTING:
        assert situation.verdict.state is State.DOWN
        assert situation.supervised


@given(situations)
def test_nothing_is_restarted_before_its_rung_or_beyond_the_budget(situation):
    if situation.ladder.next_at is not None and situation.ladder.next_at > 100.0:
        assert decision(situation).deed not in ACTING
    assert decision(situation, budget=Budget((99.0, 99.1, 99.2))).deed not in ACTING


@given(situations)
def test_a_missing_dependency_holds_every_restart_but_that_of_a_stopped_process(situation):
    held = replace(situation, dependencies_down=("postgres",))
    if decision(held).deed in ACTING:
        assert held.hang is Hang.STOPPED


@given(situations)
def test_a_service_with_restarts_switched_off_is_left_alone(situation):
    assert decision(situation, rules=Restarting(enabled=False)).deed not in ACTING


def test_a_process_that_the_supervisor_gave_up_is_started():
    assert decision(DEAD).deed is Deed.START


def test_a_process_that_just_exited_is_left_to_the_supervisor():
    exited = replace(DEAD, verdict=Verdict(State.DOWN, Cause.EXITED))
    assert decision(replace(exited, down_seconds=1.0)).because is Because.SUPERVISOR_RESTARTS
    assert decision(replace(exited, down_seconds=3.0)).deed is Deed.START


def test_a_stopped_process_is_ended_at_once():
    assert decision(HUNG).deed is Deed.END_HANG


def test_a_process_that_does_not_listen_gets_patience_once_it_has_worked():
    deaf = replace(HUNG, hang=Hang.DEAF, patience_seconds=30.0)
    assert decision(replace(deaf, down_seconds=29.0)).because is Because.PATIENCE
    assert decision(replace(deaf, down_seconds=30.0)).deed is Deed.END_HANG
    never = Verdict(State.DOWN, Cause.NEVER_READY)
    assert decision(replace(deaf, verdict=never)).deed is Deed.END_HANG


def test_a_wait_says_until_when():
    waiting = decision(replace(DEAD, ladder=Ladder(failures=(1.0, 2.0), next_at=104.0)))
    assert waiting.until == 104.0
    assert waiting.why == {"failures": 2, "seconds": 4.0}


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(State.SUSPECT, Cause.UNREADY),
        Verdict(State.SUSPECT, Cause.HEARTBEAT_MISSING),
        Verdict(State.SUSPECT, Cause.RULE_BROKEN),
        Verdict(State.IMPOSTOR, Cause.FOREIGN_ANSWER),
        Verdict(State.MAINTENANCE, Cause.STOPPED),
        Verdict(State.DOWN, Cause.LEFT),
    ],
)
def test_restarting_would_not_help_here(verdict):
    assert decision(replace(HUNG, verdict=verdict)).deed is Deed.NOTHING
