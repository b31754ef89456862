"""The Observer's doubts about itself and its machine: who is late may be we, or everybody.

On an overloaded machine every process answers late. Ending healthy ones would make it worse.
"""

import asyncio
import os
import time
from collections import deque
from pathlib import Path

TICK_SECONDS = 0.2
REMEMBERED_SECONDS = 10.0
LOAD_FILE = Path("/proc/loadavg")


class Machine:
    """Watches how late our own event loop is, and how many processes wait for a core."""

    def __init__(self) -> None:
        count = int(REMEMBERED_SECONDS / TICK_SECONDS)
        self._lags: deque[tuple[float, float]] = deque(maxlen=count)
        self._pressures: deque[float] = deque([1.0], maxlen=count)
        self._due: float | None = None

    async def run(self) -> None:
        """Measure for ever; the owner cancels it."""
        while True:
            self._due = time.monotonic() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            now = time.monotonic()
            self._lags.append((now, now - self._due))
            self._pressures.append(waiting_per_core())

    def lag_since(self, instant: float) -> float:
        """How late our loop was at worst since `instant` (monotonic), the present included."""
        late_now = time.monotonic() - self._due if self._due is not None else 0.0
        return max([late_now, *(lag for at, lag in self._lags if at >= instant)])

    @property
    def pressure(self) -> float:
        """How many times longer things take than on an idle machine, lately; at least 1."""
        return max(self._pressures)


def waiting_per_core() -> float:
    """Processes that run or wait to run, per core: over the last minute or now, at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(_waiting() / (cores or 1), 1.0)


def _waiting() -> float:
    try:
        fields = LOAD_FILE.read_text("ascii").split()
        return max(float(fields[0]), float(fields[3].partition("/")[0]))
    except (OSError, ValueError, IndexError):
        return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
