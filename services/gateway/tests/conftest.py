"""A real Envoy, started as in production, in front of small real services."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from valero.gateway.control import Control
from valero.gateway.edge import Edge
from valero.gateway.routing import Snapshot
from valero.gateway.settings import GatewaySettings
from valero.kit import catalogue as catalogues
from valero.kit.catalogue import Catalogue
from valero.kit.testing.ports import free_offset
from valero.kit.testing.tokens import TokenFactory

UPSTREAM = Path(__file__).parent / "upstream.py"
BOOKS = Path(__file__).parent / "books.py"
DEADLINE_SECONDS = 20.0
INSTANCES = 3


async def eventually(attempt, *, seconds: float = DEADLINE_SECONDS):
    """Repeat `attempt` until it neither raises nor answers false; the last error otherwise."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            result = await attempt()
        except (httpx.HTTPError, OSError):
            result = None
            if time.monotonic() > deadline:
                raise
        if result:
            return result
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


@dataclass
class Stack:
    """One Envoy with the services behind it, on ports of its own."""

    home: Path
    catalogue: Catalogue
    settings: GatewaySettings
    jwks: Path
    processes: dict[int, subprocess.Popen] = field(default_factory=dict)
    envoy: subprocess.Popen | None = None

    @property
    def edge(self) -> Edge:
        return self.settings.edge(self.catalogue)

    @property
    def origins(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.edge.ports]

    def url(self, service: str, instance: int = 1) -> str:
        return f"http://127.0.0.1:{self.catalogue.services[service].port_of(instance)}"

    def launch(self, *command: str | Path, **environment: str) -> subprocess.Popen:
        return subprocess.Popen([sys.executable, *command], env={**os.environ, **environment})

    async def start_service(self, name: str, instance: int = 1) -> None:
        port = self.catalogue.services[name].port_of(instance)
        self.processes[port] = self.launch(UPSTREAM, name, str(port), self.jwks)
        await self.answers(f"{self.url(name, instance)}/health/live")

    async def start_books(self, name: str) -> None:
        """A service that answers as beleg, fibu or observer does."""
        port = self.catalogue.services[name].port
        self.processes[port] = self.launch(BOOKS, name, str(port))
        await self.answers(f"{self.url(name)}/health/live")

    async def start_control(self, **environment: str) -> None:
        """The real control service, without an Observer."""
        port = self.catalogue.services["gateway"].port
        settings = {
            "VALERO_SERVICE": "gateway",
            "VALERO_HOME": str(self.home),
            "VALERO_OFFSET": str(self.settings.offset),
            "VALERO_PORT": str(port),
            "VALERO_ENVIRONMENT": "test",
            "VALERO_JWKS_URL": f"{self.url('auth')}/api/auth/jwks.json",
        }
        self.processes[port] = self.launch(
            "-m", "valero.kit.serve", "gateway", **settings | environment
        )
        await self.answers(f"{self.url('gateway')}/health/live")

    async def answers(self, url: str, status: int = 200) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:

            async def attempt() -> bool:
                return (await client.get(url)).status_code == status

            await eventually(attempt)

    def kill_service(self, name: str, instance: int = 1) -> None:
        process = self.processes.pop(self.catalogue.services[name].port_of(instance))
        process.kill()
        process.wait()

    async def start_envoy(self, **further: str) -> None:
        environment = {
            "VALERO_HOME": str(self.home),
            "VALERO_OFFSET": str(self.settings.offset),
            "VALERO_EDGE_USER_REQUESTS": str(self.settings.edge_user_requests),
            "VALERO_EDGE_ADDRESS_REQUESTS": str(self.settings.edge_address_requests),
            "VALERO_EDGE_LOGIN_REQUESTS": str(self.settings.edge_login_requests),
        }
        environment |= further
        self.envoy = self.launch("-m", "valero.gateway.proxy", **environment)
        await self.answers(f"{self.origins[0]}/health")

    async def ready(self, client: httpx.AsyncClient, *services: str) -> None:
        """Wait until Envoy has the keys and has found `services` healthy."""
        for name in services:

            async def attempt(name: str = name) -> bool:
                return (await client.get(f"/api/{name}/ready")).status_code == 200

            await eventually(attempt)

    def control(self) -> Control:
        control = Control(self.edge, self.catalogue)
        control.begin()
        return control

    def snapshot(self, version: int = 1, epoch: str = "one", **services: dict[int, str]):
        """A registry in which each service has the given states by instance number."""
        entries = {
            name: [
                {"instance": f"{name}-{n}", "url": self.url(name, n), "state": state}
                for n, state in states.items()
            ]
            for name, states in services.items()
        }
        return Snapshot.model_validate({"epoch": epoch, "version": version, "services": entries})

    def stop(self) -> None:
        for process in filter(None, (self.envoy, *self.processes.values())):
            process.kill()
            process.wait()


def make_stack(folder: Path, token: TokenFactory, **settings) -> Stack:
    names = catalogues.load(offset=0)
    ports = list(names.edge.values())
    ports += [entry.port_of(n) for entry in names.services.values() for n in range(1, INSTANCES)]
    offset = free_offset(ports)
    home = folder / "home"
    home.mkdir()
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps(token.jwks()))
    return Stack(
        home=home,
        catalogue=catalogues.load(offset=offset),
        settings=GatewaySettings(
            home=home, offset=offset, ui_dir=folder / "dist", environment="test", **settings
        ),
        jwks=jwks,
    )


@asynccontextmanager
async def running_stack(
    folder: Path, token: TokenFactory, *services: str, **settings
) -> AsyncIterator[Stack]:
    stack = make_stack(folder, token, **settings)
    try:
        for name in ("auth", "gateway", *services):
            await stack.start_service(name)
        await stack.start_envoy()
        async with signed_in(stack, token) as client:
            await stack.ready(client, "auth", "gateway", *services)
        yield stack
    finally:
        stack.stop()


def signed_in(stack: Stack, token: TokenFactory, **claims) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=stack.origins[0],
        headers={"authorization": f"Bearer {token(**claims)}"},
        trust_env=False,
        timeout=30,
    )


def anonymous(stack: Stack) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=stack.origins[0], trust_env=False, timeout=30)


@pytest.fixture(scope="session")
async def stack(tmp_path_factory, token) -> AsyncIterator[Stack]:
    """An Envoy with auth, fibu and beleg behind it, one instance each."""
    async with running_stack(tmp_path_factory.mktemp("edge"), token, "fibu", "beleg") as stack:
        yield stack


@pytest.fixture
async def client(stack, token) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is signed in."""
    async with signed_in(stack, token) as client:
        yield client


@pytest.fixture
async def stranger(stack) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not."""
    async with anonymous(stack) as client:
        yield client


@pytest.fixture
def own_stack(tmp_path, token) -> Iterator[Stack]:
    """Nothing runs yet: for tests that need to start and kill."""
    stack = make_stack(tmp_path, token)
    yield stack
    stack.stop()
