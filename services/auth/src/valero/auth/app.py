"""Composition root of auth."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from fastapi import FastAPI

from valero.auth import first_start, invariants, keys, upkeep
from valero.auth.api import (
    administration,
    devices,
    second_factor,
    separation,
    signing_in,
    signing_keys,
)
from valero.auth.passwords import Hashing
from valero.auth.settings import AuthSettings
from valero.auth.sign_in import Tools
from valero.auth.vault import Vault
from valero.kit import app as kit
from valero.kit import catalogue, clock
from valero.kit.auth import Verifier
from valero.kit.settings import Settings

log = structlog.get_logger(__name__)


def create(settings: Settings | None = None) -> FastAPI:
    """The service; `settings` default to the environment."""
    return kit.create(
        "auth",
        settings=_own(settings),
        routers=[
            signing_in.router,
            devices.router,
            second_factor.router,
            administration.router,
            separation.router,
            signing_keys.router,
        ],
        invariants=[invariants.tenant_administered],
        lifespan=_lifespan,
        permissions=administration.PERMISSIONS,
    )


def _own(settings: Settings | None) -> AuthSettings:
    if isinstance(settings, AuthSettings):
        return settings
    if settings is None:
        return AuthSettings(service="auth")
    return AuthSettings.model_validate(settings.model_dump())


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: AuthSettings = app.state.settings
    if settings.secret_key is None:
        raise kit.SettingMissing("VALERO_SECRET_KEY is not set")
    tools = Tools(app.state.database, Vault(settings.secret_key), Hashing(settings.cost))
    app.state.tools = tools
    app.state.verifier = Verifier(_own_keys(tools))
    await _prepare(tools, settings)
    task = asyncio.create_task(upkeep.run(tools), name="upkeep")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        tools.hashing.close()


async def _prepare(tools: Tools, settings: Settings) -> None:
    """A key to sign with, and somebody who may sign in."""
    async with tools.database.transaction() as session:
        await keys.ensure(session, tools.vault, now=clock.now())
    origin = first_start.interface(settings.gateway_origins, _interface_port(settings))
    async with tools.database.transaction() as session:
        created = await first_start.ensure(
            session, tools.hashing, home=settings.home, origin=origin
        )
    if created:
        log.info("first_administrator_created", email=first_start.EMAIL)


def _interface_port(settings: Settings) -> int | None:
    """Where Envoy serves the pages on this machine; None in an installation without a workspace."""
    try:
        return catalogue.load(offset=settings.offset).edge["ui"]
    except catalogue.CatalogueMissing:
        return None


def _own_keys(tools: Tools) -> Any:
    """Our tokens are verified with the keys from the table, not with a request to ourselves."""

    async def fetch() -> Mapping[str, Any]:
        async with tools.database.transaction() as session:
            return await keys.jwks(session, now=clock.now())

    return fetch
