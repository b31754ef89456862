"""The frame around a service: start, state, and what it serves without a line of its own."""

import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from valero.kit import app
from valero.kit.auth import require
from valero.kit.openapi import PermissionUndeclared
from valero.kit.settings import Settings
from valero.kit.testing.clients import AppClient
from valero.kit.testing.ports import free_port


async def test_a_service_reports_health_metrics_and_its_interface(client: AppClient) -> None:
    assert (await client.get("/health/live")).status_code == 200
    assert (await client.get("/health/ready")).status_code in (200, 503)
    assert (await client.get("/health")).json()["serviceId"]
    assert "http_server_request_duration" in (await client.get("/metrics")).text
    assert (await client.get("/openapi.json")).json()["info"]["title"] == "probe"


async def test_every_answer_names_its_trace(client: AppClient) -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    answer = await client.get("/api/probe/unreadable", headers={"traceparent": parent})
    assert answer.headers["traceresponse"].split("-")[1] == parent.split("-")[1]


async def test_the_service_is_called_what_create_says(app_client: Any) -> None:
    async with app_client(lambda s: app.create("other", settings=s, database=False)) as client:
        assert client.app.state.settings.service == "other"
        assert client.app.state.settings.identity == "other-1"
        assert client.app.state.database is None


async def test_a_service_without_its_database_does_not_start(app_client: Any, probe: Any) -> None:
    with pytest.raises(app.SettingMissing, match="VALERO_DATABASE_URL"):
        async with app_client(probe.create):
            raise AssertionError("started")


async def test_creating_opens_nothing(probe: Any) -> None:
    """So that documents and tests can be made without any server."""
    created = probe.create(Settings(database_url="postgresql+asyncpg://x:x@127.0.0.1:1/x"))
    assert created.openapi()["paths"]


def test_a_permission_that_nobody_declared_is_found() -> None:
    router = APIRouter()

    @router.get("/x", dependencies=[require("probe:raed")])
    async def misspelt() -> None: ...

    created = app.create("probe", routers=[router], permissions={"probe:read": "Lesen"})
    with pytest.raises(PermissionUndeclared, match="probe:raed"):
        created.openapi()


async def test_what_a_service_opens_is_closed_before_its_database(
    app_client: Any, probe_database: Any
) -> None:
    order: list[str] = []

    @asynccontextmanager
    async def own(running: FastAPI) -> AsyncIterator[None]:
        await running.state.database.ping()
        order.append("opened")
        yield
        await running.state.database.ping()
        order.append("closed")

    def create(settings: Settings) -> FastAPI:
        return app.create("probe", settings=settings, lifespan=own)

    async with app_client(create, database_url=probe_database.url):
        assert order == ["opened"]
    assert order == ["opened", "closed"]


def test_a_service_runs_as_a_process_and_stops_when_told(tmp_path: Path) -> None:
    """`python -m valero.kit.serve` with a package made for this test."""
    package = tmp_path / "valero" / "made"
    package.mkdir(parents=True)
    (package / "app.py").write_text(
        "from valero.kit import app\n"
        "def create():\n"
        "    return app.create('made', database=False)\n",
        "utf8",
    )
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "valero.kit.serve", "made"],
        env={"PYTHONPATH": str(tmp_path), "VALERO_PORT": str(port), "VALERO_NONCE": "n-1"},
        stdout=subprocess.PIPE,
        cwd=tmp_path,
    )
    try:
        health = answer_of(f"http://127.0.0.1:{port}/health", process)
        assert health.headers["content-type"].startswith("application/health+json")
        assert "server" not in health.headers
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGTERM
    lines = output.decode().splitlines()
    assert lines
    assert all(line.startswith("{") and '"service": "made"' in line for line in lines)


def answer_of(url: str, process: subprocess.Popen[bytes]) -> httpx.Response:
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            return httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(url)
