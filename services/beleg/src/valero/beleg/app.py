"""Composition root of beleg."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from valero.beleg import api, invariants
from valero.beleg.archive import Archive
from valero.beleg.consumers import consumers
from valero.beleg.feed import Feed
from valero.beleg.intake import Intake
from valero.beleg.tasks import Examining
from valero.kit import app as kit
from valero.kit.settings import Settings


def create(settings: Settings | None = None, *, examines: bool = True) -> FastAPI:
    """The service; `settings` default to the environment. It gives verdicts if `examines`."""
    settings = settings or Settings(service="beleg")
    archive = Archive(settings.home / "archive")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(archive.prepare)
        database = app.state.database
        app.state.examining = examining = Examining(archive, database)
        app.state.intake = Intake(archive, database, received=examining.expect)
        async with Feed(database) as app.state.feed, AsyncExitStack() as running:
            if examines:
                await running.enter_async_context(examining)
            yield

    return kit.create(
        "beleg",
        settings=settings,
        routers=[api.router],
        consumers=consumers,
        invariants=invariants.of(archive),
        lifespan=lifespan,
        permissions=api.PERMISSIONS,
    )
