"""What Envoy measures, re-exported in the gateway's own /metrics under names of ours.

Envoy has hundreds of names and changes them; dashboards and alerts stand on these.
"""

import asyncio
import re
from collections.abc import Iterable

import httpx
import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from valero.gateway.bootstrap import ADMIN_SOCKET
from valero.gateway.edge import Edge

log = structlog.get_logger(__name__)

EVERY_SECONDS = 5.0
TIMEOUT_SECONDS = 2.0

COUNTERS = (
    ("valero_edge_requests", "status", r"http\.edge\.downstream_rq_([1-5]xx)"),
    ("valero_edge_limited", "limit", r"([a-z]+)_limit\.http_local_rate_limit\.rate_limited"),
    ("valero_edge_service_requests", "service", r"cluster\.([a-z]+)\.upstream_rq_total"),
    ("valero_edge_service_retries", "service", r"cluster\.([a-z]+)\.upstream_rq_retry"),
)
GAUGES = (
    ("valero_edge_active", "what", r"http\.edge\.downstream_(rq|cx)_active"),
    ("valero_edge_instances_healthy", "service", r"cluster\.([a-z]+)\.membership_healthy"),
)
HELP = {
    "valero_edge_requests": "Answers of the edge by class of status.",
    "valero_edge_limited": "Requests refused by a rate limit.",
    "valero_edge_service_requests": "Requests sent to a service, repetitions included.",
    "valero_edge_service_retries": "Requests to a service that were repeated.",
    "valero_edge_active": "Requests (rq) and connections (cx) at the edge now.",
    "valero_edge_instances_healthy": "Instances of a service that receive requests.",
}
FILTER = "|".join(pattern for _, _, pattern in (*COUNTERS, *GAUGES))


class Measured(Collector):
    """The latest reading; nothing while Envoy is away, so that its absence is seen."""

    def __init__(self) -> None:
        self._values: dict[str, int] = {}

    def collect(self) -> Iterable[Metric]:
        """The metrics, for Prometheus."""
        for name, label, pattern in COUNTERS:
            yield self._filled(CounterMetricFamily(name, HELP[name], labels=[label]), pattern)
        for name, label, pattern in GAUGES:
            yield self._filled(GaugeMetricFamily(name, HELP[name], labels=[label]), pattern)

    async def read(self, edge: Edge) -> None:
        """Ask Envoy. Raises httpx.HTTPError while it does not answer."""
        transport = httpx.AsyncHTTPTransport(uds=str(edge.folder / ADMIN_SOCKET))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://envoy", timeout=TIMEOUT_SECONDS
        ) as admin:
            try:
                answer = await admin.get("/stats", params={"filter": f"^({FILTER})$"})
                answer.raise_for_status()
            except httpx.HTTPError:
                self._values = {}
                raise
        lines = (line.rpartition(": ") for line in answer.text.splitlines())
        self._values = {name: int(value) for name, _, value in lines if value.isdigit()}

    async def run(self, edge: Edge) -> None:
        """Read every EVERY_SECONDS until cancelled."""
        while True:
            try:
                await self.read(edge)
            except (httpx.HTTPError, OSError) as error:
                log.debug("envoy_not_measured", error=repr(error))
            await asyncio.sleep(EVERY_SECONDS)

    def _filled(self, family: CounterMetricFamily | GaugeMetricFamily, pattern: str) -> Metric:
        for name, value in self._values.items():
            if found := re.fullmatch(pattern, name):
                family.add_metric([found[1]], value)
        return family
