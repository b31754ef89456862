"""Tells the Observer that this instance is here: register, renew the lease, leave.

The Observer may be away, slow, or talk nonsense: a service starts and works without it. A renewal
that is answered 404 or 410 means that the Observer has forgotten us, and we register again.
"""

import asyncio
import json
import os
import random
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import httpx
import structlog

from valero.kit.settings import Settings

ANSWER_SECONDS = 3.0
LEAVE_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
JITTER = 0.2
INTERVAL_SECONDS = 10.0
SHORTEST_INTERVAL_SECONDS = 0.05
LONGEST_INTERVAL_SECONDS = 60.0
LARGEST_ANSWER_BYTES = 16 * 1024

log = structlog.get_logger(__name__)


class ObserverAway(ConnectionError):  # noqa: N818
    """No usable answer."""


class LeaseUnknown(LookupError):  # noqa: N818
    """The Observer does not know our lease (any more)."""


@dataclass(frozen=True)
class Lease:
    """What the Observer granted."""

    id: str
    interval_seconds: float


class Registration:
    """A background task; entering and leaving never fail because of the Observer."""

    def __init__(self, settings: Settings, *, version: str) -> None:
        self.lease: Lease | None = None
        self._about = {
            "service": settings.service,
            "instance": settings.identity,
            "nonce": settings.nonce,
            "url": f"http://{settings.host}:{settings.port}",
            "pid": os.getpid(),
            "version": version,
        }
        token = settings.observer_token
        url = settings.observer_url or ""
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=ANSWER_SECONDS,
            trust_env=False,
            verify=_certificates(url),
        )
        self._wanted = settings.observer_url is not None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to register in the background."""
        if self._wanted:
            self._task = asyncio.create_task(self._run(), name="registration")
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Leave, if the Observer takes note within LEAVE_SECONDS."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self.lease is not None:
            with suppress(ObserverAway, LeaseUnknown, TimeoutError):
                async with asyncio.timeout(LEAVE_SECONDS):
                    await self._ask("DELETE", f"/v1/leases/{self.lease.id}")
        await self._client.aclose()

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                if self.lease is None:
                    self.lease = await self._register()
                    log.info("registered", lease=self.lease.id)
                else:
                    await self._ask("PUT", f"/v1/leases/{self.lease.id}")
            except LeaseUnknown:
                log.info("lease_forgotten")
                self.lease = None
            except Exception as error:  # a worker loop: nothing may end it for good
                if not isinstance(error, ObserverAway):
                    log.exception("registration_failed")
                elif failures == 0:
                    log.warning("observer_away", error=str(error))
                failures += 1
                await asyncio.sleep(backoff(failures))
            else:
                failures = 0
                await asyncio.sleep(jittered(self.lease.interval_seconds))

    async def _register(self) -> Lease:
        answer = await self._ask("POST", "/v1/register", self._about)
        lease_id = answer.get("lease_id")
        if not isinstance(lease_id, str) or not lease_id.replace("-", "").isalnum():
            raise ObserverAway("the answer names no lease")
        return Lease(lease_id, _interval(answer.get("heartbeat_interval_seconds")))

    async def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """One exchange, bounded in time and size. Raises ObserverAway or LeaseUnknown."""
        try:
            async with (
                asyncio.timeout(ANSWER_SECONDS),
                self._client.stream(method, path, json=body) as response,
            ):
                if method == "PUT" and response.status_code in (404, 410):
                    raise LeaseUnknown(path)
                if not response.is_success:
                    raise ObserverAway(f"{method} answered {response.status_code}")
                return _parsed(await _read(response)) if method == "POST" else {}
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            raise ObserverAway(f"{type(error).__name__}: {error}") from error


def backoff(failures: int) -> float:
    """Seconds to wait after the n-th failure in a row: full jitter below 1, 2, 4 ... 30."""
    ceiling = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 10))
    return random.uniform(0.0, ceiling)  # noqa: S311 - jitter


def jittered(seconds: float) -> float:
    """`seconds` give or take JITTER, so that many instances do not beat in step."""
    return seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - jitter


def _certificates(url: str) -> ssl.SSLContext:
    """Reading all certificates of the system takes 0.1 s, so only where they are of use."""
    encrypted = url.startswith("https:")
    return ssl.create_default_context() if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def _read(response: httpx.Response) -> bytes:
    content = b""
    async for part in response.aiter_bytes():
        content += part
        if len(content) > LARGEST_ANSWER_BYTES:
            raise ObserverAway("the answer is too long")
    return content


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ObserverAway("the answer is not JSON") from error
    if not isinstance(answer, dict):
        raise ObserverAway("the answer is not an object")
    return answer


def _interval(wanted: object) -> float:
    """The Observer's wish within reason; booleans, NaN and texts are no wish."""
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or wanted != wanted:
        return INTERVAL_SECONDS
    return min(LONGEST_INTERVAL_SECONDS, max(SHORTEST_INTERVAL_SECONDS, wanted))
