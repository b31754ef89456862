"""How a service is: `application/health+json` after draft-inadarei-api-health-check-06.

The shape is fixed by health.schema.json beside this file. Nothing here waits for a dependency
while a request waits: background checks (monitor.py) leave their results with their time.
`/health/live` says that the event loop turns; `/health/ready` that requests can be served;
`/health` tells all, business invariants included, and to strangers only the status.
"""

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from ipaddress import ip_address
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from valero.kit import clock

MEDIA_TYPE = "application/health+json"
MOST_BYTES = 4096
LONGEST_TEXT = 200
FORWARDED = ("forwarded", "x-forwarded-for", "x-envoy-external-address", "x-request-id")


class Status(StrEnum):
    """The draft's three answers; `pass` and `warn` come with 200, `fail` with 503."""

    PASS = "pass"  # noqa: S105 - not a password
    WARN = "warn"
    FAIL = "fail"


SEVERITY = {Status.PASS: 0, Status.WARN: 1, Status.FAIL: 2}


@dataclass(frozen=True)
class InvariantResult:
    """Whether a statement about the data holds, and what was found: a value, a sentence."""

    ok: bool
    value: str | int | Decimal | None = None
    detail: str = ""


@dataclass(frozen=True)
class Invariant:
    """A statement about the business that must always be true, checked for each tenant."""

    name: str
    de: str
    en: str
    every_seconds: int
    check: Callable[[AsyncSession], Awaitable[InvariantResult]]


def invariant(
    name: str, *, de: str, en: str, every_seconds: int = 60
) -> Callable[[Callable[[AsyncSession], Awaitable[InvariantResult]]], Invariant]:
    """Decorate `async def check(session) -> InvariantResult`.

    It runs in the background, read only, in a session of its own for each tenant that the service
    has data of. Broken anywhere: the service's health is `fail`, but it stays ready.
    """

    def make(check: Callable[[AsyncSession], Awaitable[InvariantResult]]) -> Invariant:
        return Invariant(name, de, en, every_seconds, check)

    return make


@dataclass(frozen=True)
class Check:
    """One entry of `checks`: a measurement and what to think of it."""

    value: str | int | float | None
    unit: str = ""
    status: Status = Status.PASS
    kind: str = "component"
    time: str = ""
    output: str = ""
    more: tuple[tuple[str, Any], ...] = ()

    def dump(self) -> dict[str, Any]:
        """As the draft writes it, without what is empty; additions of ours begin with x-."""
        entry = {
            "componentType": self.kind,
            "observedValue": self.value,
            "observedUnit": self.unit or None,
            "status": str(self.status),
            "time": self.time or stamp(),
            "output": self.output[:LONGEST_TEXT] or None,
            **dict(self.more),
        }
        return {key: value for key, value in entry.items() if value is not None}


@dataclass(frozen=True)
class Identity:
    """Who answers, so that nobody mistakes a stranger on the port for this service."""

    service: str
    instance: str
    nonce: str
    pid: int
    version: str
    description: str = ""


@dataclass(frozen=True)
class Report:
    """Everything known at one moment."""

    identity: Identity
    checks: Mapping[str, Check]
    vitals: Mapping[str, int | float]

    @property
    def status(self) -> Status:
        """The worst of all checks."""
        statuses = [check.status for check in self.checks.values()]
        return max(statuses, key=SEVERITY.__getitem__, default=Status.PASS)

    def dump(self) -> bytes:
        """As JSON of at most MOST_BYTES; passing checks past that are left out and counted."""
        checks = dict(self.checks)
        omitted = 0
        while len(body := self._encode(checks, omitted)) > MOST_BYTES:
            checks.pop(_least_important(checks))
            omitted += 1
        return body

    def _encode(self, checks: Mapping[str, Check], omitted: int) -> bytes:
        content: dict[str, Any] = {
            "status": str(self.status),
            "version": self.identity.version.partition(".")[0],
            "releaseId": self.identity.version,
            "serviceId": self.identity.service,
            "description": self.identity.description,
            "x-instance": self.identity.instance,
            "x-nonce": self.identity.nonce,
            "x-pid": self.identity.pid,
            **{f"x-{name}": value for name, value in self.vitals.items()},
            "checks": {key: [check.dump()] for key, check in checks.items()},
        }
        if omitted:
            content["notes"] = [f"{omitted} checks left out"]
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def _least_important(checks: Mapping[str, Check]) -> str:
    """The last of the mildest invariants; measurements only when no invariant is left."""
    invariants = [key for key in checks if key.startswith("invariant:")]
    candidates = list(reversed(invariants or list(checks)))
    return min(candidates, key=lambda key: SEVERITY[checks[key].status])


def stamp() -> str:
    """The present instant as ISO 8601 with Z, to the second."""
    return clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


Reporter = Callable[[], Report]
Readiness = Callable[[], Status]


def install(app: FastAPI, *, report: Reporter, ready: Readiness, token: str | None = None) -> None:
    """Serve the three addresses, and the status alone under the service's public prefix.

    Details go to direct callers on this machine, and to who presents `token`.
    """

    async def live(_request: Request) -> Response:
        return _answer(Status.PASS)

    async def show_ready(_request: Request) -> Response:
        return _answer(ready())

    async def show_status(_request: Request) -> Response:
        return _answer(report().status)

    async def show_all(request: Request) -> Response:
        current = report()
        if not _may_see_all(request, token):
            return _answer(current.status)
        return _answer(current.status, current.dump())

    app.add_route("/health/live", live, include_in_schema=False)
    app.add_route("/health/ready", show_ready, include_in_schema=False)
    app.add_route("/health", show_all, include_in_schema=False)
    app.add_route(f"/api/{app.state.name}/health", show_status, include_in_schema=False)


def _may_see_all(request: Request, token: str | None) -> bool:
    scheme, _, presented = request.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer":
        return hmac.compare_digest(presented.strip().encode(), token.encode())
    if any(name in request.headers for name in FORWARDED) or request.client is None:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _answer(status: Status, body: bytes | None = None) -> Response:
    return Response(
        body or json.dumps({"status": str(status)}).encode(),
        status_code=503 if status is Status.FAIL else 200,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store"},
    )
