"""What the kernel knows about a process, taken down before it is ended: Linux's /proc, psutil."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from valero.observer.verdict import Hang

STATUS_LINES = frozenset({"State", "Threads", "VmRSS", "VmSwap", "SigQ", "voluntary_ctxt_switches"})
LOG_LINES = 30
LOG_BYTES = 64 * 1024


@dataclass(frozen=True)
class Look:
    """One look at a process; `cpu_seconds` and `steps` since its start, `at` monotonic.

    `steps` counts how often its first thread got or gave up a core: an event loop that turns
    makes some each second, one that is stuck makes none.
    """

    at: float
    status: str
    cpu_seconds: float
    steps: int


def look(pid: int, now: float) -> Look | None:
    """The process `pid` at this moment, or None if it is gone (a zombie is gone)."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            status, times = process.status(), process.cpu_times()
            switches = process.num_ctx_switches()
    except psutil.Error:
        return None
    if status in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}:
        return None
    steps = switches.voluntary + switches.involuntary
    return Look(now, status, times.user + times.system, steps)


def diagnose(first: Look | None, last: Look | None) -> Hang | None:
    """What an unresponsive process does, from two looks; None if there is no process.

    Stopped by a signal; without a single step since the first look; or at work, however slowly.
    """
    if last is None:
        return None
    if last.status == psutil.STATUS_STOPPED:
        return Hang.STOPPED
    if last.status in {psutil.STATUS_RUNNING, psutil.STATUS_TRACING_STOP}:
        return Hang.BUSY  # it computes, or would if the machine or a debugger let it
    if first is None or first.at >= last.at:
        return Hang.BUSY
    still = last.steps == first.steps and last.cpu_seconds == first.cpu_seconds
    return Hang.BLOCKED if still else Hang.BUSY


def collect(pid: int, log_file: Path | None, looks: tuple[Look | None, ...]) -> dict[str, Any]:
    """Everything that is lost with the process: its status, what it waits for, its last words."""
    folder = Path("/proc") / str(pid)
    return {
        "pid": pid,
        "status": _status(folder),
        "wchan": _text(folder / "wchan"),
        "syscall": _text(folder / "syscall"),
        "open_files": _open_files(folder),
        "looks": [asdict(each) for each in looks if each is not None],
        "log": last_lines(log_file) if log_file else [],
    }


def last_lines(path: Path, count: int = LOG_LINES) -> list[str]:
    """The last lines of a log file; none if it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - LOG_BYTES, 0))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [line[:400] for line in lines[-count:]]


def port_owner(port: int) -> dict[str, Any] | None:
    """Who listens on `port` of this machine, as far as we may see it."""
    try:
        connections = psutil.net_connections("tcp")
    except (psutil.Error, OSError):
        return None
    for connection in connections:
        listens = connection.status == psutil.CONN_LISTEN
        here = getattr(connection.laddr, "port", None) == port
        if listens and here and connection.pid is not None:
            return _named(connection.pid)
    return None


def _named(pid: int) -> dict[str, Any]:
    try:
        return {"pid": pid, "command": " ".join(psutil.Process(pid).cmdline())[:300]}
    except psutil.Error:
        return {"pid": pid}


def _status(folder: Path) -> dict[str, str]:
    pairs = (line.partition(":") for line in (_text(folder / "status") or "").splitlines())
    return {name: value.strip() for name, _, value in pairs if name in STATUS_LINES}


def _open_files(folder: Path) -> int | None:
    try:
        return len(list((folder / "fd").iterdir()))
    except OSError:
        return None


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "replace").strip()[:4000] or None
    except OSError:
        return None
