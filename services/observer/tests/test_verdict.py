"""The verdict: total, and true to what is known."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valero.observer.policy import Leasing, Probing, Quorum
from valero.observer.verdict import (
    TRANSITIONS,
    Cause,
    Facts,
    Hang,
    LeaseFact,
    Phase,
    State,
    judge,
)
from valero.observer.window import Window, observe

PROBING, LEASING = Probing(), Leasing()
FRESH = LeaseFact(age_seconds=1.0, confirmed=True)
PASSING, FAILING = Window(passing=True), Window(passing=False)
HEALTHY = Facts(window=PASSING, ready=True, phase=Phase.RUNNING, lease=FRESH, proven=True)


def verdict(facts):
    return judge(facts, probing=PROBING, leasing=LEASING)


def seen(facts):
    found = verdict(facts)
    return found.state, found.cause


windows = st.builds(
    Window, st.lists(st.booleans(), max_size=5).map(tuple), st.sampled_from([None, True, False])
)
leases = st.none() | st.builds(LeaseFact, st.floats(0, 1e6), st.booleans())
any_facts = st.builds(
    Facts,
    window=windows,
    ready=st.sampled_from([None, True, False]),
    failing=st.lists(st.text(max_size=5), max_size=2).map(tuple),
    broken_rules=st.lists(st.text(max_size=5), max_size=2).map(tuple),
    foreign=st.none() | st.text(max_size=5),
    phase=st.none() | st.sampled_from(Phase),
    lease=leases,
    left=st.booleans(),
    age_seconds=st.floats(0, 1e6),
    proven=st.booleans(),
    hang=st.none() | st.sampled_from(Hang),
    silent_seconds=st.floats(0, 1e6),
    pressure=st.floats(1, 100),
    down_seconds=st.floats(0, 1e6),
)


@given(any_facts)
def test_every_situation_has_a_verdict_with_a_reason(facts):
    found = verdict(facts)
    assert found.state in State
    assert found.why or found.cause is Cause.READY


@given(any_facts)
def test_a_foreign_answer_is_never_taken_for_health(facts):
    found = verdict(replace(facts, foreign="pid 7 answers"))
    assert found.state is State.IMPOSTOR


@given(any_facts)
def test_up_means_answering_ready_and_running(facts):
    if verdict(facts).state is State.UP:
        assert facts.proven
        assert facts.window.last is not False
        assert facts.ready is not False
        assert facts.phase in {None, Phase.STARTING, Phase.RUNNING}


@given(any_facts)
def test_that_a_service_is_unready_never_makes_it_down(facts):
    """What a missing dependency looks like must not change whether an instance counts as down."""
    unready = replace(facts, ready=False, failing=("database:responseTime",), broken_rules=("x",))
    ready = replace(facts, ready=True, failing=(), broken_rules=())
    assert (verdict(unready).state is State.DOWN) == (verdict(ready).state is State.DOWN)


@given(any_facts)
def test_a_lease_alone_never_outvotes_a_passing_probe(facts):
    passing = replace(facts, window=PASSING, left=False, foreign=None, phase=None)
    assert verdict(passing).state is not State.DOWN


steps = st.lists(
    st.one_of(
        st.sampled_from(["pass", "fail", "unready", "foreign", "beat", "leave", "new life"]),
        st.floats(0.1, 100_000),
    ),
    max_size=60,
)


@given(steps)
def test_a_life_makes_only_the_listed_transitions(moves):
    """A remote instance (no supervisor) under any sequence of answers, heartbeats and time."""
    facts = Facts(lease=FRESH)
    before, down_since, now = State.STARTING, None, 0.0
    for move in moves:
        if isinstance(move, float):
            now += move
            lease = facts.lease and replace(facts.lease, age_seconds=facts.lease.age_seconds + move)
            facts = replace(facts, lease=lease, age_seconds=facts.age_seconds + move)
        else:
            facts = moved(facts, move)
        down = 0.0 if down_since is None else now - down_since
        state = verdict(replace(facts, down_seconds=down)).state
        assert state is before or (before, state) in TRANSITIONS
        if state is State.GONE:
            return
        down_since = (down_since if before is State.DOWN else now) if state is State.DOWN else None
        before = state


def moved(facts, move):
    match move:
        case "pass" | "fail":
            passed = move == "pass"
            window = observe(facts.window, passed, fail=PROBING.fail, recover=PROBING.recover)
            proven = facts.proven or window.passing is True
            return replace(facts, window=window, proven=proven, ready=passed, foreign=None)
        case "unready":
            return replace(facts, ready=False, foreign=None)
        case "foreign":
            return replace(facts, foreign="someone else")
        case "beat":
            return replace(facts, lease=FRESH, left=False)
        case "leave":
            return replace(facts, lease=None, left=True)
        case _:
            return Facts(lease=FRESH)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (HEALTHY, (State.UP, Cause.READY)),
        (Facts(phase=Phase.RUNNING), (State.STARTING, Cause.BOOTING)),
        (Facts(phase=Phase.NEVER_STARTED), (State.STARTING, Cause.WAITING_TO_START)),
        (replace(HEALTHY, phase=Phase.STOPPED), (State.MAINTENANCE, Cause.STOPPED)),
        (replace(HEALTHY, phase=Phase.FATAL), (State.DOWN, Cause.GAVE_UP)),
        (replace(HEALTHY, phase=Phase.BACKOFF), (State.DOWN, Cause.RETRYING)),
        (replace(HEALTHY, phase=Phase.EXITED), (State.DOWN, Cause.EXITED)),
        (replace(HEALTHY, window=FAILING), (State.DOWN, Cause.UNRESPONSIVE)),
        (replace(HEALTHY, ready=False), (State.SUSPECT, Cause.UNREADY)),
        (replace(HEALTHY, broken_rules=("invariant:x",)), (State.SUSPECT, Cause.RULE_BROKEN)),
        (replace(HEALTHY, window=Window((True, False), True)), (State.SUSPECT, Cause.PROBE_FAILED)),
        (
            replace(HEALTHY, lease=LeaseFact(20.0, True)),
            (State.SUSPECT, Cause.HEARTBEAT_MISSING),
        ),
        (
            replace(HEALTHY, lease=LeaseFact(40.0, True)),
            (State.SUSPECT, Cause.HEARTBEAT_MISSING),
        ),
        (
            Facts(lease=LeaseFact(31.0, True), proven=True, window=Window((False,), True)),
            (State.DOWN, Cause.LEASE_EXPIRED),
        ),
        (Facts(lease=LeaseFact(0.0, False)), (State.SUSPECT, Cause.RELOADED)),
        (
            Facts(phase=Phase.RUNNING, window=FAILING, age_seconds=31),
            (State.DOWN, Cause.NEVER_READY),
        ),
        (
            Facts(phase=Phase.RUNNING, window=FAILING, age_seconds=5),
            (State.STARTING, Cause.BOOTING),
        ),
        (Facts(left=True), (State.DOWN, Cause.LEFT)),
        (Facts(left=True, down_seconds=90_000), (State.GONE, Cause.FORGOTTEN)),
        (replace(HEALTHY, left=True, lease=None), (State.MAINTENANCE, Cause.LEFT)),
    ],
)
def test_known_situations_have_known_verdicts(facts, expected):
    assert seen(facts) == expected


def test_a_reloaded_lease_has_a_full_time_to_live():
    just_within = Facts(lease=LeaseFact(29.9, False), window=Window((False,)))
    just_past = Facts(lease=LeaseFact(30.0, False), window=Window((False,)))
    assert verdict(just_within).state is State.SUSPECT
    assert verdict(just_past).state is State.DOWN


SILENT = replace(HEALTHY, window=FAILING, silent_seconds=3.0)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (replace(SILENT, hang=Hang.STOPPED), State.DOWN),
        (replace(SILENT, hang=Hang.DEAF), State.DOWN),
        (replace(SILENT, hang=Hang.BLOCKED), State.SUSPECT),
        (replace(SILENT, hang=Hang.BLOCKED, silent_seconds=4.0, pressure=9.0), State.DOWN),
        (replace(SILENT, hang=Hang.BUSY), State.SUSPECT),
        (replace(SILENT, hang=Hang.BUSY, silent_seconds=30.0), State.DOWN),
        (replace(SILENT, hang=Hang.BUSY, silent_seconds=30.0, pressure=3.0), State.SUSPECT),
        (replace(SILENT, hang=Hang.BUSY, silent_seconds=90.0, pressure=3.0), State.DOWN),
    ],
)
def test_silence_is_judged_by_what_the_process_does(facts, state):
    assert verdict(facts).state is state


def test_one_failed_probe_suffices_for_a_stopped_process():
    once = replace(HEALTHY, window=Window((True, False), True), hang=Hang.STOPPED)
    assert verdict(once).state is State.DOWN
    assert verdict(replace(once, window=PASSING)).state is State.UP


def test_a_start_may_take_longer_on_a_loaded_machine():
    booting = Facts(phase=Phase.RUNNING, window=FAILING, age_seconds=31, pressure=4.0)
    assert verdict(booting).state is State.STARTING
    assert verdict(replace(booting, age_seconds=120)).cause is Cause.NEVER_READY


def test_the_lease_of_a_supervised_process_never_makes_it_down():
    late = replace(HEALTHY, lease=LeaseFact(1e6, True), window=Window((False,), True))
    assert verdict(late).state is State.SUSPECT


def test_a_deadline_that_reaches_the_interval_is_refused():
    with pytest.raises(ValueError, match=r"timeout_seconds .* must be smaller"):
        Probing(interval_seconds=1.0, timeout_seconds=1.0, fail=Quorum(at_least=1, of=1))
