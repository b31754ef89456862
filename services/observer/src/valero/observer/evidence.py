"""What the kernel knows about a process, taken down before it is ended: Linux's /proc, psutil."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from valero.observer.remedy import Hang

STATUS_LINES = frozenset({"State", "Threads", "VmRSS", "VmSwap", "SigQ", "voluntary_ctxt_switches"})
LOG_LINES = 30
LOG_BYTES = 64 * 1024
#: less CPU time than this share of the wall clock means that the process is not computing
BUSY_SHARE = 0.3


@dataclass(frozen=True)
class Look:
    """One look at a process; `cpu_seconds` since its start, `at` on the monotonic clock."""

    at: float
    status: str
    cpu_seconds: float


def look(pid: int, now: float) -> Look | None:
    """The process `pid` at this moment, or None if it is gone (a zombie is gone)."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            status, times = process.status(), process.cpu_times()
    except psutil.Error:
        return None
    if status in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}:
        return None
    return Look(now, status, times.user + times.system)


def diagnose(first: Look | None, last: Look | None) -> Hang | None:
    """What an unresponsive process does, from two looks; None if there is no process.

    Stopped by a signal, waiting for something that does not come, or computing without pause.
    """
    if last is None:
        return None
    if last.status in {psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP}:
        return Hang.STOPPED
    if last.status == psutil.STATUS_RUNNING:
        return Hang.BUSY  # it computes, or would if the machine let it
    if first is None or last.at <= first.at:
        return Hang.BLOCKED
    share = (last.cpu_seconds - first.cpu_seconds) / (last.at - first.at)
    return Hang.BUSY if share >= BUSY_SHARE else Hang.BLOCKED


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
