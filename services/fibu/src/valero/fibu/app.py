"""Composition root of fibu."""

from fastapi import FastAPI

from valero.fibu import api, invariants
from valero.fibu.consumers import consumers
from valero.kit import app as kit
from valero.kit.settings import Settings


def create(settings: Settings | None = None) -> FastAPI:
    """The service; `settings` default to the environment."""
    return kit.create(
        "fibu",
        settings=settings,
        routers=[api.router],
        consumers=consumers,
        invariants=invariants.ALL,
        permissions=api.PERMISSIONS,
    )
