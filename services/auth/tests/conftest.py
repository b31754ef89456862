"""The real service on a real database, and the way in as its first administrator."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from valero.auth import first_start
from valero.auth.app import create
from valero.auth.passwords import Hashing
from valero.auth.settings import AuthSettings
from valero.auth.sign_in import Tools
from valero.auth.vault import Vault
from valero.kit.database import Database
from valero.kit.settings import Settings

# one memory block and one round: the real cost is tested where it matters
CHEAP = {"password_memory_kib": 64, "password_rounds": 1, "password_lanes": 1}
SECRET = "0f" * 32
NEW_PASSWORD = "Lampe Fjord Zwieback 7"
ORIGIN = {"origin": "http://testserver"}


@dataclass
class Service:
    """A running instance of auth."""

    client: httpx.AsyncClient
    home: Path

    @property
    def first(self) -> dict[str, str]:
        """What the file for the first sign-in says."""
        return json.loads(first_start.path(self.home).read_text("utf-8"))

    @property
    def database(self) -> Database:
        return self.client.app.state.database

    async def post(self, path: str, body: dict | None = None, **options) -> httpx.Response:
        return await self.client.post(f"/api/auth/{path}", json=body, **options)

    async def login(self, email: str, password: str, **options) -> httpx.Response:
        return await self.post("login", {"email": email, "password": password}, **options)

    async def first_login(self) -> httpx.Response:
        first = self.first
        return await self.login(first["email"], first["password"])

    async def become_administrator(self) -> dict[str, str]:
        """Replace the first password; returns headers of somebody who may do everything."""
        current = self.first["password"]
        answer = await self.first_login()
        signed_in = bearer(answer)
        change = {"current": current, "new": NEW_PASSWORD}
        return bearer(await self.post("password", change, headers=signed_in))

    async def audit(self, action: str) -> list[dict]:
        """The audit entries of one action, in all tenants."""
        rows = []
        tenants = [None]
        async with self.database.transaction() as session:
            tenants += list(await session.scalars(text("select id from tenants")))
        for tenant in tenants:
            async with self.database.transaction(tenant=tenant) as session:
                found = await session.execute(
                    text("select * from audit_log where action = :action order by id"),
                    {"action": action},
                )
                rows += [dict(row) for row in found.mappings()]
        return rows


def bearer(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def cheap(settings: Settings) -> FastAPI:
    return create(AuthSettings.model_validate({**settings.model_dump(), **CHEAP}))


@pytest.fixture
def start(app_client, service_database, tmp_path):
    """`async with start() as service`: an instance; further ones may share the database."""

    @asynccontextmanager
    async def run(database=None, home: Path = tmp_path) -> AsyncIterator[Service]:
        database = database or await service_database("auth")
        async with app_client(
            cheap, database_url=database.url, secret_key=SECRET, home=home, service="auth"
        ) as client:
            yield Service(client, home)

    return run


@pytest.fixture
async def service(start) -> AsyncIterator[Service]:
    async with start() as service:
        yield service


@pytest.fixture(scope="session")
def hashing():
    hashing = Hashing(AuthSettings(**CHEAP).cost)
    yield hashing
    hashing.close()


@pytest.fixture
async def database(service_database) -> AsyncIterator[Database]:
    """An empty, migrated database of auth."""
    opened = Database((await service_database("auth")).url)
    yield opened
    await opened.close()


@pytest.fixture
def tools(database, hashing) -> Tools:
    return Tools(database, Vault(SECRET), hashing)
