"""The Observer's doubts about itself."""

import asyncio
import time

import pytest

from valero.observer import machine
from valero.observer.machine import Machine, waiting_per_core


@pytest.fixture
async def measuring():
    found = Machine()
    task = asyncio.create_task(found.run())
    await asyncio.sleep(0)
    yield found
    task.cancel()


async def test_a_loop_that_stood_still_is_noticed_at_once(measuring):
    began = time.monotonic()
    asyncio.get_running_loop().call_soon(time.sleep, 0.5)
    await asyncio.sleep(0.01)
    assert measuring.lag_since(began) >= 0.3


async def test_lag_from_before_does_not_excuse_the_present(measuring, until):
    asyncio.get_running_loop().call_soon(time.sleep, 0.5)
    await asyncio.sleep(0.01)
    await until(lambda: len(measuring._lags) >= 1)
    assert measuring.lag_since(time.monotonic() + 1) < 0.3


@pytest.mark.parametrize(
    ("content", "waiting"),
    [
        ("8.00 1.00 1.00 1/400 77", 8.0),
        ("0.10 0.20 0.30 12/400 77", 12.0),
        ("0.1 0.2 0.3 1/4 7", 1),
    ],
)
def test_pressure_is_the_queue_for_a_core(tmp_path, monkeypatch, content, waiting):
    monkeypatch.setattr(machine, "LOAD_FILE", tmp_path / "loadavg")
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {0, 1}, raising=False)
    (tmp_path / "loadavg").write_text(content)
    assert waiting_per_core() == max(waiting / 2, 1.0)


def test_without_the_file_there_is_still_a_figure(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "LOAD_FILE", tmp_path / "missing")
    assert waiting_per_core() >= 1.0
