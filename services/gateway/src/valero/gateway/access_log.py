"""Keeps the access log from filling the disk: a full file is set aside, and a new one begun."""

import asyncio

import httpx
import structlog

from valero.gateway.bootstrap import ADMIN_SOCKET
from valero.gateway.edge import Edge

EVERY_SECONDS = 300.0
FULL_BYTES = 64 * 1024 * 1024
KEPT = 4

log = structlog.get_logger(__name__)


async def run(edge: Edge, *, every_seconds: float = EVERY_SECONDS) -> None:
    """Look again and again until cancelled."""
    while True:
        await asyncio.sleep(every_seconds)
        try:
            await rotate(edge)
        except (OSError, httpx.HTTPError) as error:
            log.warning("access_log_not_rotated", error=repr(error))


async def rotate(edge: Edge, *, full_bytes: int = FULL_BYTES) -> bool:
    """Set a full log aside as `access.log.1`, older ones behind it; whether it was full.

    Envoy writes on into the renamed file until it is told to open its log anew, so no line is lost.
    """
    if not await asyncio.to_thread(_set_aside, edge, full_bytes):
        return False
    transport = httpx.AsyncHTTPTransport(uds=str(edge.folder / ADMIN_SOCKET))
    async with httpx.AsyncClient(transport=transport, base_url="http://envoy") as admin:
        (await admin.post("/reopen_logs")).raise_for_status()
    return True


def _set_aside(edge: Edge, full_bytes: int) -> bool:
    current = edge.access_log
    if not current.is_file() or current.stat().st_size < full_bytes:
        return False
    for number in range(KEPT - 1, 0, -1):
        older = current.with_name(f"{current.name}.{number}")
        if older.is_file():
            older.replace(current.with_name(f"{current.name}.{number + 1}"))
    current.replace(current.with_name(f"{current.name}.1"))
    return True
