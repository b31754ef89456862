"""The frame of every service: `create` puts together what kit gives and what the service adds."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from valero.kit import auth, catalogue, errors, etag, idempotency, openapi, operation
from valero.kit import database as databases
from valero.kit.events import Bus, Consumers, Relay
from valero.kit.health import Invariant
from valero.kit.limits import BodyLimit
from valero.kit.retry import Retry
from valero.kit.settings import Settings
from valero.kit.tracing import TraceMiddleware

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]


class SettingMissing(RuntimeError):  # noqa: N818
    """The process was started without something it cannot do without."""


def create(
    name: str,
    *,
    settings: Settings | None = None,
    routers: Sequence[APIRouter] = (),
    consumers: Consumers | None = None,
    invariants: Sequence[Invariant] = (),
    lifespan: Lifespan | None = None,
    permissions: Mapping[str, str] | None = None,
    database: bool = True,
) -> FastAPI:
    """The application of service `name`; nothing is opened before its lifespan starts.

    `settings` default to the environment. `permissions` names what the service's routes require
    and says in German what each allows. `lifespan` runs inside kit's own. Without `database` the
    service has neither `Session` nor events nor `invariants`. `app.state` holds `name`,
    `settings`, `permissions`, `verifier`, and, None where absent, `database`, `bus`, `relay`.
    """
    settings = (settings or Settings()).model_copy(update={"service": name})
    title, description = _introduce(name)
    app = FastAPI(
        title=title,
        description=description,
        version=_version(name),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        responses=openapi.RESPONSES,
        lifespan=_lifespan(consumers, lifespan, needs_database=database),
    )
    app.state.name = name
    app.state.settings = settings
    app.state.permissions = dict(permissions or {})
    app.state.verifier = auth.Verifier(auth.keys_at(settings.jwks_url or ""))
    app.state.database = _database(settings) if database else None
    app.state.bus = _bus(name, settings) if database else None
    app.state.relay = None
    for part in (errors, databases, idempotency, etag, openapi):
        part.install(app)
    for router in routers:
        app.include_router(router)
    # of middleware, the last one added is the outermost
    app.add_middleware(Retry)
    app.add_middleware(BodyLimit)
    operation.install(app, consumers=consumers, invariants=invariants)
    app.add_middleware(TraceMiddleware)
    return app


def _lifespan(
    consumers: Consumers | None, inner: Lifespan | None, *, needs_database: bool
) -> Lifespan:
    """What lives as long as the process, opened in this order and closed in the reverse one."""

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        state = app.state
        if needs_database and state.database is None:
            raise SettingMissing("VALERO_DATABASE_URL is not set")
        async with AsyncExitStack() as stack:
            if state.database is not None:
                stack.push_async_callback(state.database.close)
            if state.database is not None and state.bus is not None:
                if consumers is not None:
                    consumers.attach(state.bus, state.database)
                await stack.enter_async_context(state.bus)
                state.relay = await stack.enter_async_context(Relay(state.database, state.bus))
            if inner is not None:
                await stack.enter_async_context(inner(app))
            await stack.enter_async_context(operation.running(app))
            yield

    return run


def _database(settings: Settings) -> databases.Database | None:
    if settings.database_url is None:
        return None
    return databases.Database(settings.database_url, application=settings.identity)


def _bus(name: str, settings: Settings) -> Bus | None:
    url = settings.broker_url or settings.redis_url
    return Bus(url, service=name, instance=settings.identity) if url else None


def _introduce(name: str) -> tuple[str, str]:
    """Title and description for people, from services.toml where there is one."""
    try:
        entry = catalogue.load().services.get(name)
    except catalogue.CatalogueMissing:
        entry = None
    return (entry.title, entry.description) if entry else (name, "")


def _version(name: str) -> str:
    try:
        return version(f"valero-{name}")
    except PackageNotFoundError:
        return "0"


def _operation_id(route: APIRoute) -> str:
    """The function's name: it is unique within a service and reads well in generated clients."""
    return route.name
