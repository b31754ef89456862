"""What a service measures about itself, for Prometheus at `/metrics`.

Names and units are those of the OpenTelemetry semantic conventions (HTTP, database, process and
messaging), so dashboards made for them work. 0.5 s is a bucket boundary: the share of requests
answered within 500 ms is exact. One process is one registry; replicas are separate targets.
"""

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import psutil
import structlog
from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import event
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, PoolProxiedConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
MOST_SERIES = 200
UNMATCHED = "_unmatched"
OTHER = "_OTHER"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STATEMENTS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "COPY", "WITH"})
OWN_PATHS = ("/health", "/metrics")

log = structlog.get_logger(__name__)


class Metrics:
    """The registry of one process."""

    def __init__(self, service: str, *, instance: str, version: str) -> None:
        self.registry = CollectorRegistry()
        self._labels = {"service_name": service, "service_instance_id": instance}
        self._routes: dict[tuple[str, str, str], Histogram] = {}
        self.in_flight = 0
        self._duration = Histogram(
            "http_server_request_duration_seconds",
            "Time from a request's arrival to the end of its answer.",
            ["http_request_method", "http_route", "http_response_status_code"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._folded = Counter(
            "valero_metrics_series_folded",
            f"Requests counted under the route {OTHER}, as there are {MOST_SERIES} series already.",
            registry=self.registry,
        )
        active = Gauge(
            "http_server_active_requests", "Requests being worked on.", registry=self.registry
        )
        active.set_function(lambda: self.in_flight)
        target = Gauge("target_info", "This process.", ["service_version"], registry=self.registry)
        target.labels(version).set(1)
        self.registry.register(_Process())

    def observe(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request; `route` is a template, never a path with values in it."""
        key = (method if method in METHODS else OTHER, route, f"{status // 100}xx")
        series = self._routes.get(key)
        if series is None:
            if len(self._routes) >= MOST_SERIES:
                self._fold(key)
                key = (OTHER, OTHER, key[2])
            series = self._routes.setdefault(key, self._duration.labels(*key))
        series.observe(seconds)

    def _fold(self, key: tuple[str, str, str]) -> None:
        if self.folded == 0:
            log.warning("too_many_metric_series", first=key, most=MOST_SERIES)
        self._folded.inc()

    @property
    def folded(self) -> int:
        """How many requests lost their route because of too many series."""
        return int(self._folded._value.get())

    def watch_database(self, engine: AsyncEngine) -> None:
        """Measure the connections and statements of `engine`."""
        database = _Database(self.registry)
        database.watch(engine)
        self.registry.register(_Pool(engine))

    def watch_events(self, *, sent: Tally[str], done: Tally[tuple[str, str]]) -> None:
        """Export what the relay sent, by type, and what consumers did, by name and outcome."""
        self.registry.register(_Events(sent, done))

    def watch_value(self, name: str, help_: str, value: Callable[[], float]) -> None:
        """A further gauge of this process, read when asked for."""
        Gauge(name, help_, registry=self.registry).set_function(value)

    def render(self, accept: str) -> tuple[bytes, str]:
        """All series in the text format that `accept` asks for, and its media type."""
        encode, media_type = choose_encoder(accept)
        return encode(_Labelled(self.registry, self._labels)), media_type


class MetricsMiddleware:
    """ASGI: measures every request except those that ask for health and metrics."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Measure one request; an event stream only up to its first byte, as it never ends."""
        if scope["type"] != "http" or scope["path"].startswith(OWN_PATHS):
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        method = scope["method"]
        status, finished = 500, None

        async def watch(message: Message) -> None:
            nonlocal status, finished
            if message["type"] == "http.response.start":
                status = message["status"]
                if (b"content-type", b"text/event-stream") in _short(message["headers"]):
                    finished = time.perf_counter()
            await send(message)

        self.metrics.in_flight += 1
        try:
            await self.app(scope, receive, watch)
        finally:
            self.metrics.in_flight -= 1
            self.metrics.observe(
                method=method,
                route=route_of(scope),
                status=status,
                seconds=(finished or time.perf_counter()) - started,
            )


def route_of(scope: Scope) -> str:
    """The template of the route that answered, e.g. `/api/fibu/entries/{entry_id}`.

    For files it is the folder they are mounted at.
    """
    template: str = getattr(scope.get("route"), "path", "") or scope.get("root_path", "")
    return template or UNMATCHED


def install(app: FastAPI, metrics: Metrics) -> None:
    """Measure all requests of `app` and serve `/metrics`."""

    async def show(request: Request) -> Response:
        body, media_type = metrics.render(request.headers.get("accept", ""))
        return Response(body, media_type=media_type)

    app.add_route("/metrics", show, include_in_schema=False)
    app.add_middleware(MetricsMiddleware, metrics=metrics)


class MeasuredPool(AsyncAdaptedQueuePool):
    """A connection pool that knows who waits; for `create_async_engine(poolclass=...)`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.waiting = 0
        self.timeouts = 0
        self.waited = Tally[str]()

    def connect(self) -> PoolProxiedConnection:
        """A connection from the pool; waits while all are in use."""
        self.waiting += 1
        started = time.perf_counter()
        try:
            return super().connect()
        except PoolExhausted:
            self.timeouts += 1
            raise
        finally:
            self.waiting -= 1
            self.waited["count"] += 1
            self.waited["microseconds"] += int((time.perf_counter() - started) * 1e6)


class _Labelled:
    """A registry whose samples all carry some more labels."""

    def __init__(self, registry: CollectorRegistry, labels: Mapping[str, str]) -> None:
        self._registry = registry
        self._labels = labels

    def collect(self) -> Iterator[Metric]:
        for metric in self._registry.collect():
            metric.samples = [
                sample._replace(labels={**self._labels, **sample.labels})
                for sample in metric.samples
            ]
            yield metric


class _Process(Collector):
    """CPU time and memory of this process."""

    def __init__(self) -> None:
        self._process = psutil.Process()

    def collect(self) -> Iterable[Metric]:
        with self._process.oneshot():
            times = self._process.cpu_times()
            memory = self._process.memory_info()
        cpu = CounterMetricFamily("process_cpu_time_seconds", "CPU time used.", labels=["cpu_mode"])
        cpu.add_metric(["user"], times.user)
        cpu.add_metric(["system"], times.system)
        yield cpu
        yield GaugeMetricFamily("process_memory_usage_bytes", "Resident memory.", memory.rss)
        yield GaugeMetricFamily("process_memory_virtual_bytes", "Address space.", memory.vms)


class _Pool(Collector):
    """The state of an engine's pool at the moment of asking."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        pool: Any = self._engine.pool
        count = GaugeMetricFamily(
            "db_client_connection_count", "Connections, by state.", labels=["state"]
        )
        count.add_metric(["used"], pool.checkedout())
        count.add_metric(["idle"], pool.checkedin())
        yield count
        yield GaugeMetricFamily("db_client_connection_max", "Most connections.", most(pool))
        if isinstance(pool, MeasuredPool):
            yield from _waits(pool)


def most(pool: Any) -> int:
    """How many connections `pool` may open."""
    return int(pool.size() + max(0, pool._max_overflow))


def _waits(pool: MeasuredPool) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "db_client_connection_pending_requests", "Waiting for a connection.", pool.waiting
    )
    yield CounterMetricFamily(
        "db_client_connection_timeouts", "Gave up waiting for a connection.", pool.timeouts
    )
    yield CounterMetricFamily(
        "db_client_connection_waits", "Connections asked for.", pool.waited["count"]
    )
    yield CounterMetricFamily(
        "db_client_connection_wait_time_seconds",
        "Time spent waiting for connections.",
        pool.waited["microseconds"] / 1e6,
    )


class _Events(Collector):
    """Events sent and events done since the start of the process."""

    def __init__(self, sent: Tally[str], done: Tally[tuple[str, str]]) -> None:
        self._sent = sent
        self._done = done

    def collect(self) -> Iterable[Metric]:
        sent = CounterMetricFamily(
            "messaging_client_sent_messages", "Events sent.", labels=["messaging_destination_name"]
        )
        for type_, number in sorted(self._sent.items()):
            sent.add_metric([type_], number)
        yield sent
        done = CounterMetricFamily(
            "messaging_client_consumed_messages",
            "Events received, by consumer and outcome.",
            labels=["messaging_consumer_name", "outcome"],
        )
        for (consumer, outcome), number in sorted(self._done.items()):
            done.add_metric([consumer, outcome], number)
        yield done


class _Database:
    """How long connections and statements take."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._use = Histogram(
            "db_client_connection_use_time_seconds",
            "Time between taking a connection and giving it back.",
            buckets=SECONDS,
            registry=registry,
        )
        self._operation = Histogram(
            "db_client_operation_duration_seconds",
            "Time a statement takes, by its first word.",
            ["db_operation_name"],
            buckets=SECONDS,
            registry=registry,
        )

    def watch(self, engine: AsyncEngine) -> None:
        """Listen to what the engine does."""
        target = engine.sync_engine
        event.listen(target, "checkout", self._on_checkout)
        event.listen(target, "checkin", self._on_checkin)
        event.listen(target, "before_cursor_execute", self._on_statement)
        event.listen(target, "after_cursor_execute", self._on_result)

    def _on_checkout(self, _connection: Any, record: Any, _proxy: Any) -> None:
        record.info["valero.taken"] = time.perf_counter()

    def _on_checkin(self, _connection: Any, record: Any) -> None:
        taken = record.info.pop("valero.taken", None) if record else None
        if taken is not None:
            self._use.observe(time.perf_counter() - taken)

    def _on_statement(self, _connection: Any, _cursor: Any, *rest: Any) -> None:
        context = rest[2]
        if context is not None:
            context.valero_started = time.perf_counter()

    def _on_result(self, _connection: Any, _cursor: Any, *rest: Any) -> None:
        statement, context = rest[0], rest[2]
        started = getattr(context, "valero_started", None)
        if started is not None:
            word = statement.lstrip()[:6].rstrip().upper()
            name = word if word in STATEMENTS else OTHER
            self._operation.labels(name).observe(time.perf_counter() - started)


def _short(headers: Iterable[tuple[bytes, bytes]]) -> set[tuple[bytes, bytes]]:
    """Headers without parameters such as charset."""
    return {(name.lower(), value.split(b";")[0].strip()) for name, value in headers}
