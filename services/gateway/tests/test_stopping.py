"""Stopping the edge: nothing in flight is cut, and nothing stays behind."""

import asyncio
import signal
import time

import psutil
import pytest

from .conftest import eventually, signed_in


async def start(stack, token, **settings: str) -> None:
    for name in ("auth", "fibu"):
        await stack.start_service(name)
    await stack.start_envoy(**settings)
    async with signed_in(stack, token) as client:
        await stack.ready(client, "fibu")


def below(stack) -> psutil.Process:
    (envoy,) = psutil.Process(stack.envoy.pid).children()
    return envoy


async def in_flight(client, path: str) -> asyncio.Task:
    """A request that has reached its service."""
    task = asyncio.create_task(client.get(path))

    async def arrived() -> bool:
        seen = (await client.get("/api/fibu/seen")).json()
        return f"GET {path}" in seen

    await eventually(arrived)
    return task


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_request_in_flight_survives_a_stop(own_stack, token, number):
    await start(own_stack, token)
    envoy = below(own_stack)
    async with signed_in(own_stack, token) as client:
        slow = await in_flight(client, "/api/fibu/slow")
        started_at = time.monotonic()
        own_stack.envoy.send_signal(number)
        answer = await slow
        assert (answer.status_code, answer.headers.get("connection")) == (200, "close")
    assert await asyncio.to_thread(own_stack.envoy.wait, 5) == 0
    assert time.monotonic() - started_at < 3
    assert not envoy.is_running()


async def test_a_stream_does_not_hold_up_the_stop_for_ever(own_stack, token):
    await start(own_stack, token, VALERO_EDGE_DRAIN_SECONDS="0.3")
    async with signed_in(own_stack, token) as client:
        stream = asyncio.create_task(client.get("/api/fibu/stream"))
        await asyncio.wait({stream}, timeout=0.2)
        own_stack.envoy.terminate()
        assert await asyncio.to_thread(own_stack.envoy.wait, 5) == 0
        await asyncio.gather(stream, return_exceptions=True)


async def test_a_second_signal_ends_the_waiting(own_stack, token):
    await start(own_stack, token, VALERO_EDGE_DRAIN_SECONDS="600")
    async with signed_in(own_stack, token) as client:
        stream = asyncio.create_task(client.get("/api/fibu/stream"))
        await asyncio.wait({stream}, timeout=0.2)
        own_stack.envoy.terminate()

        async def refuses() -> bool:
            listening = below(own_stack).net_connections("tcp")
            return not [one for one in listening if one.status == psutil.CONN_LISTEN]

        await eventually(refuses)
        own_stack.envoy.terminate()
        assert await asyncio.to_thread(own_stack.envoy.wait, 5) == 0
        await asyncio.gather(stream, return_exceptions=True)


async def test_kill_9_of_the_process_above_leaves_no_envoy(own_stack, token):
    await start(own_stack, token)
    envoy = below(own_stack)
    own_stack.envoy.kill()
    own_stack.envoy.wait()
    await asyncio.to_thread(psutil.wait_procs, [envoy], 3)
    assert not envoy.is_running() or envoy.status() == psutil.STATUS_ZOMBIE


async def test_an_envoy_that_dies_ends_the_process_above(own_stack, token):
    await start(own_stack, token)
    below(own_stack).kill()
    assert await asyncio.to_thread(own_stack.envoy.wait, 5) != 0


async def test_the_process_above_is_small(own_stack, token):
    await start(own_stack, token)
    assert psutil.Process(own_stack.envoy.pid).memory_info().rss < 24 * 1024 * 1024
