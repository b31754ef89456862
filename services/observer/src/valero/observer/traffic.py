"""How a service serves its callers: requests, p95 and errors, from its Prometheus metrics.

Counters only grow, so two scrapes give what happened between them. A process that restarted has
smaller counters; that interval is left out rather than guessed.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import httpx

from valero.observer.roster import Role, Target
from valero.observer.verdict import State

HISTOGRAM = "http_server_request_duration_seconds"
BUCKET = f"{HISTOGRAM}_bucket{{"
BOUND = re.compile(r'[{,]le="([^"]+)"')
STATUS = re.compile(r'[{,]http_response_status_code="(\d)')
SCRAPE_SECONDS = 1.0
BODY_LIMIT = 2 * 1024 * 1024
#: intervals that are looked at together
WINDOW = 12

Counts = Mapping[tuple[str, float], float]


@dataclass(frozen=True)
class Load:
    """What a service did in the last minute or so."""

    requests: int
    errors: int
    p95_ms: float | None

    @property
    def error_ratio(self) -> float | None:
        """The share of answers with 5xx, None without requests."""
        return self.errors / self.requests if self.requests else None


class Traffic:
    """Scrapes `/metrics` of every service that answers."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._scrapes: dict[str, list[Counts]] = {}

    async def scrape(self, targets: Iterable[Target]) -> None:
        """One round; who does not answer keeps what was known."""
        asked = [
            target
            for target in targets
            if target.role is Role.SERVICE and target.verdict.state is State.UP and target.url
        ]
        known = {target.instance for target in asked}
        self._scrapes = {name: kept for name, kept in self._scrapes.items() if name in known}
        await asyncio.gather(*(self._one(target) for target in asked))

    def of(self, instance: str) -> Load | None:
        """The load of `instance` over the last scrapes, None before the second."""
        scrapes = self._scrapes.get(instance, [])
        return between(scrapes[0], scrapes[-1]) if len(scrapes) > 1 else None

    async def _one(self, target: Target) -> None:
        try:
            async with asyncio.timeout(SCRAPE_SECONDS):
                response = await self._http.get(f"{(target.url or '').rstrip('/')}/metrics")
            counts = read(response.text) if len(response.content) <= BODY_LIMIT else {}
        except (TimeoutError, httpx.HTTPError, ValueError):
            return
        kept = self._scrapes.setdefault(target.instance, [])
        if kept and _total(counts) < _total(kept[-1]):
            kept.clear()
        kept.append(counts)
        del kept[:-WINDOW]


def read(text: str) -> Counts:
    """The cumulative request counts in a Prometheus text, by status class and upper bound.

    Raises ValueError if it is no such text.
    """
    counts: dict[tuple[str, float], float] = {}
    for bound, status, value in _lines(text):
        key = (status, float(bound))
        counts[key] = counts.get(key, 0.0) + float(value)
    return counts


def _lines(text: str) -> Iterator[tuple[str, str, str]]:
    """Bound, status class and count of each bucket; a full parser takes ten times as long."""
    for line in text.splitlines():
        if line.startswith(BUCKET):
            bound, status = BOUND.search(line), STATUS.search(line)
            if bound and status:
                yield bound[1], status[1], line.rpartition(" ")[2]


def between(first: Counts, last: Counts) -> Load:
    """What happened between two scrapes of one process; p95 by linear interpolation."""
    grown = {key: value - first.get(key, 0.0) for key, value in last.items()}
    bounds = sorted({bound for _, bound in grown})
    below = [sum(grown.get((status, bound), 0.0) for status in "12345") for bound in bounds]
    total = below[-1] if below else 0.0
    errors = grown.get(("5", float("inf")), 0.0)
    return Load(int(total), int(errors), _quantile(0.95, bounds, below) if total else None)


def _quantile(share: float, bounds: list[float], below: list[float]) -> float | None:
    """The value in ms below which `share` of the observations lie."""
    rank = share * below[-1]
    lower, count_before = 0.0, 0.0
    for bound, count in zip(bounds, below, strict=True):
        if count >= rank:
            if bound == float("inf"):
                return round(lower * 1000, 1)
            part = (rank - count_before) / (count - count_before) if count > count_before else 0.0
            return round((lower + part * (bound - lower)) * 1000, 1)
        lower, count_before = bound, count
    return None


def _total(counts: Counts) -> float:
    return sum(value for (_, bound), value in counts.items() if bound == float("inf"))
