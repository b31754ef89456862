"""The processes of this installation, through supervisord's XML-RPC on a unix socket.

Asynchronous, one short-lived connection per question. Names are those of supervisord:
`fibu-1`, or `group:name` for a process in a group of another name.
"""

import xmlrpc.client
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx

ANSWER_SECONDS = 10.0
WAIT_SECONDS = 60.0
TAIL_BYTES = 64 * 1024


class State(StrEnum):
    """supervisord's states of a process."""

    STOPPED = "STOPPED"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    BACKOFF = "BACKOFF"
    STOPPING = "STOPPING"
    EXITED = "EXITED"
    FATAL = "FATAL"
    UNKNOWN = "UNKNOWN"


class SupervisorAway(ConnectionError):  # noqa: N818
    """supervisord does not answer on its socket."""


class ProcessRefused(RuntimeError):  # noqa: N818
    """supervisord refused; `code` is its fault (xmlrpc.Faults), e.g. 10 BAD_NAME."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


BAD_NAME = 10
ALREADY_STARTED = 60
NOT_RUNNING = 70
ALREADY_ADDED = 90
STILL_RUNNING = 91


@dataclass(frozen=True)
class Process:
    """One process as supervisord sees it; `pid` is 0 when it does not run."""

    name: str
    group: str
    state: State
    pid: int
    started_at: datetime | None
    stopped_at: datetime | None
    exit_status: int
    problem: str

    @property
    def running(self) -> bool:
        """Whether a process exists, be it still starting or already stopping."""
        return self.state in {State.STARTING, State.RUNNING, State.STOPPING}


@dataclass(frozen=True)
class Changes:
    """Groups in which the configuration file differs from what runs."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


class Supervisor:
    """A client of the supervisord that listens on `socket`."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket

    async def status(self) -> list[Process]:
        """All processes. Raises SupervisorAway, as every method does."""
        return [_process(entry) for entry in await self._call("supervisor.getAllProcessInfo")]

    async def find(self, name: str) -> Process | None:
        """One process, None if there is no such."""
        try:
            return _process(await self._call("supervisor.getProcessInfo", name))
        except ProcessRefused as refusal:
            if refusal.code == BAD_NAME:
                return None
            raise

    async def start(self, name: str, *, wait: bool = True) -> None:
        """Start; with `wait` return when it has stayed up for its startsecs.

        Raises ProcessRefused, among others if it ended at once. Running already is fine.
        """
        await self._call("supervisor.startProcess", name, wait, accept=ALREADY_STARTED)

    async def stop(self, name: str, *, wait: bool = True) -> None:
        """Stop with the configured signal, then by force. Stopped already is fine."""
        await self._call("supervisor.stopProcess", name, wait, accept=NOT_RUNNING)

    async def restart(self, name: str, *, wait: bool = True) -> None:
        """Stop, then start."""
        await self.stop(name)
        await self.start(name, wait=wait)

    async def signal(self, name: str, signal: str) -> None:
        """Send a signal, e.g. `HUP`. Raises ProcessRefused if it does not run."""
        await self._call("supervisor.signalProcess", name, signal)

    async def reread(self) -> Changes:
        """Read the configuration files again, changing nothing yet."""
        (added, changed, removed), *_ = await self._call("supervisor.reloadConfig")
        return Changes(tuple(added), tuple(changed), tuple(removed))

    async def add(self, group: str) -> None:
        """Take over a group from the configuration; starts what has autostart."""
        await self._call("supervisor.addProcessGroup", group, accept=ALREADY_ADDED)

    async def remove(self, group: str) -> None:
        """Stop the processes of a group and forget it. An unknown group is fine."""
        try:
            await self._call("supervisor.stopProcessGroup", group, True)
            await self._call("supervisor.removeProcessGroup", group)
        except ProcessRefused as refusal:
            if refusal.code != BAD_NAME:
                raise

    async def update(self) -> Changes:
        """Make what runs agree with the configuration files."""
        changes = await self.reread()
        for group in (*changes.removed, *changes.changed):
            await self.remove(group)
        for group in (*changes.added, *changes.changed):
            await self.add(group)
        return changes

    async def tail(self, name: str, *, length: int = TAIL_BYTES) -> str:
        """The end of what the process wrote to standard output, at most `length` bytes."""
        answer = await self._call("supervisor.tailProcessStdoutLog", name, 0, length)
        return str(answer[0])

    async def shutdown(self) -> None:
        """Stop all processes and supervisord itself."""
        await self._call("supervisor.shutdown")

    async def _call(self, method: str, *arguments: Any, accept: int | None = None) -> Any:
        """One call; the fault `accept` counts as success."""
        # plain HTTP on a socket: loading the certificates of the world would take 50 ms each time
        transport = httpx.AsyncHTTPTransport(uds=str(self.socket), verify=False)
        timeout = httpx.Timeout(ANSWER_SECONDS, read=WAIT_SECONDS)
        try:
            async with httpx.AsyncClient(transport=transport, timeout=timeout) as client:
                response = await client.post(
                    "http://supervisor/RPC2",
                    content=xmlrpc.client.dumps(arguments, method),
                    headers={"Content-Type": "text/xml"},
                )
                response.raise_for_status()
            values, _method = xmlrpc.client.loads(response.content)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == accept:
                return None
            raise ProcessRefused(fault.faultCode, fault.faultString) from fault
        except (httpx.HTTPError, xmlrpc.client.Error, OSError) as error:
            raise SupervisorAway(f"{self.socket}: {type(error).__name__} {error}") from error
        return values[0]


def _process(entry: Any) -> Process:
    return Process(
        name=entry["name"],
        group=entry["group"],
        state=State(entry["statename"]),
        pid=entry["pid"],
        started_at=_instant(entry["start"]),
        stopped_at=_instant(entry["stop"]),
        exit_status=entry["exitstatus"],
        problem=entry["spawnerr"],
    )


def _instant(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
