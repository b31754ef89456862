"""Reading a health answer (draft-inadarei-api-health-check-06): who answers, and how it feels.

An answer counts only if it names the service, the process slot's nonce and the pid that we expect:
a foreign process on the port answers 200 too.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

FAILING = frozenset({"fail", "error", "down"})
RULE = "invariant:"


class Outcome(StrEnum):
    """What one probe showed."""

    READY = "ready"
    UNREADY = "unready"
    FOREIGN = "foreign"
    INVALID = "invalid"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    BROKEN = "broken"
    #: the Observer itself was too slow: proves nothing
    UNKNOWN = "unknown"

    @property
    def alive(self) -> bool:
        """Whether our process answered in time, however badly: no reason to restart it."""
        return self in {Outcome.READY, Outcome.UNREADY, Outcome.INVALID}


@dataclass(frozen=True)
class Expected:
    """Who should answer; None means that it is not known."""

    service: str
    nonce: str | None = None
    pid: int | None = None


@dataclass(frozen=True)
class Check:
    """One check of the answer that is not "pass", or that measures something we keep."""

    name: str
    status: str
    value: float | None = None
    output: str | None = None


@dataclass(frozen=True)
class Reading:
    """What one probe found out."""

    outcome: Outcome
    detail: str = ""
    latency_ms: float | None = None
    pid: int | None = None
    version: str | None = None
    checks: tuple[Check, ...] = field(default_factory=tuple)

    def measured(self, name: str) -> float | None:
        """The number that the check `name` observed, e.g. "database:connections"."""
        return next((check.value for check in self.checks if check.name == name), None)

    @property
    def failing(self) -> tuple[str, ...]:
        """The failing checks of technical things: these make a service unready."""
        return tuple(name for name in self._failed() if not name.startswith(RULE))

    @property
    def broken_rules(self) -> tuple[str, ...]:
        """The business rules that do not hold; the service can serve all the same."""
        return tuple(name for name in self._failed() if name.startswith(RULE))

    def _failed(self) -> list[str]:
        return [check.name for check in self.checks if check.status in FAILING]


def read(status_code: int, body: bytes, expected: Expected) -> Reading:
    """What the answer to a health probe means."""
    document = _document(body)
    if document is None:
        if status_code >= 500:
            return Reading(Outcome.INVALID, f"HTTP {status_code} without a health document")
        return Reading(Outcome.FOREIGN, f"HTTP {status_code} without a health document")
    stranger = _stranger(document, expected)
    if stranger is not None:
        return Reading(Outcome.FOREIGN, stranger)
    status = str(document.get("status", "")).lower()
    if not status:
        return Reading(Outcome.INVALID, "health document without status")
    reading = Reading(
        Outcome.READY,
        str(document.get("output") or "")[:500],
        pid=_integer(document.get("x-pid")),
        version=_text(document.get("releaseId")) or _text(document.get("version")),
        checks=tuple(_checks(document.get("checks"))),
    )
    fails = status in FAILING or status_code >= 400
    only_rules = bool(reading.broken_rules) and not reading.failing
    return replace(reading, outcome=Outcome.UNREADY) if fails and not only_rules else reading


def _document(body: bytes) -> Mapping[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _stranger(document: Mapping[str, Any], expected: Expected) -> str | None:
    service = document.get("serviceId")
    if service != expected.service:
        return f"serviceId is {str(service)[:80]!r}, expected {expected.service!r}"
    if expected.nonce and not _same(document.get("x-nonce"), expected.nonce):
        return "the nonce is not the one of this process slot"
    pid = _integer(document.get("x-pid"))
    if expected.pid and pid != expected.pid:
        return f"pid {pid} answers, expected pid {expected.pid}"
    return None


def _same(told: object, expected: str) -> bool:
    return hmac.compare_digest(str(told).encode(), expected.encode())


def _checks(checks: object) -> list[Check]:
    if not isinstance(checks, dict):
        return []
    found = []
    for name, entries in list(checks.items())[:100]:
        first = entries[0] if isinstance(entries, list) and entries else None
        if not isinstance(first, dict):
            continue
        found.append(
            Check(
                name=str(name)[:120],
                status=str(first.get("status", "pass")).lower()[:10],
                value=_number(first.get("observedValue")),
                output=_text(first.get("output")),
            )
        )
    return found


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 else None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value[:500] if isinstance(value, str) and value else None
