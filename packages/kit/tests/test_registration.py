"""Registering at an Observer that is there, comes late, forgets, hangs, or talks nonsense."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from valero.kit import registration
from valero.kit.registration import Registration, backoff, jittered
from valero.kit.settings import Settings
from valero.kit.testing.ports import free_port

LEASE = {"lease_id": "l-1", "ttl_seconds": 30, "heartbeat_interval_seconds": 0.05, "epoch": "e"}


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter pauses and patience."""
    monkeypatch.setattr(registration, "FIRST_PAUSE_SECONDS", 0.02)
    monkeypatch.setattr(registration, "LONGEST_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(registration, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(registration, "LEAVE_SECONDS", 0.3)


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


def answer(status: int, content: Any = None) -> bytes:
    body = b"" if content is None else json.dumps(content).encode()
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def usual(asked: Asked) -> bytes | None:
    return answer(201, LEASE) if asked.method == "POST" else answer(204)


@dataclass
class Observer:
    """A real HTTP server; `behave` gives the raw answer, None meaning silence."""

    port: int = field(default_factory=free_port)
    behave: Callable[[Asked], bytes | None] = usual
    asked: list[Asked] = field(default_factory=list)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        tasks: set[asyncio.Task[None]] = set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.add(asyncio.current_task())  # type: ignore[arg-type]
            try:
                while await self._exchange(reader, writer):
                    pass
            except (asyncio.IncompleteReadError, ConnectionError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", self.port)
        try:
            yield
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {key.lower(): value for key, value in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _version = first.split()
        asked = Asked(method, path, headers, json.loads(body) if body else None)
        self.asked.append(asked)
        raw = self.behave(asked)
        if raw is None:
            await asyncio.sleep(3600)
        writer.write(raw or b"")
        await writer.drain()
        return (raw or b"").startswith(b"HTTP/1.1 2")

    def settings(self) -> Settings:
        return Settings(
            service="probe",
            instance="probe-1",
            nonce="n0nce",
            port=8123,
            observer_url=f"http://127.0.0.1:{self.port}",
            observer_token="secret",
        )

    def count(self, method: str) -> int:
        return sum(asked.method == method for asked in self.asked)

    async def until(self, method: str, count: int) -> None:
        async def enough() -> bool:
            return self.count(method) >= count

        await eventually(enough)


@pytest.fixture
def observer() -> Observer:
    return Observer()


async def eventually(check: Callable[[], Awaitable[Any]], seconds: float = 10.0) -> Any:
    """The first true answer of `check`."""
    async with asyncio.timeout(seconds):
        while not (found := await check()):  # noqa: ASYNC110 - looks from outside
            await asyncio.sleep(0.01)
    return found


async def test_an_instance_registers_beats_and_leaves(observer: Observer) -> None:
    async with observer.listening():
        async with Registration(observer.settings(), version="1.2.3"):
            await observer.until("PUT", 3)
        first, *rest = observer.asked
        assert (first.method, first.path) == ("POST", "/v1/register")
        assert first.headers["authorization"] == "Bearer secret"
        assert first.body == {
            "service": "probe",
            "instance": "probe-1",
            "nonce": "n0nce",
            "url": "http://127.0.0.1:8123",
            "pid": os.getpid(),
            "version": "1.2.3",
        }
        assert {asked.path for asked in rest} == {"/v1/leases/l-1"}
        assert [asked.method for asked in rest].count("DELETE") == 1
        assert rest[-1].method == "DELETE"


async def test_a_service_starts_before_its_observer(observer: Observer) -> None:
    started = time.perf_counter()
    async with Registration(observer.settings(), version="1") as registered:
        assert time.perf_counter() - started < 0.1
        await asyncio.sleep(0.2)
        assert registered.lease is None
        async with observer.listening():
            await observer.until("PUT", 1)
            assert registered.lease is not None


@pytest.mark.parametrize("status", [404, 410])
async def test_an_observer_that_has_forgotten_us_is_told_again(
    observer: Observer, status: int
) -> None:
    def forget_once(asked: Asked) -> bytes | None:
        forgotten = asked.method == "PUT" and observer.count("PUT") == 2
        return answer(status) if forgotten else usual(asked)

    observer.behave = forget_once
    async with observer.listening(), Registration(observer.settings(), version="1"):
        await observer.until("POST", 2)
        await observer.until("PUT", 4)
    assert observer.count("POST") == 2


async def test_the_lease_is_kept_while_the_observer_restarts(observer: Observer) -> None:
    async with Registration(observer.settings(), version="1"):
        async with observer.listening():
            await observer.until("PUT", 1)
        seen = observer.count("PUT")
        await asyncio.sleep(0.2)
        assert observer.count("PUT") == seen
        async with observer.listening():
            await observer.until("PUT", seen + 2)
        assert observer.count("POST") == 1


async def test_a_silent_observer_delays_neither_start_nor_end(observer: Observer) -> None:
    observer.behave = lambda asked: None
    async with observer.listening():
        started = time.perf_counter()
        async with Registration(observer.settings(), version="1"):
            assert time.perf_counter() - started < 0.1
            await observer.until("POST", 2)
            ended = time.perf_counter()
        assert time.perf_counter() - ended < 0.3


async def test_an_observer_that_falls_silent_does_not_hold_up_the_end(observer: Observer) -> None:
    def deaf_to_goodbyes(asked: Asked) -> bytes | None:
        return None if asked.method == "DELETE" else usual(asked)

    observer.behave = deaf_to_goodbyes
    async with observer.listening():
        async with Registration(observer.settings(), version="1"):
            await observer.until("PUT", 1)
            ended = time.perf_counter()
        assert 0.2 < time.perf_counter() - ended < 1.0
        assert observer.count("DELETE") == 1


GARBAGE = {
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "nothing": b"",
    "no JSON": answer(201)[:-2] + b"\r\n",
    "HTML": b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html>hi</html>",
    "a list": answer(201, [1, 2]),
    "no lease": answer(201, {"ttl_seconds": 30}),
    "a number as lease": answer(201, {"lease_id": 7}),
    "a path as lease": answer(201, {"lease_id": "../../evil"}),
    "an error": answer(500, {"detail": "oops"}),
    "a refusal": answer(401),
    "a redirect": b"HTTP/1.1 307 X\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
    "a long body": b"HTTP/1.1 200 X\r\nContent-Length: 9999999\r\n\r\n" + b"x" * 100_000,
    "half a body": b"HTTP/1.1 200 X\r\nContent-Length: 99\r\n\r\n{",
    "deep nesting": b"HTTP/1.1 200 X\r\nContent-Length: 9000\r\n\r\n" + b"[" * 9000,
    "broken text": b"HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\n\xff\xfe",
}


@pytest.mark.parametrize("raw", GARBAGE.values(), ids=GARBAGE.keys())
async def test_nonsense_is_survived_until_the_observer_comes_to_its_senses(
    observer: Observer, raw: bytes
) -> None:
    def confused(asked: Asked) -> bytes | None:
        return raw if observer.count("POST") < 3 else usual(asked)

    observer.behave = confused
    async with observer.listening(), Registration(observer.settings(), version="1") as registered:
        await observer.until("PUT", 1)
        assert registered.lease is not None
        assert registered.lease.id == "l-1"


@pytest.mark.parametrize(
    ("wanted", "granted"),
    [(5, 5), (0, 0.05), (-1, 0.05), (10**9, 60), (None, 10), ("5", 10), (True, 10), ([], 10)],
)
async def test_the_rhythm_stays_within_reason(
    observer: Observer, wanted: Any, granted: float
) -> None:
    observer.behave = lambda asked: answer(
        201, {"lease_id": "l-1", "heartbeat_interval_seconds": wanted}
    )
    async with observer.listening(), Registration(observer.settings(), version="1") as registered:

        async def registered_now() -> bool:
            return registered.lease is not None

        await eventually(registered_now)
        assert registered.lease is not None
        assert registered.lease.interval_seconds == granted


async def test_proxies_of_the_environment_are_ignored(
    observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    async with observer.listening(), Registration(observer.settings(), version="1"):
        await observer.until("PUT", 1)


async def test_without_an_observer_nobody_is_asked() -> None:
    async with Registration(Settings(service="probe"), version="1") as registered:
        assert registered.lease is None


def test_pauses_grow_with_full_jitter_and_stay_below_the_longest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registration, "FIRST_PAUSE_SECONDS", 1.0)
    monkeypatch.setattr(registration, "LONGEST_PAUSE_SECONDS", 30.0)
    for failures, ceiling in ((1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (60, 30)):
        pauses = [backoff(failures) for _ in range(500)]
        assert 0 <= min(pauses) < ceiling * 0.1
        assert ceiling * 0.9 < max(pauses) <= ceiling


def test_beats_are_spread() -> None:
    beats = [jittered(10) for _ in range(500)]
    assert 8 <= min(beats) < 8.5
    assert 11.5 < max(beats) <= 12
