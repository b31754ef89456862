"""Composition root of beleg."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from valero.beleg import api, invariants
from valero.beleg.archive import Archive
from valero.beleg.consumers import consumers
from valero.beleg.feed import Feed
from valero.beleg.intake import Intake
from valero.kit import app as kit
from valero.kit.settings import Settings


def create(settings: Settings | None = None) -> FastAPI:
    """The service; `settings` default to the environment."""
    settings = settings or Settings(service="beleg")
    archive = Archive(settings.home / "archive")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(archive.prepare)
        app.state.intake = Intake(archive, app.state.database)
        async with Feed(app.state.database) as app.state.feed:
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
