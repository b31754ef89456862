"""The control service: writes Envoy's files as the registry changes, serves the shell."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import structlog
from fastapi import FastAPI

from valero.gateway import access_log, api, reference, registry, shell
from valero.gateway.control import Control
from valero.gateway.graphql import route as graphql
from valero.gateway.graphql.persisted import Persisted
from valero.gateway.manifests import Manifests
from valero.gateway.measured import Measured
from valero.gateway.settings import GatewaySettings
from valero.kit import catalogue as catalogues
from valero.kit.app import create as create_service
from valero.kit.settings import Settings

log = structlog.get_logger(__name__)


def create(settings: Settings | None = None) -> FastAPI:
    """The application, with its settings from the environment unless given."""
    own = _own(settings)
    interface = own.interface(own.root or catalogues.root())
    return create_service(
        "gateway",
        settings=own,
        routers=[
            api.router,
            graphql.router,
            reference.router,
            shell.router(interface),
        ],
        lifespan=_lifespan,
        database=False,
    )


def _own(settings: Settings | None) -> GatewaySettings:
    if isinstance(settings, GatewaySettings):
        return settings
    if settings is None:
        return GatewaySettings(service="gateway")
    return GatewaySettings.model_validate(settings.model_dump())


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: GatewaySettings = app.state.settings
    catalogue = catalogues.load(offset=settings.offset)
    control = Control(settings.edge(catalogue), catalogue)
    control.begin()
    app.state.control = control
    async with (
        httpx.AsyncClient(trust_env=False) as http,
        registry.client(settings.observer_url or "", settings.observer_token) as observer,
    ):
        app.state.http = http
        app.state.persisted = Persisted()
        app.state.manifests = Manifests(http, lambda: control.routing.topology)
        measured = Measured()
        app.state.metrics.registry.register(measured)
        work = [access_log.run(control.edge), measured.run(control.edge)]
        if settings.observer_url:
            work.append(control.follow(observer))
        tasks = [asyncio.create_task(coroutine) for coroutine in work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                if not isinstance(outcome, asyncio.CancelledError):
                    log.error("background_work_failed", error=repr(outcome))
            control.close()
