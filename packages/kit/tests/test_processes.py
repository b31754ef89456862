"""A real supervisord, asked and ordered about over its socket."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from valero.kit import processes
from valero.kit.processes import ProcessRefused, State, Supervisor, SupervisorAway

SLEEPER = f"{sys.executable} -c 'import time; print(\"awake\", flush=True); time.sleep(600)'"
CRASHER = f"{sys.executable} -c 'raise SystemExit(3)'"


async def eventually(check: Callable[[], Awaitable[Any]], seconds: float = 20.0) -> Any:
    """The first true answer of `check`."""
    async with asyncio.timeout(seconds):
        while not (answer := await check()):  # noqa: ASYNC110 - looks from outside
            await asyncio.sleep(0.02)
    return answer


def program(name: str, command: str, **options: str) -> str:
    chosen = {"command": command, "autostart": "false", "autorestart": "false", "startsecs": "0"}
    lines = [f"{key}={value}" for key, value in (chosen | options).items()]
    return "\n".join([f"[program:{name}]", *lines])


class Site:
    """A folder with a configuration that tests change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "s.sock"
        self.configuration = folder / "supervisord.conf"

    def write(self, *programs: str) -> None:
        user = f"user={os.environ.get('USER', 'root')}" if os.geteuid() == 0 else ""
        head = f"""
[supervisord]
nodaemon=true
logfile={self.folder}/log
pidfile={self.folder}/pid
childlogdir={self.folder}
{user}
[unix_http_server]
file={self.socket}
chmod=0700
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
        self.configuration.write_text("\n".join([head, *programs, ""]), "utf8")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A running supervisord with two programs; its path is short, as sockets demand."""
    with tempfile.TemporaryDirectory(prefix="vs-") as name:
        site = Site(Path(name))
        site.write(
            program("fibu-1", SLEEPER),
            program("crash-1", CRASHER, autorestart="unexpected", startsecs="1", startretries="1"),
        )
        process = subprocess.Popen(  # noqa: ASYNC220 - it lives as long as the test
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(site.configuration)],
            stdout=subprocess.DEVNULL,
        )

        async def up() -> bool:
            try:
                await Supervisor(site.socket).status()
            except SupervisorAway:
                return False
            return True

        try:
            await eventually(up)
            yield site
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, 30)


@pytest.fixture
def supervisor(site: Site) -> Supervisor:
    return Supervisor(site.socket)


async def test_a_process_is_started_seen_and_stopped(supervisor: Supervisor) -> None:
    stopped = await supervisor.find("fibu-1")
    assert stopped is not None
    assert (stopped.state, stopped.pid, stopped.running) == (State.STOPPED, 0, False)
    await supervisor.start("fibu-1")
    running = await supervisor.find("fibu-1")
    assert running is not None
    assert running.state is State.RUNNING
    assert running.running
    assert running.started_at is not None
    os.kill(running.pid, 0)
    await supervisor.stop("fibu-1")
    ended = await supervisor.find("fibu-1")
    assert ended is not None
    assert ended.state is State.STOPPED
    assert ended.stopped_at is not None
    with pytest.raises(ProcessLookupError):
        os.kill(running.pid, 0)


async def test_starting_and_stopping_twice_is_fine(supervisor: Supervisor) -> None:
    await supervisor.start("fibu-1")
    await supervisor.start("fibu-1")
    await supervisor.stop("fibu-1")
    await supervisor.stop("fibu-1")


async def test_a_restart_gives_a_new_process(supervisor: Supervisor) -> None:
    await supervisor.start("fibu-1")
    before = await supervisor.find("fibu-1")
    await supervisor.restart("fibu-1")
    after = await supervisor.find("fibu-1")
    assert before is not None
    assert after is not None
    assert after.state is State.RUNNING
    assert before.pid != after.pid


async def test_a_signal_arrives(supervisor: Supervisor) -> None:
    await supervisor.start("fibu-1")
    await supervisor.signal("fibu-1", signal.SIGTERM.name.removeprefix("SIG"))

    async def gone() -> bool:
        found = await supervisor.find("fibu-1")
        return found is not None and found.state is not State.RUNNING

    await eventually(gone)


async def test_a_program_that_ends_at_once_is_reported(supervisor: Supervisor) -> None:
    with pytest.raises(ProcessRefused):
        await supervisor.start("crash-1")

    async def ended() -> bool:
        found = await supervisor.find("crash-1")
        return found is not None and found.state is State.FATAL

    await eventually(ended)
    found = await supervisor.find("crash-1")
    assert found is not None
    assert "too quickly" in found.problem


async def test_an_unknown_name_is_refused(supervisor: Supervisor) -> None:
    assert await supervisor.find("nobody-1") is None
    with pytest.raises(ProcessRefused) as refused:
        await supervisor.start("nobody-1")
    assert refused.value.code == processes.BAD_NAME


async def test_what_changes_in_the_file_changes_in_the_world(
    site: Site, supervisor: Supervisor
) -> None:
    await supervisor.start("fibu-1")
    site.write(
        program("fibu-1", SLEEPER, stopwaitsecs="7"), program("fibu-2", SLEEPER, autostart="true")
    )
    assert await supervisor.reread() == processes.Changes(
        added=("fibu-2",), changed=("fibu-1",), removed=("crash-1",)
    )
    assert [one.name for one in await supervisor.status()] == ["crash-1", "fibu-1"]
    await supervisor.update()
    states = {one.name: one.state for one in await supervisor.status()}
    assert set(states) == {"fibu-1", "fibu-2"}
    assert states["fibu-2"] in {State.STARTING, State.RUNNING}
    await supervisor.remove("fibu-2")
    await supervisor.remove("fibu-2")
    assert await supervisor.find("fibu-2") is None


async def test_the_end_of_the_output_can_be_read(supervisor: Supervisor) -> None:
    await supervisor.start("fibu-1")

    async def spoke() -> bool:
        return await supervisor.tail("fibu-1") == "awake\n"

    await eventually(spoke)
    assert await supervisor.tail("fibu-1", length=3) == "ke\n"


async def test_questions_do_not_hold_up_the_event_loop(supervisor: Supervisor) -> None:
    """crash-1 keeps its starter waiting for its startsecs."""
    waiting = asyncio.create_task(supervisor.start("crash-1"))
    async with asyncio.timeout(0.9):
        await asyncio.sleep(0.05)
        assert len(await supervisor.status()) == 2
    with pytest.raises(ProcessRefused):
        await waiting


async def test_nobody_on_the_socket_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SupervisorAway, match="nobody"):
        await Supervisor(tmp_path / "nobody.sock").status()


async def test_a_shutdown_takes_everybody_along(site: Site, supervisor: Supervisor) -> None:
    await supervisor.start("fibu-1")
    running = await supervisor.find("fibu-1")
    assert running is not None
    await supervisor.shutdown()

    async def gone() -> bool:
        try:
            os.kill(running.pid, 0)
        except ProcessLookupError:
            return True
        return False

    await eventually(gone)
