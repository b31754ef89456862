"""What the Observer's tests share: stores, a running application, and waiting for a condition."""

import asyncio
import time

import pytest
from hypothesis import settings

from valero.observer.app import create
from valero.observer.store import Store

# the machine may be busy: a slow example is no failure
settings.register_profile("house", deadline=None)
settings.load_profile("house")

OBSERVER_TOKEN = "token-of-this-stack"
READ, OPERATE = "observer:read", "observer:operate"


@pytest.fixture
async def store(tmp_path):
    opened = await Store.open(tmp_path / "observer" / "observer.sqlite")
    yield opened
    await opened.close()


@pytest.fixture
async def client(app_client, tmp_path):
    """The Observer in this process, without a supervisor."""
    async with app_client(
        create, service="observer", home=tmp_path, observer_token=OBSERVER_TOKEN
    ) as running:
        yield running


@pytest.fixture
def bearer():
    return {"Authorization": f"Bearer {OBSERVER_TOKEN}"}


async def until(condition, *, seconds=10.0):
    """The first true value of `condition()`; fails with its text after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {condition}")


@pytest.fixture(name="until")
def until_fixture():
    return until
