"""The frame of every service: `create` puts together what kit gives and what the service adds."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from valero.kit import auth, catalogue, errors, etag, idempotency
from valero.kit import database as databases
from valero.kit.retry import Retry
from valero.kit.settings import Settings

LARGEST_BODY_BYTES = 25 * 1024 * 1024

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]


class SettingMissing(RuntimeError):  # noqa: N818
    """The process was started without something it cannot do without."""


def create(
    name: str,
    *,
    settings: Settings | None = None,
    routers: Sequence[APIRouter] = (),
    lifespan: Lifespan | None = None,
    permissions: Mapping[str, str] | None = None,
    database: bool = True,
) -> FastAPI:
    """The application of service `name`; nothing is opened before its lifespan starts.

    `settings` default to the environment. `permissions` names what the service's routes require
    and says in German what each allows. `lifespan` runs inside kit's own. Without `database` the
    service has no `Session`. State: `app.state.settings`, `.database`, `.verifier`, `.permissions`.
    """
    settings = settings or Settings(service=name)
    title, description = _introduce(name)
    app = FastAPI(
        title=title,
        description=description,
        version=_version(name),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        max_body_size=LARGEST_BODY_BYTES,
        lifespan=_lifespan(lifespan, needs_database=database),
    )
    app.state.name = name
    app.state.settings = settings
    app.state.permissions = dict(permissions or {})
    app.state.verifier = auth.Verifier(auth.keys_at(settings.jwks_url or ""))
    app.state.database = _database(settings) if database else None
    for part in (errors, databases, idempotency, etag):
        part.install(app)
    for router in routers:
        app.include_router(router)
    app.add_middleware(Retry)
    return app


def _database(settings: Settings) -> databases.Database | None:
    if settings.database_url is None:
        return None
    return databases.Database(settings.database_url, application=settings.identity)


def _lifespan(inner: Lifespan | None, *, needs_database: bool) -> Lifespan:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        if needs_database and app.state.database is None:
            raise SettingMissing("VALERO_DATABASE_URL is not set")
        async with AsyncExitStack() as stack:
            if app.state.database is not None:
                stack.push_async_callback(app.state.database.close)
            if inner is not None:
                await stack.enter_async_context(inner(app))
            yield

    return run


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
