"""The Observer's registry as an endless sequence of snapshots: live stream first, else polling."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import structlog
from pydantic import ValidationError

from valero.gateway.routing import Snapshot

log = structlog.get_logger(__name__)

PATH = "/v1/registry"
STREAM_PATH = "/v1/registry/stream"
RETRY_SECONDS = 1.0
# A stream that is silent this long may be dead; a new one begins with a full snapshot, so
# reconnecting costs nothing.
SILENCE_SECONDS = 30.0


class NotAStream(Exception):  # noqa: N818
    """The Observer answered, but not with server-sent events."""


def client(url: str, token: str | None) -> httpx.AsyncClient:
    """An HTTP client for the Observer at `url`; it is on this machine, so proxies are ignored."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    timeout = httpx.Timeout(3.0, read=SILENCE_SECONDS)
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout, trust_env=False)


async def snapshots(
    http: httpx.AsyncClient, *, retry_seconds: float = RETRY_SECONDS
) -> AsyncIterator[Snapshot]:
    """Each state of the registry as it becomes known. Never ends and never raises for the Observer.

    While the Observer is away nothing is yielded, so whoever listens keeps the last state.
    """
    reachable = True
    while True:
        try:
            async for snapshot in _stream(http):
                reachable = True
                yield snapshot
        except (httpx.HTTPError, NotAStream, ValidationError) as error:
            if reachable:
                log.warning("registry_stream_lost", error=type(error).__name__)
        try:
            snapshot = await _poll(http)
        except (httpx.HTTPError, ValidationError) as error:
            if reachable:
                log.warning("registry_unreachable", error=type(error).__name__)
            reachable = False
        else:
            reachable = True
            yield snapshot
        await asyncio.sleep(retry_seconds)


async def _stream(http: httpx.AsyncClient) -> AsyncIterator[Snapshot]:
    headers = {"accept": "text/event-stream"}
    async with http.stream("GET", STREAM_PATH, headers=headers) as response:
        response.raise_for_status()
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            raise NotAStream(response.headers.get("content-type", ""))
        data: list[str] = []
        async for line in response.aiter_lines():
            if line.startswith("data:"):
                data.append(line.removeprefix("data:").removeprefix(" "))
            elif not line and data:
                yield Snapshot.model_validate_json("\n".join(data))
                data = []


async def _poll(http: httpx.AsyncClient) -> Snapshot:
    response = await http.get(PATH)
    response.raise_for_status()
    return Snapshot.model_validate_json(response.content)
