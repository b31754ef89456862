"""The Observer: registry, health, restart and live view of every service.

It works while PostgreSQL, Redis and `auth` are down: its own SQLite, and signing keys on disk.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from valero.kit import app, auth
from valero.kit.settings import Settings
from valero.observer import signing_keys
from valero.observer.api import people, services
from valero.observer.observatory import KEYS_FILE, open_observatory

PERMISSIONS = {
    "observer:read": "Zustand, Messwerte und Ereignisse aller Dienste sehen",
    "observer:operate": "Dienste neu starten",
}


def create(settings: Settings | None = None) -> FastAPI:
    """The application; watching begins with its lifespan."""
    settings = settings or Settings(service="observer")

    @asynccontextmanager
    async def observing(service: FastAPI) -> AsyncIterator[None]:
        async with open_observatory(settings) as observatory:
            service.state.observatory = observatory
            yield

    service = app.create(
        "observer",
        settings=settings,
        routers=[services.router, people.router],
        lifespan=observing,
        permissions=PERMISSIONS,
        database=False,
    )
    keys = settings.home / "observer" / KEYS_FILE
    fetch = signing_keys.kept_on_disk(auth.keys_at(settings.jwks_url or ""), keys)
    service.state.verifier = auth.Verifier(fetch)
    return service
