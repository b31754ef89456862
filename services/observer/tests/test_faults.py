"""Faults on real processes under a real supervisord. Each test proves first that its fault is in.

The Observer runs in this process, so that its reasons can be looked at; everything else is real.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager

import httpx
import psutil
import pytest

from valero.kit import infrastructure
from valero.kit.settings import Settings
from valero.observer import healing, history
from valero.observer.history import Filter, Kind
from valero.observer.observatory import open_observatory
from valero.observer.remedy import Because
from valero.observer.verdict import Cause, State

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="supervisord needs Unix")


@asynccontextmanager
async def observing(stack):
    settings = Settings(service="observer", home=stack.home, environment="test")
    async with open_observatory(settings) as observatory:
        yield observatory


def is_state(observatory, instance, state):
    def check():
        target = observatory.roster.find(instance)
        return target if target is not None and target.verdict.state is state else None

    return check


async def events(observatory, *kinds):
    await observatory.watch.history.flush()
    found, _ = await history.page(observatory.store, Filter(), before=None, limit=500)
    return [event for event in reversed(found) if event.kind in kinds]


def health(stack, instance):
    return httpx.get(f"http://127.0.0.1:{stack.port(instance)}/health", timeout=0.5)


async def test_a_killed_process_is_noticed_and_counted(stack, until):
    stack.add_service("fibu-1")
    stack.start()
    async with observing(stack) as observatory:
        target = await until(is_state(observatory, "fibu-1", State.UP))
        await until(lambda: target.life.ran)
        pid = target.pid
        killed_at = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=2)
        assert not psutil.pid_exists(pid)

        await until(lambda: target.pid not in {None, pid} and target.verdict.state is State.UP)
        assert time.monotonic() - killed_at < 5
        (died,) = await events(observatory, Kind.PROCESS_DIED)
        assert died.why["pid_before"] == pid
        assert len(target.ladder.failures) == 1
        assert await events(observatory, Kind.RESTARTED, Kind.HANG_FOUND) == []


async def test_a_stopped_process_is_examined_ended_and_back_within_ten_seconds(stack, until):
    stack.add_service("fibu-1")
    stack.add_service("auth-1")
    stack.start()
    async with observing(stack) as observatory:
        target = await until(is_state(observatory, "fibu-1", State.UP))
        other = await until(is_state(observatory, "auth-1", State.UP))
        pid, other_pid = target.pid, other.pid
        stopped_at = time.monotonic()
        os.kill(pid, signal.SIGSTOP)
        assert await until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED)
        with socket.create_connection(("127.0.0.1", stack.port("fibu-1")), 1):
            pass  # a stopped process still accepts connections
        with pytest.raises(httpx.ReadTimeout):
            health(stack, "fibu-1")

        await until(lambda: target.pid not in {None, pid} and target.verdict.state is State.UP)
        assert time.monotonic() - stopped_at < 10
        assert not psutil.pid_exists(pid)
        (hang,) = await events(observatory, Kind.HANG_FOUND)
        assert hang.why["hang"] == "stopped"
        assert hang.why["pid"] == pid
        if sys.platform == "linux":
            assert hang.why["status"]["State"].startswith("T")
        assert hang.why["log"] == ["ready"]
        (restarted,) = await events(observatory, Kind.RESTARTED)
        assert restarted.why["because"] == Because.PROCESS_HANGS
        assert await events(observatory, Kind.PROCESS_DIED) == []
        assert len(target.ladder.failures) == 1
        assert other.pid == other_pid
        assert health(stack, "fibu-1").status_code == 200


async def test_a_deadlocked_process_is_ended_and_back_within_ten_seconds(stack, until):
    stack.add_service("fibu-1")
    stack.start()
    async with observing(stack) as observatory:
        target = await until(is_state(observatory, "fibu-1", State.UP))
        pid = target.pid
        blocked_at = time.monotonic()
        os.kill(pid, signal.SIGUSR1)
        with pytest.raises(httpx.ReadTimeout):
            health(stack, "fibu-1")
        assert psutil.Process(pid).status() == psutil.STATUS_SLEEPING

        await until(lambda: target.pid not in {None, pid} and target.verdict.state is State.UP)
        assert time.monotonic() - blocked_at < 10
        (hang,) = await events(observatory, Kind.HANG_FOUND)
        assert hang.why["hang"] == "blocked"
        first, last = hang.why["looks"]
        assert first["steps"] == last["steps"]


async def test_a_process_that_is_only_slow_is_not_ended(stack, until):
    stack.add_service("fibu-1")
    stack.start()
    async with observing(stack) as observatory:
        target = await until(is_state(observatory, "fibu-1", State.UP))
        pid = target.pid
        (stack.home / "fibu-1.slow").touch()
        with pytest.raises(httpx.ReadTimeout):
            health(stack, "fibu-1")

        await until(lambda: target.verdict.cause is Cause.SLOW)
        silent_since = target.life.silent_since
        await until(lambda: time.monotonic() - silent_since > 7)  # a deadlock would be ended by now
        assert target.verdict.state is State.SUSPECT
        (stack.home / "fibu-1.slow").unlink()
        await until(lambda: target.verdict.state is State.UP)
        assert target.pid == pid
        assert await events(observatory, Kind.RESTARTED, Kind.HANG_FOUND) == []


async def test_what_the_supervisor_gave_up_is_started_on_the_ladder(stack, until):
    stack.add_service("fibu-1", start_seconds=5)
    (stack.home / "fibu-1.refuse").touch()
    stack.start()
    async with observing(stack) as observatory:
        await until(
            lambda: (t := observatory.roster.find("fibu-1")) and t.verdict.cause is Cause.GAVE_UP,
            seconds=20,
        )
        target = observatory.roster.find("fibu-1")
        assert target.process.phase == "fatal"
        await until(lambda: events(observatory, Kind.RESTARTED), seconds=20)
        (stack.home / "fibu-1.refuse").unlink()
        await until(is_state(observatory, "fibu-1", State.UP), seconds=30)
        assert 1 <= len(target.ladder.failures) <= 4


async def test_a_foreign_process_on_the_port_is_an_impostor_and_nothing_is_restarted(stack, until):
    stack.add_service("fibu-1", start_seconds=5)
    with foreign_server(stack.port("fibu-1")) as stranger:
        stack.start()
        assert owns_port(stranger, stack.port("fibu-1"))
        async with observing(stack) as observatory:
            await until(is_state(observatory, "fibu-1", State.IMPOSTOR))
            await until(
                lambda: observatory.roster.find("fibu-1").process.phase == "fatal", seconds=20
            )
            told = await events(observatory, Kind.STATE_CHANGED)
            change = next(event for event in told if event.after is State.IMPOSTOR)
            assert change.why["owner"]["pid"] == stranger.pid
            snapshot = observatory.live.snapshot()["services"]["fibu"]
            assert [entry["state"] for entry in snapshot] == ["impostor"]
            assert await events(observatory, Kind.RESTARTED) == []

            stranger.kill()
            stranger.wait()
            await until(is_state(observatory, "fibu-1", State.UP), seconds=20)


def owns_port(process, port):
    listening = psutil.Process(process.pid).net_connections("tcp")
    return [each.laddr.port for each in listening] == [port]


@contextmanager
def foreign_server(port):
    """Python's file server: answers 200 to anything that asks for `/`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 10
        while not owns_port(process, port):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


async def test_a_dependency_that_is_down_restarts_nobody(stack, until):
    stack.add("postgres", "/bin/sleep 1000")
    stack.add_service("fibu-1")
    (stack.home / "fibu-1.unready").touch()
    stack.start()
    async with observing(stack) as observatory:
        target = await until(is_state(observatory, "fibu-1", State.SUSPECT))
        assert health(stack, "fibu-1").status_code == 503
        assert target.verdict.cause is Cause.UNREADY
        assert target.verdict.why == {"checks": ["database:responseTime"]}
        pid, seen = target.pid, []
        while len(seen) < 8:  # more probes than any verdict needs
            seen.append(await until(lambda: reading_other_than(target, seen)))
        assert target.pid == pid
        assert target.decision.because is Because.NOT_NEEDED
        assert await events(observatory, Kind.RESTARTED, Kind.HANG_FOUND, Kind.PROCESS_DIED) == []


def reading_other_than(target, seen):
    reading = target.life.reading
    return None if any(reading is known for known in seen) else reading


async def test_a_stopped_server_is_told_to_continue_and_keeps_its_data(stack, until):
    port = stack.catalogue.infrastructure["redis"]
    stack.add("redis", f"{infrastructure.redis_binary()} --port {port} --save '' --bind 127.0.0.1")
    stack.start()
    async with observing(stack) as observatory:
        target = await until(is_state(observatory, "redis", State.UP))
        pid = target.pid
        os.kill(pid, signal.SIGSTOP)
        assert await until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED)
        await until(lambda: events(observatory, Kind.RESUMED))
        await until(is_state(observatory, "redis", State.UP))
        assert psutil.Process(pid).status() != psutil.STATUS_STOPPED
        assert target.pid == pid
        assert await events(observatory, Kind.RESTARTED, Kind.PROCESS_DIED) == []
        assert observatory.watch.budget.spent == ()


async def test_a_person_restarts_an_instance(stack, until):
    stack.add_service("fibu-1")
    stack.start()
    async with observing(stack) as observatory:
        target = await until(is_state(observatory, "fibu-1", State.UP))
        pid = target.pid
        asked_by = {"name": "Erika Mustermann", "user_id": "1"}
        deed = healing.restart_on_request(observatory.watch, target, asked_by)
        await observatory.watch.undertake(target, deed)
        await until(lambda: target.pid not in {None, pid} and target.verdict.state is State.UP)
        (restarted,) = await events(observatory, Kind.RESTARTED)
        assert restarted.why["name"] == "Erika Mustermann"
        assert await events(observatory, Kind.PROCESS_DIED) == []
        assert target.ladder.failures == ()


async def test_a_process_stopped_by_the_operator_is_left_alone(stack, until):
    stack.add_service("fibu-1")
    stack.start()
    async with observing(stack) as observatory:
        target = await until(is_state(observatory, "fibu-1", State.UP))
        await observatory.watch.control._supervisor.stop("fibu-1")
        await until(is_state(observatory, "fibu-1", State.MAINTENANCE))
        assert target.process.pid is None
        with pytest.raises(httpx.ConnectError):
            health(stack, "fibu-1")
        assert target.decision.because is Because.NOT_NEEDED
        assert target.ladder.failures == ()
        await observatory.watch.control.start("fibu-1")
        await until(is_state(observatory, "fibu-1", State.UP))
        assert await events(observatory, Kind.PROCESS_DIED) == []


async def test_the_observer_watches_on_while_its_disk_refuses(stack, until):
    import sqlite3

    stack.add_service("fibu-1")
    stack.start()
    async with observing(stack) as observatory:
        target = await until(is_state(observatory, "fibu-1", State.UP))
        pid = target.pid
        other = sqlite3.connect(observatory.store.path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            os.kill(pid, signal.SIGSTOP)
            await until(lambda: observatory.store.trouble)
            await until(lambda: target.pid not in {None, pid} and target.verdict.state is State.UP)
        finally:
            other.execute("ROLLBACK")
            other.close()
        await until(lambda: events(observatory, Kind.HANG_FOUND))
        assert observatory.store.trouble is None
