"""What `/metrics` shows: names of OpenTelemetry, route templates, and no explosion of series."""

import asyncio
import math
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
from prometheus_client.parser import text_string_to_metric_families

from valero.kit import app
from valero.kit import metrics as measuring
from valero.kit.database import Session
from valero.kit.metrics import MOST_SERIES, MeasuredPool, Metrics
from valero.kit.settings import Settings
from valero.kit.testing.clients import AppClient
from valero.kit.testing.postgres import ServiceDatabase

router = APIRouter(prefix="/api/probe")
release = asyncio.Event()


@router.get("/things/{thing_id}")
async def get_thing(thing_id: str) -> dict[str, str]:
    return {"id": thing_id}


@router.get("/defects")
async def get_defect() -> None:
    raise ZeroDivisionError


@router.get("/slow")
async def get_slow(session: Session) -> None:
    await release.wait()


@router.get("/stream")
async def get_stream() -> StreamingResponse:
    async def endless() -> AsyncIterator[bytes]:
        yield b"data: 1\n\n"
        await release.wait()

    return StreamingResponse(endless(), media_type="text/event-stream")


def create(settings: Settings) -> FastAPI:
    return app.create("probe", settings=settings, routers=[router])


@pytest.fixture
async def client(
    app_client: Any, probe_database: ServiceDatabase, tmp_path: Path
) -> AsyncIterator[AppClient]:
    folder = tmp_path / "ui" / "probe"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}", "utf8")
    release.clear()
    async with app_client(
        create,
        database_url=probe_database.url,
        instance="probe-1",
        ui_dir=tmp_path,
        raise_errors=False,
    ) as running:
        yield running


async def samples(client: AppClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """All series but those labels that every series carries."""
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = dict(sample.labels)
            assert labels.pop("service_name") == "probe"
            assert labels.pop("service_instance_id") == "probe-1"
            found[sample.name, tuple(sorted(labels.items()))] = sample.value
    return found


def request_labels(route: str, status: str, **more: str) -> tuple[tuple[str, str], ...]:
    labels = {
        "http_request_method": "GET",
        "http_route": route,
        "http_response_status_code": status,
    }
    return tuple(sorted((labels | more).items()))


COUNT = "http_server_request_duration_seconds_count"


async def test_requests_are_counted_by_route_template(client: AppClient) -> None:
    for number in range(3):
        await client.get(f"/api/probe/things/{number}")
    await client.get("/api/probe/defects")
    await client.get("/api/probe/nowhere/at/all")
    await client.get("/ui/probe/manifest.json")
    found = await samples(client)
    routes = {dict(labels)["http_route"] for name, labels in found if name == COUNT}
    assert routes == {
        "/api/probe/things/{thing_id}",
        "/api/probe/defects",
        measuring.UNMATCHED,
        "/ui/probe",
    }
    assert found[COUNT, request_labels("/api/probe/things/{thing_id}", "2xx")] == 3
    assert found[COUNT, request_labels("/api/probe/defects", "5xx")] == 1
    assert found[COUNT, request_labels(measuring.UNMATCHED, "4xx")] == 1


async def test_the_share_within_half_a_second_is_exact(client: AppClient) -> None:
    measured: Metrics = client.app.state.metrics
    for seconds in (0.1, 0.4999, 0.5, 0.5001, 3.0):
        measured.observe(method="GET", route="/x", status=200, seconds=seconds)
    found = await samples(client)
    bucket = "http_server_request_duration_seconds_bucket"
    assert found[bucket, request_labels("/x", "2xx", le="0.5")] == 3
    assert found[bucket, request_labels("/x", "2xx", le="+Inf")] == 5


async def test_health_and_metrics_are_not_measured(client: AppClient) -> None:
    await client.get("/health/live")
    await client.get("/metrics")
    assert not [name for name, _ in await samples(client) if name == COUNT]


async def test_too_many_series_are_folded_and_seen_in_health(client: AppClient) -> None:
    measured: Metrics = client.app.state.metrics
    for number in range(MOST_SERIES + 50):
        measured.observe(method="GET", route=f"/r{number}", status=200, seconds=0.1)
    measured.observe(method="BREW", route="/r1", status=200, seconds=0.1)
    found = await samples(client)
    counts = {labels: value for (name, labels), value in found.items() if name == COUNT}
    assert len(counts) <= MOST_SERIES + 1
    assert sum(counts.values()) == MOST_SERIES + 51, "a request was dropped"
    assert found["valero_metrics_series_folded_total", ()] == 51
    checks = (await client.get("/health")).json()["checks"]
    assert checks["metrics:folded"][0]["status"] == "warn"


async def test_an_event_stream_counts_up_to_its_first_byte(client: AppClient) -> None:
    """httpx's ASGI transport waits for the end, so the end comes late and is not counted."""
    asking = asyncio.create_task(client.get("/api/probe/stream"))
    await asyncio.sleep(0.7)
    release.set()
    await asking
    found = await samples(client)
    bucket = "http_server_request_duration_seconds_bucket"
    assert found[bucket, request_labels("/api/probe/stream", "2xx", le="0.5")] == 1


async def test_requests_under_way_and_their_connections_are_seen(client: AppClient) -> None:
    asking = asyncio.create_task(client.get("/api/probe/slow"))

    async def under_way() -> bool:
        found = await samples(client)
        used = found["db_client_connection_count", (("state", "used"),)]
        return found["http_server_active_requests", ()] == 1 and used >= 1

    async with asyncio.timeout(5):
        while not await under_way():  # noqa: ASYNC110 - looks from outside
            await asyncio.sleep(0.01)
    found = await samples(client)
    assert found["db_client_connection_max", ()] == 20
    assert (await client.get("/health")).json()["x-inflight"] == 1
    release.set()
    await asking
    found = await samples(client)
    assert found["http_server_active_requests", ()] == 0
    assert found["db_client_connection_use_time_seconds_count", ()] >= 1
    operations = "db_client_operation_duration_seconds_count"
    assert found[operations, (("db_operation_name", "SELECT"),)] >= 1


async def test_the_process_tells_its_cpu_and_memory(client: AppClient) -> None:
    found = await samples(client)
    assert found["process_cpu_time_seconds_total", (("cpu_mode", "user"),)] > 0
    assert found["process_memory_usage_bytes", ()] > 10_000_000
    assert found["target_info", (("service_version", client.app.version),)] == 1


async def test_the_age_of_the_outbox_is_a_gauge(client: AppClient) -> None:
    async def age() -> float:
        return (await samples(client))["valero_outbox_age_seconds", ()]

    async with asyncio.timeout(20):
        while math.isnan(await age()):  # noqa: ASYNC110 - looks from outside
            await asyncio.sleep(0.02)
    assert await age() == 0
    assert math.isnan((await samples(client))["valero_dead_letters", ()]), "there is no broker"


async def test_the_pool_knows_who_waits(client: AppClient) -> None:
    engine = client.app.state.database.engine
    assert isinstance(engine.pool, MeasuredPool)
    limit = measuring.most(engine.pool)
    held = [engine.connect() for _ in range(limit)]
    for connection in held:
        await connection.start()
    waiting = asyncio.create_task(engine.connect().start())
    await asyncio.sleep(0.1)
    found = await samples(client)
    assert found["db_client_connection_pending_requests", ()] == 1
    checks = (await client.get("/health")).json()["checks"]
    assert checks["database:connections"][0]["x-pending"] == 1
    assert checks["database:connections"][0]["status"] == "warn"
    for connection in held:
        await connection.close()
    await (await waiting).close()
    found = await samples(client)
    assert found["db_client_connection_pending_requests", ()] == 0
    assert found["db_client_connection_wait_time_seconds_total", ()] > 0.05
