"""A small real server that speaks the Observer's registry interface as the gateway uses it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from valero.kit.testing.ports import free_port

from .conftest import eventually

TOKEN = "registry-token"


class Registrar:
    """Holds one snapshot; `publish` sends a new one to every open stream."""

    def __init__(self, port: int, *, streams: bool = True) -> None:
        self.port = port
        self.streams = streams
        self.snapshot: dict[str, Any] = {"epoch": "one", "version": 0, "services": {}}
        self.connected = asyncio.Event()
        self._changed = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def publish(self, services: dict[str, list[dict[str, str]]], epoch: str = "one") -> None:
        async with self._changed:
            version = self.snapshot["version"] + 1
            self.snapshot = {"epoch": epoch, "version": version, "services": services}
            self._changed.notify_all()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        allowed = (b"authorization", f"Bearer {TOKEN}".encode()) in scope["headers"]
        if not allowed:
            await respond(send, 401, b"{}")
        elif scope["path"] == "/v1/registry":
            await respond(send, 200, json.dumps(self.snapshot).encode())
        elif scope["path"] == "/v1/registry/stream" and self.streams:
            await self._stream(send)
        else:
            await respond(send, 404, b"{}")

    async def _stream(self, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        snapshot = None
        while True:
            async with self._changed:
                while snapshot is self.snapshot:
                    await self._changed.wait()
                snapshot = self.snapshot
            text = f": comment\nevent: registry\ndata: {json.dumps(snapshot)}\n\n"
            await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
            self.connected.set()


async def respond(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving(registrar: Registrar) -> AsyncIterator[Registrar]:
    config = uvicorn.Config(
        registrar,
        host="127.0.0.1",
        port=registrar.port,
        lifespan="off",
        log_level="critical",
        timeout_graceful_shutdown=0,
    )
    server = uvicorn.Server(config)
    server.config.load()
    task = asyncio.create_task(server._serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    try:
        yield registrar
    finally:
        server.should_exit = True
        server.force_exit = True
        await task


def new_registrar(**options: Any) -> Registrar:
    return Registrar(free_port(), **options)
