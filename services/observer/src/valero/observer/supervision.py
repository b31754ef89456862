"""ProcessControl on one machine: kit's client of supervisord, and what the launcher noted."""

import asyncio
import json
from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from signal import Signals
from typing import TypeVar

from valero.kit import processes as kit
from valero.observer.processes import ControlFailed, Process
from valero.observer.verdict import Phase

T = TypeVar("T")

STATUS_SECONDS = 2.0
ACTION_SECONDS = 30.0

PHASES: Mapping[kit.State, Phase] = {
    kit.State.STOPPED: Phase.STOPPED,
    kit.State.STARTING: Phase.STARTING,
    kit.State.RUNNING: Phase.RUNNING,
    kit.State.BACKOFF: Phase.BACKOFF,
    kit.State.STOPPING: Phase.STOPPING,
    kit.State.EXITED: Phase.EXITED,
    kit.State.FATAL: Phase.FATAL,
    kit.State.UNKNOWN: Phase.EXITED,
}


class SupervisorControl:
    """The supervisord of the stack whose files are below `home` ($VALERO_HOME)."""

    def __init__(self, home: Path) -> None:
        self._supervisor = kit.Supervisor(home / "run" / "supervisor.sock")
        self._logs = home / "logs"
        self._notes = home / "run" / "stack.json"
        self._nonces: Mapping[str, str] = {}
        self._read_at: int | None = None

    async def processes(self) -> Sequence[Process]:
        """All slots. Raises ControlFailed."""
        listed = await _within(STATUS_SECONDS, self._supervisor.status())
        nonces = await asyncio.to_thread(self._read_nonces)
        return [self._process(each, nonces) for each in listed]

    async def start(self, name: str) -> None:
        """Start a slot without waiting for it. Raises ControlFailed."""
        await _within(ACTION_SECONDS, self._supervisor.start(name, wait=False))

    async def restart(self, name: str) -> None:
        """Stop, wait for the end, start. Raises ControlFailed."""
        await _within(ACTION_SECONDS, self._supervisor.restart(name, wait=False))

    async def signal(self, name: str, number: Signals) -> None:
        """Send a signal. Raises ControlFailed, also if nothing runs in the slot."""
        await _within(STATUS_SECONDS, self._supervisor.signal(name, number.name[3:]))

    def _process(self, each: kit.Process, nonces: Mapping[str, str]) -> Process:
        phase = PHASES[each.state]
        if phase is Phase.STOPPED and each.started_at is None:
            phase = Phase.NEVER_STARTED
        return Process(
            name=each.name,
            phase=phase,
            pid=each.pid or None,
            started_at=each.started_at.timestamp() if each.started_at else None,
            log_file=self._logs / f"{each.name}.log",
            nonce=nonces.get(each.name),
            exit_status=each.exit_status,
        )

    def _read_nonces(self) -> Mapping[str, str]:
        """The nonces that the launcher gave to the slots; the last known if unreadable."""
        try:
            changed_at = self._notes.stat().st_mtime_ns
            if changed_at != self._read_at:
                notes = json.loads(self._notes.read_text("utf-8"))
                self._nonces = {str(k): str(v) for k, v in notes.get("nonces", {}).items()}
                self._read_at = changed_at
        except (OSError, ValueError, AttributeError):
            return self._nonces
        return self._nonces


async def _within(seconds: float, call: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError as error:
        raise ControlFailed(f"supervisord did not answer within {seconds:g} s") from error
    except (kit.SupervisorAway, kit.ProcessRefused) as error:
        raise ControlFailed(str(error) or type(error).__name__) from error
