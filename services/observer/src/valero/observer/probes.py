"""Asking instances whether they live: HTTP for services, a protocol ping for everything else.

A stopped process still accepts TCP connections, so a connection alone proves nothing. Every probe
has a hard deadline, and one during which the Observer itself was late proves nothing either.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx

from valero.observer.answers import Expected, Outcome, Reading, read

BODY_LIMIT = 64 * 1024
#: later than this share of the deadline, the Observer cannot blame others
OWN_LAG_SHARE = 0.3
LOOPBACK = "127.0.0.1"

Probe = Callable[[], Awaitable[Reading]]

#: PostgreSQL protocol 3.0: SSLRequest; a live postmaster answers S or N before any sign-in
SSL_REQUEST = bytes.fromhex("0000000804d2162f")
REDIS_PING = b"*1\r\n$4\r\nPING\r\n"


def client(token: str | None) -> httpx.AsyncClient:
    """The HTTP client of all probes: no proxy, no redirect, a new connection each time."""
    return httpx.AsyncClient(
        headers={"Authorization": f"Bearer {token}"} if token else {},
        timeout=None,  # noqa: S113 - `within` is the deadline
        trust_env=False,
        follow_redirects=False,
        limits=httpx.Limits(max_keepalive_connections=0),
    )


def socket_client(path: Path) -> httpx.AsyncClient:
    """An HTTP client for a unix socket; without certificates, which take long to load."""
    limits = httpx.Limits(max_keepalive_connections=0)
    transport = httpx.AsyncHTTPTransport(uds=str(path), verify=False, limits=limits)
    return httpx.AsyncClient(transport=transport, trust_env=False, timeout=None)  # noqa: S113


async def within(
    seconds: float, probe: Probe, *, lag: Callable[[float], float] = lambda _since: 0.0
) -> Reading:
    """The reading of `probe`, TIMED_OUT after `seconds`, UNKNOWN if the Observer was late.

    `lag` tells how late our own event loop was at worst since an instant.
    """
    began = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            reading = await probe()
    except TimeoutError:
        late = max(time.monotonic() - began - seconds, lag(began))
        if late > seconds * OWN_LAG_SHARE:
            return Reading(Outcome.UNKNOWN, f"the Observer was {late:.1f} s late itself")
        return Reading(Outcome.TIMED_OUT, f"no answer within {seconds} s")
    except (ConnectionRefusedError, httpx.ConnectError) as error:
        return Reading(Outcome.REFUSED, _text(error))
    except (OSError, EOFError, httpx.HTTPError) as error:
        return Reading(Outcome.BROKEN, _text(error))
    return replace(reading, latency_ms=round((time.monotonic() - began) * 1000, 2))


async def service(http: httpx.AsyncClient, url: str, expected: Expected) -> Reading:
    """Ask a service's `/health`; at most BODY_LIMIT bytes of the answer are read."""
    async with http.stream("GET", f"{url.rstrip('/')}/health") as response:
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > BODY_LIMIT:
                return Reading(Outcome.INVALID, f"health answer above {BODY_LIMIT} bytes")
        return read(response.status_code, body, expected)


async def postgres(port: int) -> Reading:
    """Ask a PostgreSQL server for TLS: the answer needs no password and proves that it works."""
    answer = await _exchange(port, SSL_REQUEST)
    if answer in {b"S", b"N"}:
        return Reading(Outcome.READY)
    return Reading(Outcome.FOREIGN, "the answer is not PostgreSQL's")


async def redis(port: int) -> Reading:
    """Send a Redis server PING; "sign in first" is a sign of life too."""
    answer = await _exchange(port, REDIS_PING)
    if answer.startswith(b"-LOADING"):
        return Reading(Outcome.UNREADY, answer.decode("ascii", "replace").strip()[:200])
    if answer.startswith((b"+PONG", b"-NOAUTH")):
        return Reading(Outcome.READY)
    return Reading(Outcome.FOREIGN, "the answer is not Redis's")


async def envoy(port: int, admin: httpx.AsyncClient) -> Reading:
    """Ask Envoy's admin socket whether it is ready, and connect to its public port."""
    _, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.close()
    response = await admin.get("http://envoy/ready")
    said = response.text.strip()[:200]
    return Reading(Outcome.READY if response.status_code == 200 else Outcome.UNREADY, said)


async def process_only(*, running: bool) -> Reading:
    """For a process that speaks no protocol we know: the supervisor's word."""
    return Reading(Outcome.READY if running else Outcome.REFUSED)


async def _exchange(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(request)
        await writer.drain()
        answer = await reader.read(64)
    finally:
        writer.close()
    if not answer:
        raise EOFError("connection closed without an answer")
    return answer


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]
