"""Probes against real servers: alive, stopped, foreign, gone, and hostile."""

import asyncio
import os
import signal
import socket
import time

import psutil
import pytest

from valero.kit.testing.ports import free_port
from valero.kit.testing.redis import RedisProcess
from valero.observer import probes
from valero.observer.answers import Expected, Outcome


@pytest.fixture(scope="module")
def redis_server():
    server = RedisProcess()
    server.start()
    yield server
    server.remove()


@pytest.fixture
async def http():
    async with probes.client(None) as client:
        yield client


@pytest.fixture
async def serve():
    """`port = await serve(handler)`: a TCP server of the test's own."""
    servers = []

    async def start(handler):
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        servers.append(server)
        return server.sockets[0].getsockname()[1]

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


def respond(content, *, pause=0.0):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        try:
            for part in content if isinstance(content, list) else [content]:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)
        except ConnectionError:
            pass
        writer.close()

    return handler


def answer(body, status="200 OK"):
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


async def ask(http, port, seconds=0.5):
    url, expected = f"http://127.0.0.1:{port}", Expected("fibu")
    return await probes.within(seconds, lambda: probes.service(http, url, expected))


async def test_postgres_answers_without_a_password(postgres):
    reading = await probes.within(2, lambda: probes.postgres(postgres.server.port))
    assert reading.outcome is Outcome.READY
    assert reading.latency_ms > 0


async def until_stopped(pid: int) -> None:
    """The fault has taken effect: the kernel stops a process when it next runs."""
    for _ in range(500):
        if psutil.Process(pid).status() == psutil.STATUS_STOPPED:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{pid} did not stop")


async def test_a_stopped_postgres_times_out_although_it_accepts_connections(postgres):
    pid, port = postgres.process.pid, postgres.server.port
    os.kill(pid, signal.SIGSTOP)
    try:
        await until_stopped(pid)
        with socket.create_connection(("127.0.0.1", port), 1):
            pass
        reading = await probes.within(0.3, lambda: probes.postgres(port))
        assert reading.outcome is Outcome.TIMED_OUT
    finally:
        os.kill(pid, signal.SIGCONT)
    reading = await probes.within(5, lambda: probes.postgres(port))
    assert reading.outcome is Outcome.READY


async def test_redis_answers_without_a_password(redis_server):
    reading = await probes.within(2, lambda: probes.redis(redis_server.port))
    assert reading.outcome is Outcome.READY


async def test_the_wrong_server_on_the_port_is_foreign(postgres, redis_server):
    redis_on_postgres = await probes.within(2, lambda: probes.redis(postgres.server.port))
    postgres_on_redis = await probes.within(2, lambda: probes.postgres(redis_server.port))
    assert not redis_on_postgres.outcome.alive
    assert not postgres_on_redis.outcome.alive


async def test_nobody_on_the_port_is_a_refusal(http):
    port = free_port()
    assert (await ask(http, port)).outcome is Outcome.REFUSED
    reading = await probes.within(0.5, lambda: probes.redis(port))
    assert reading.outcome is Outcome.REFUSED


async def test_an_answer_of_one_byte_a_second_meets_the_deadline(http, serve):
    slow = [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 5]
    port = await serve(respond(slow, pause=0.3))
    began = time.monotonic()
    assert (await ask(http, port, seconds=0.4)).outcome is Outcome.TIMED_OUT
    assert time.monotonic() - began < 1.5


async def test_a_huge_answer_is_not_read_to_its_end(http, serve):
    port = await serve(respond(answer(b"x" * 5_000_000)))
    assert (await ask(http, port, seconds=2)).outcome is Outcome.INVALID


async def test_a_redirect_is_not_followed(http, serve):
    asked = []

    async def target(reader, writer):
        asked.append(1)
        writer.close()

    there = await serve(target)
    moved = f"302 Found\r\nLocation: http://127.0.0.1:{there}/"
    port = await serve(respond(answer(b"", moved)))
    assert (await ask(http, port)).outcome is Outcome.FOREIGN
    assert asked == []


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 100, b"SSH-2.0-OpenSSH_9.6\r\n"])
async def test_what_speaks_no_http_is_broken(http, serve, content):
    port = await serve(respond(content))
    assert (await ask(http, port)).outcome is Outcome.BROKEN


async def test_an_observer_that_was_late_itself_blames_nobody():
    async def probe():
        # the loop stands still, as it does when the machine is overloaded
        asyncio.get_running_loop().call_soon(time.sleep, 0.9)
        await asyncio.sleep(10)

    reading = await probes.within(0.2, probe)
    assert reading.outcome is Outcome.UNKNOWN
