"""N-of-M over all sequences, against a definition that looks at the whole past each time."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valero.observer.policy import Quorum
from valero.observer.window import Window, observe

THREE_OF_FIVE = Quorum(at_least=3, of=5)
TWO_OF_TWO = Quorum(at_least=2, of=2)


def verdicts(outcomes, fail, recover):
    """The rule in words: look back to the last change, no further than N-of-M reaches."""
    verdict, since, said = None, 0, []
    for end in range(1, len(outcomes) + 1):
        seen = outcomes[since:end]
        if verdict is not False and seen[-fail.of :].count(False) >= fail.at_least:
            verdict, since = False, end
        elif verdict is not True and seen[-recover.of :].count(True) >= recover.at_least:
            verdict, since = True, end
        said.append(verdict)
    return said


def run(outcomes, fail=THREE_OF_FIVE, recover=TWO_OF_TWO):
    window, said = Window(), []
    for passed in outcomes:
        window = observe(window, passed, fail=fail, recover=recover)
        said.append(window.passing)
    return said


def test_every_sequence_of_twelve_probes_follows_the_rule():
    for outcomes in itertools.product([True, False], repeat=12):
        assert run(outcomes) == verdicts(list(outcomes), THREE_OF_FIVE, TWO_OF_TWO), outcomes


quorums = st.integers(1, 6).flatmap(
    lambda of: st.integers(1, of).map(lambda least: Quorum(at_least=least, of=of))
)


@given(st.lists(st.booleans(), max_size=40), quorums, quorums)
def test_every_quorum_follows_the_rule(outcomes, fail, recover):
    assert run(outcomes, fail, recover) == verdicts(outcomes, fail, recover)


@given(st.lists(st.booleans(), max_size=60))
def test_the_window_never_grows(outcomes):
    window = Window()
    for passed in outcomes:
        window = observe(window, passed, fail=THREE_OF_FIVE, recover=TWO_OF_TWO)
        assert len(window.outcomes) <= 5


def test_two_failures_among_five_change_nothing():
    assert run([True, True, False, True, False, True, True])[-1] is True


def test_failures_before_a_recovery_do_not_count_again():
    down_and_up_again = [True, True, False, False, False, True, True]
    assert run([*down_and_up_again, False])[-1] is True


@pytest.mark.parametrize("at_least", [2, 3, 4])
def test_a_quorum_above_its_size_is_refused(at_least):
    with pytest.raises(ValueError, match="must not exceed"):
        Quorum(at_least=at_least, of=at_least - 1)
