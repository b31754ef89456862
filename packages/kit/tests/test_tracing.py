"""Traces: what is continued, what starts anew, and who gets to see the ids."""

import asyncio

import pytest
import structlog

from valero.kit import tracing
from valero.kit.testing.clients import AppClient

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("header", "trace_id"),
    [
        (PARENT, TRACE),
        (f" {PARENT} ", TRACE),
        (PARENT.replace("00-", "01-", 1) + "-more", TRACE),
        (PARENT + "-more", None),
        (PARENT.replace("00-", "ff-", 1), None),
        (PARENT.replace(TRACE, "0" * 32), None),
        (PARENT.replace("00f067aa0ba902b7", "0" * 16), None),
        (PARENT.upper(), None),
        (PARENT[:-1], None),
        ("", None),
        (None, None),
    ],
)
def test_a_traceparent_is_read_as_the_recommendation_says(
    header: str | None, trace_id: str | None
) -> None:
    trace = tracing.parse(header)
    assert (trace.trace_id if trace else None) == trace_id


def test_the_decision_not_to_sample_is_handed_on() -> None:
    with tracing.continued(PARENT[:-2] + "00") as trace:
        assert trace.traceparent.endswith("-00")


def test_work_goes_on_in_the_same_trace_as_another_step() -> None:
    with tracing.continued(PARENT) as trace:
        assert trace.trace_id == TRACE
        assert trace.span_id != "00f067aa0ba902b7"
        assert tracing.traceparent() == trace.traceparent
        assert structlog.contextvars.get_contextvars()["trace_id"] == TRACE
    assert tracing.current() is None
    assert "trace_id" not in structlog.contextvars.get_contextvars()


async def test_work_at_the_same_time_keeps_its_own_trace() -> None:
    async def work() -> bool:
        with tracing.continued(None) as trace:
            await asyncio.sleep(0.01)
            return tracing.current() is trace

    assert all(await asyncio.gather(*(work() for _ in range(20))))


async def test_a_request_continues_the_trace_and_the_answer_names_it(client: AppClient) -> None:
    answer = await client.get("/api/probe/versions/1", headers={"traceparent": PARENT})
    assert answer.headers["traceresponse"].split("-")[1] == TRACE
    other = await client.get("/api/probe/versions/1")
    assert tracing.parse(other.headers["traceresponse"]) is not None
    assert other.headers["traceresponse"].split("-")[1] != TRACE
