"""Control of processes as the Observer needs it; supervisord on one machine stands behind it.

What a process runs stands in the supervisor's configuration. Nothing here takes a command.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import Protocol

from valero.observer.verdict import Phase


class ControlFailed(Exception):  # noqa: N818
    """The supervisor does not answer or refuses."""


@dataclass(frozen=True)
class Process:
    """One process slot; `started_at` in seconds since 1970, `nonce` as given to the slot."""

    name: str
    phase: Phase
    pid: int | None = None
    started_at: float | None = None
    log_file: Path | None = None
    nonce: str | None = None
    exit_status: int | None = None

    @property
    def alive(self) -> bool:
        """Whether there is a process behind the slot."""
        return self.phase in {Phase.STARTING, Phase.RUNNING, Phase.STOPPING} and bool(self.pid)


class ProcessControl(Protocol):
    """What starts, stops and knows processes. Every method raises ControlFailed."""

    async def processes(self) -> Sequence[Process]:
        """All slots and what is in them."""

    async def start(self, name: str) -> None:
        """Start a slot that is not running; one that runs is left alone."""

    async def restart(self, name: str) -> None:
        """Stop a slot in its own manner, then start it."""

    async def signal(self, name: str, number: Signals) -> None:
        """Send a signal to the process in the slot."""
