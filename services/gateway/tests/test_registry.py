"""Following the Observer's registry: by stream, by polling, and while it is away."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from valero.gateway import registry
from valero.gateway.control import Control

from .conftest import eventually, make_stack
from .registrar import TOKEN, new_registrar, serving


def entries(stack, **states: str) -> dict:
    """fibu with instances by number: `n1="up"`."""
    return {
        "fibu": [
            {
                "instance": f"fibu-{name[1:]}",
                "url": stack.url("fibu", int(name[1:])),
                "state": state,
            }
            for name, state in states.items()
        ]
    }


@pytest.fixture
def quiet(tmp_path, token):
    """A stack of which nothing runs but the control in this process."""
    return make_stack(tmp_path, token)


@asynccontextmanager
async def following(stack, registrar, **options):
    control = Control(stack.edge, stack.catalogue, **options)
    control.begin()
    async with registry.client(registrar.url, TOKEN) as http:
        task = asyncio.create_task(control.follow(http))
        try:
            yield control
        finally:
            task.cancel()
            control.close()
            await asyncio.gather(task, return_exceptions=True)


async def routed(control, stack, *instances: int) -> None:
    wanted = sorted(stack.catalogue.services["fibu"].port_of(n) for n in instances)

    async def attempt() -> bool:
        return [endpoint.port for endpoint in control.routing.topology["fibu"]] == wanted

    await eventually(attempt)


async def test_each_change_in_the_stream_is_applied(quiet):
    registrar = new_registrar()
    async with serving(registrar), following(quiet, registrar) as control:
        await registrar.publish(entries(quiet, n1="up", n2="up"))
        await routed(control, quiet, 1, 2)
        await registrar.publish(entries(quiet, n1="down", n2="up"))
        await routed(control, quiet, 2)


async def test_an_observer_without_a_stream_is_polled(quiet):
    registrar = new_registrar(streams=False)
    async with serving(registrar), following(quiet, registrar) as control:
        await registrar.publish(entries(quiet, n2="up"))
        await routed(control, quiet, 2)
        await registrar.publish(entries(quiet, n1="up", n2="up"))
        await routed(control, quiet, 1, 2)


async def test_while_the_observer_is_away_everything_stays_as_it_was(quiet):
    registrar = new_registrar()
    async with following(quiet, registrar) as control:
        await routed(control, quiet, 1)
        async with serving(registrar):
            await registrar.publish(entries(quiet, n1="up", n2="up"))
            await routed(control, quiet, 1, 2)
            registrar.connected.clear()
        before = control.routing
        async with serving(registrar):
            await registrar.connected.wait()
            assert control.routing == before
            await registrar.publish(entries(quiet, n2="up"))
            await routed(control, quiet, 2)


async def test_a_restarted_gateway_begins_with_what_it_knew(quiet):
    registrar = new_registrar()
    async with serving(registrar), following(quiet, registrar) as control:
        await registrar.publish(entries(quiet, n2="up"))
        await routed(control, quiet, 2)
    async with following(quiet, registrar) as control:
        await routed(control, quiet, 2)


async def test_an_observer_that_lost_its_memory_stops_nobody(quiet):
    registrar = new_registrar()
    async with serving(registrar), following(quiet, registrar, settling_seconds=0.5) as control:
        await registrar.publish(entries(quiet, n1="up", n2="up"))
        await routed(control, quiet, 1, 2)
        await registrar.publish({}, epoch="two")

        async def noticed() -> bool:
            return control.routing.epoch == "two"

        await eventually(noticed)
        assert len(control.routing.topology["fibu"]) == 2
        await registrar.publish(entries(quiet, n2="up"), epoch="two")
        await routed(control, quiet, 2)


async def test_nonsense_from_the_observer_changes_nothing(quiet):
    registrar = new_registrar()
    async with serving(registrar), following(quiet, registrar) as control:
        await registrar.publish(entries(quiet, n2="up"))
        await routed(control, quiet, 2)
        before = control.routing
        registrar.connected.clear()
        await registrar.publish([{"instance": 1}])
        await registrar.connected.wait()
        assert control.routing == before
        await registrar.publish(entries(quiet, n1="up"))
        await routed(control, quiet, 1)
