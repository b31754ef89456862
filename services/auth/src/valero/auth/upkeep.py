"""Once an hour: the next signing key in time, and an end to what has expired."""

import asyncio

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from valero.auth import keys, sessions, throttle
from valero.auth.sign_in import Tools
from valero.kit import clock

EVERY_SECONDS = 3600.0

log = structlog.get_logger(__name__)


async def run(tools: Tools, *, every_seconds: float = EVERY_SECONDS) -> None:
    """Do it again and again until cancelled; a failure is logged and tried again next time."""
    while True:
        await asyncio.sleep(every_seconds)
        try:
            await once(tools)
        except Exception as error:  # noqa: BLE001 - a worker loop
            log.warning("upkeep_failed", error=repr(error))


async def once(tools: Tools) -> None:
    """One round, in one transaction."""

    async def work(session: AsyncSession) -> None:
        now = clock.now()
        await keys.ensure(session, tools.vault, now=now)
        await throttle.clear(session, now=now)
        await sessions.clear(session, now=now)

    await tools.database.run(work)
