"""The trace a piece of work belongs to: W3C Trace Context, version 00 (Recommendation 2021-11-23).

A request continues the caller's trace, an event carries it on, and every log line shows it. No
spans are recorded here: the ids alone join the logs of all services.
"""

import re
import secrets
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "traceparent"
RESPONSE_HEADER = "traceresponse"
SAMPLED = 0x01

_PATTERN = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True)
class Trace:
    """One step of a trace; ids are lower-case hexadecimal, never all zeros."""

    trace_id: str
    span_id: str
    flags: int = SAMPLED

    @property
    def traceparent(self) -> str:
        """The value of the `traceparent` header."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"


_current: ContextVar[Trace | None] = ContextVar("valero_trace", default=None)


def current() -> Trace | None:
    """The trace of the work being done, None outside of any."""
    return _current.get()


def traceparent() -> str | None:
    """The header to hand on to others, None outside of any trace."""
    trace = _current.get()
    return trace.traceparent if trace else None


def parse(header: str | None) -> Trace | None:
    """Read a `traceparent`; None if it is absent or invalid (the trace then starts anew).

    A higher version is read as far as version 00 defines it, as section 4.1 asks.
    """
    found = _PATTERN.fullmatch(header.strip()) if header else None
    if found is None:
        return None
    version, trace_id, span_id, flags, rest = found.groups()
    unknown_tail = version == "00" and rest is not None
    if version == "ff" or unknown_tail or not int(trace_id, 16) or not int(span_id, 16):
        return None
    return Trace(trace_id, span_id, int(flags, 16) & SAMPLED)


@contextmanager
def continued(header: str | None) -> Iterator[Trace]:
    """Do the work inside as the next step of the trace in `header`, or of a new one."""
    parent = parse(header)
    trace = Trace(
        trace_id=parent.trace_id if parent else secrets.token_hex(16),
        span_id=secrets.token_hex(8),
        flags=parent.flags if parent else SAMPLED,
    )
    token = _current.set(trace)
    try:
        with structlog.contextvars.bound_contextvars(trace_id=trace.trace_id):
            yield trace
    finally:
        _current.reset(token)


class TraceMiddleware:
    """ASGI: every request runs inside a trace, and the answer names it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Continue the trace of the request around the rest of the application."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with continued(Headers(scope=scope).get(HEADER)) as trace:
            scope.setdefault("state", {})["trace_id"] = trace.trace_id

            async def answer(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _add_header(message, trace)
                await send(message)

            await self.app(scope, receive, answer)


def _add_header(message: MutableMapping[str, object], trace: Trace) -> None:
    MutableHeaders(scope=message)[RESPONSE_HEADER] = trace.traceparent
