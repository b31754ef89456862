"""A small real service for the tests of the edge: `python upstream.py <name> <port> <jwks file>`.

It says what reached it, streams slowly, refuses when told to, and serves the keys when it is auth.
"""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import uvicorn

NAME, PORT = sys.argv[1], int(sys.argv[2])
JWKS = json.loads(Path(sys.argv[3]).read_text())
API = f"/api/{NAME}"
EVENTS = 5
PAUSE_SECONDS = 0.2

seen: Counter[str] = Counter()
switches = {"live": True}


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        return await lifespan(receive, send)
    path = scope["path"]
    seen[f"{scope['method']} {path}"] += 1
    if path == f"{API}/stream":
        return await stream(send)
    return await answer(send, *await respond(scope, receive))


async def lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def respond(scope: dict[str, Any], receive: Any) -> tuple[int, Any]:
    path = scope["path"]
    if path == "/health/live":
        return (200 if switches["live"] else 503), {}
    if path == "/api/auth/jwks.json" and NAME == "auth":
        return 200, JWKS
    if path == f"/ui/{NAME}/manifest.json":
        return manifest()
    if path == f"{API}/large":
        return 200, ["Soll und Haben"] * 5000
    if path.startswith(f"{API}/flaky"):
        return (503 if seen[f"{scope['method']} {path}"] == 1 else 200), {"instance": PORT}
    if path == f"{API}/seen":
        return 200, dict(seen)
    if path == f"{API}/slow":
        await asyncio.sleep(0.5)
    headers = [(key.decode(), value.decode("latin-1")) for key, value in scope["headers"]]
    return 200, {
        "service": NAME,
        "instance": PORT,
        "method": scope["method"],
        "path": path,
        "headers": headers,
        "body_bytes": await body_bytes(receive),
    }


def manifest() -> tuple[int, Any]:
    """Good for fibu, none for auth, and two that must not be believed."""
    if NAME == "auth":
        return 404, {}
    owner = "fibu" if NAME in {"beleg", "observer"} else NAME
    return 200, {
        "id": owner if NAME == "beleg" else NAME,
        "contract": 1,
        "title": {"de": "Finanzbuchhaltung", "en": "Accounting"},
        "entry": f"/ui/{owner}/assets/index-1a2b.js",
        "css": [],
        "nav": [{"id": "journal", "label": {"de": "Journal", "en": "Journal"}, "path": "/fibu"}],
        "slots": ["passes through"],
    }


async def body_bytes(receive: Any) -> int:
    total = 0
    while True:
        message = await receive()
        total += len(message.get("body", b""))
        if not message.get("more_body"):
            return total


async def answer(send: Any, status: int, content: Any) -> None:
    body = json.dumps(content).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def stream(send: Any) -> None:
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for number in range(EVENTS):
        data = f"data: {number}\n\n".encode()
        await send({"type": "http.response.body", "body": data, "more_body": True})
        await asyncio.sleep(PAUSE_SECONDS)
    await send({"type": "http.response.body", "body": b""})


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning", access_log=False)
