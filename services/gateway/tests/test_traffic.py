"""How traffic follows the registry while people work, with a real Envoy and real instances."""

import asyncio
import time
from collections import Counter
from contextlib import asynccontextmanager

from .conftest import eventually, signed_in

# Envoy reacts within milliseconds; the machine of a test may be busy.
PROMPT_SECONDS = 2.0


@asynccontextmanager
async def readers(stack, token, *, people: int = 4):
    """People who keep reading from fibu; yields what they saw: status and instance, with time."""
    seen: list[tuple[float, int, int]] = []
    done = asyncio.Event()

    async def read() -> None:
        async with signed_in(stack, token) as client:
            while not done.is_set():
                answer = await client.get("/api/fibu/entries")
                instance = answer.json()["instance"] if answer.status_code == 200 else 0
                seen.append((time.monotonic(), answer.status_code, instance))

    tasks = [asyncio.create_task(read()) for _ in range(people)]
    try:
        yield seen
    finally:
        done.set()
        await asyncio.gather(*tasks)


async def prepare(stack, token, *instances: int) -> None:
    await stack.start_service("auth")
    for instance in instances:
        await stack.start_service("fibu", instance)
    await stack.start_envoy()
    async with signed_in(stack, token) as client:
        await stack.ready(client, "fibu")


def failures(seen) -> Counter:
    return Counter(status for _, status, _ in seen if status != 200)


async def test_a_new_instance_receives_traffic_at_once_and_a_removed_one_none(own_stack, token):
    stack = own_stack
    await prepare(stack, token, 1, 2)
    first, second = (stack.catalogue.services["fibu"].port_of(n) for n in (1, 2))
    control = stack.control()
    async with readers(stack, token) as seen:
        control.apply(stack.snapshot(1, fibu={1: "up"}))
        await until_seen(seen, first)

        added_at = time.monotonic()
        control.apply(stack.snapshot(2, fibu={1: "up", 2: "starting"}))
        await until_seen(seen, second)
        assert time.monotonic() - added_at < PROMPT_SECONDS

        removed_at = time.monotonic()
        control.apply(stack.snapshot(3, fibu={1: "maintenance", 2: "up"}))

        async def only_second() -> bool:
            return len(seen) > 100 and all(port == second for _, _, port in seen[-100:])

        await eventually(only_second)
    late = [when for when, _, port in seen if port == first]
    assert max(late) - removed_at < PROMPT_SECONDS
    assert failures(seen) == {}


async def test_a_killed_instance_causes_no_failed_read(own_stack, token):
    stack = own_stack
    await prepare(stack, token, 1, 2)
    stack.control().apply(stack.snapshot(1, fibu={1: "up", 2: "up"}))
    first, second = (stack.catalogue.services["fibu"].port_of(n) for n in (1, 2))
    async with readers(stack, token) as seen:
        await until_seen(seen, first)
        await until_seen(seen, second)
        stack.kill_service("fibu", 1)
        killed_at = len(seen)

        async def many_more() -> bool:
            return len(seen) > killed_at + 500

        await eventually(many_more)
    assert failures(seen) == {}


async def test_a_service_without_instances_is_unavailable_until_one_registers(own_stack, token):
    stack = own_stack
    await prepare(stack, token, 1)
    control = stack.control()
    async with signed_in(stack, token) as client:

        async def status(wanted: int) -> None:
            async def attempt() -> bool:
                return (await client.get("/api/fibu/entries")).status_code == wanted

            await eventually(attempt)

        control.apply(stack.snapshot(1, fibu={1: "impostor"}))
        await status(503)
        control.apply(stack.snapshot(2, fibu={1: "up"}))
        await status(200)


async def test_a_restarted_envoy_routes_as_before_without_anybodys_help(own_stack, token):
    stack = own_stack
    await prepare(stack, token, 1, 2)
    stack.control().apply(stack.snapshot(1, fibu={1: "down", 2: "up"}))
    stack.envoy.kill()
    stack.envoy.wait()
    await stack.start_envoy()
    async with signed_in(stack, token) as client:
        await stack.ready(client, "fibu")
        answers = [(await client.get("/api/fibu/entries")).json() for _ in range(20)]
    second = stack.catalogue.services["fibu"].port_of(2)
    assert {answer["instance"] for answer in answers} == {second}


async def until_seen(seen, port: int) -> None:
    """Until the newest hundred answers contain one of the instance on `port`."""

    async def attempt() -> bool:
        return any(instance == port for _, _, instance in seen[-100:])

    await eventually(attempt)
