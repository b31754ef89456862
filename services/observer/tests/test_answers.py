"""Reading health answers: who answers, how it feels, and what hostile answers must not do."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valero.observer.answers import Expected, Outcome, Reading, read

EXPECTED = Expected("fibu", "n0nce-of-fibu-1", 4711)


def document(**changes):
    body = {
        "status": "pass",
        "serviceId": "fibu",
        "x-nonce": "n0nce-of-fibu-1",
        "x-pid": 4711,
        "releaseId": "1.4.2",
        "checks": {"database:connections": [{"observedValue": 3, "status": "pass"}]},
    }
    return json.dumps(body | changes).encode()


def test_our_own_answer_is_taken():
    reading = read(200, document(), EXPECTED)
    assert reading.outcome is Outcome.READY
    assert (reading.pid, reading.version) == (4711, "1.4.2")
    assert reading.measured("database:connections") == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"serviceId": "beleg"},
        {"serviceId": None},
        {"x-nonce": "another"},
        {"x-nonce": None},
        {"x-pid": 4712},
        {"x-pid": True},
    ],
)
def test_another_identity_is_foreign(changes):
    assert read(200, document(**changes), EXPECTED).outcome is Outcome.FOREIGN


@pytest.mark.parametrize("body", [b"<html>It works!</html>", b"", b"[]", b'"ok"', b"\xff\xfe"])
def test_an_answer_without_identity_is_foreign(body):
    assert read(200, body, EXPECTED).outcome is Outcome.FOREIGN
    assert read(404, body, EXPECTED).outcome is Outcome.FOREIGN


def test_a_crash_inside_our_own_health_route_is_no_reason_to_restart():
    reading = read(500, b"Internal Server Error", EXPECTED)
    assert reading.outcome is Outcome.INVALID
    assert reading.outcome.alive


def test_a_failing_dependency_makes_it_unready():
    down = {"database:responseTime": [{"status": "fail"}], "invariant:x": [{"status": "fail"}]}
    reading = read(503, document(status="fail", checks=down), EXPECTED)
    assert reading.outcome is Outcome.UNREADY
    assert reading.failing == ("database:responseTime",)


def test_a_broken_business_rule_alone_leaves_it_ready():
    broken = {"invariant:journal_balanced": [{"status": "fail", "output": "0.01 EUR"}]}
    reading = read(503, document(status="fail", checks=broken), EXPECTED)
    assert reading.outcome is Outcome.READY
    assert reading.broken_rules == ("invariant:journal_balanced",)


def test_without_knowing_nonce_and_pid_the_name_decides():
    assert read(200, document(), Expected("fibu")).outcome is Outcome.READY
    assert read(200, document(), Expected("auth")).outcome is Outcome.FOREIGN


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.integers(100, 599), st.binary(max_size=200))
def test_no_bytes_whatsoever_raise(status, body):
    assert isinstance(read(status, body, EXPECTED), Reading)


@given(json_values, json_values, json_values)
def test_no_document_whatsoever_raises(checks, status, pid):
    body = document(checks=checks, status=status, **{"x-pid": pid, "output": checks})
    assert isinstance(read(200, body, Expected("fibu")), Reading)


def test_deeply_nested_json_is_refused_not_fatal():
    assert read(200, b"[" * 60_000, EXPECTED).outcome is Outcome.FOREIGN
