"""`valero status`: every process with its state, port, age, use of the machine, and health."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import psutil
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from valero.cli import health
from valero.cli.health import Answer
from valero.cli.language import number, text
from valero.cli.programs import Program
from valero.cli.screen import duration, megabytes
from valero.kit.processes import Process, Supervisor

CPU_SAMPLE_SECONDS = 0.2
STATES = {
    "RUNNING": ("läuft", "running", "green"),
    "STARTING": ("startet", "starting", "yellow"),
    "BACKOFF": ("startet neu", "restarting", "yellow"),
    "STOPPING": ("stoppt", "stopping", "yellow"),
    "STOPPED": ("gestoppt", "stopped", "dim"),
    "EXITED": ("beendet", "exited", "red"),
    "FATAL": ("ausgefallen", "failed", "red"),
    "UNKNOWN": ("unbekannt", "unknown", "red"),
}
HEALTH = {
    "pass": ("gesund", "healthy", "green"),
    "warn": ("Warnung", "warning", "yellow"),
    "fail": ("gestört", "failing", "red"),
    "silent": ("antwortet nicht", "no answer", "red"),
    "": ("", "", "dim"),
}


@dataclass(frozen=True)
class Row:
    """One process. `memory` is its proportional share (PSS) with all its children, in bytes."""

    name: str
    state: str
    pid: int | None
    ports: tuple[int, ...]
    seconds: float
    cpu_percent: float
    memory: int
    health: str
    problem: str = ""

    @property
    def is_well(self) -> bool:
        """Running and not known to be ill."""
        return self.state == "RUNNING" and self.health in ("pass", "warn", "")

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "memory_pss_bytes": self.memory}


async def look(supervisor: Supervisor, wanted: Sequence[Program]) -> list[Row]:
    """The state of every program now; takes CPU_SAMPLE_SECONDS for the use of the processor."""
    found = {process.name: process for process in await supervisor.status()}
    async with health.client() as http:
        services = {p.name: next(iter(p.ports.values())) for p in wanted if p.service}
        others = {p.name: next(iter(p.ports.values())) for p in wanted if not p.service}
        answers, open_ports, load = await asyncio.gather(
            health.ask_all(http, services),
            asyncio.gather(*(health.accepts(port) for port in others.values())),
            asyncio.to_thread(_load, [p.pid for p in found.values() if p.pid]),
        )
    listening = dict(zip(others, open_ports, strict=True))
    answers |= {
        name: Answer(ready=up, status="pass" if up else "silent") for name, up in listening.items()
    }
    return [_row(program, found.get(program.name), answers, load) for program in wanted]


def table(rows: Sequence[Row]) -> Table:
    """The rows as people read them, with the sum of memory at the end."""
    shown = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim", show_footer=True)
    total = megabytes(sum(row.memory for row in rows))
    shown.add_column(text("Prozess", "Process"), no_wrap=True)
    shown.add_column(text("Zustand", "State"), no_wrap=True)
    shown.add_column("PID", justify="right", style="dim", no_wrap=True)
    shown.add_column("Port", justify="right", no_wrap=True)
    shown.add_column(text("seit", "since"), justify="right", no_wrap=True)
    shown.add_column("CPU", justify="right", no_wrap=True)
    shown.add_column(text("Speicher", "Memory"), justify="right", footer=total, no_wrap=True)
    # the only column that may shrink: the cells themselves do not wrap
    shown.add_column(text("Gesundheit", "Health"))
    for row in rows:
        shown.add_row(
            escape(row.name),
            _word(STATES.get(row.state, STATES["UNKNOWN"])),
            str(row.pid or ""),
            " ".join(map(str, row.ports)),
            duration(row.seconds) if row.pid else "",
            f"{number(row.cpu_percent)} %" if row.pid else "",
            megabytes(row.memory) if row.memory else "",
            _health(row),
        )
    return shown


def plain(rows: Sequence[Row]) -> str:
    """The rows without colours or alignment tricks, for pipes."""
    lines = []
    for row in rows:
        ports = ",".join(map(str, row.ports))
        condition = row.problem or row.health
        memory = megabytes(row.memory)
        lines.append(
            f"{row.name:<14} {row.state:<9} {row.pid or '-':>8} {ports:<10} "
            f"{duration(row.seconds):>10} {memory:>8}  {condition}"
        )
    return "\n".join(lines)


def _word(words: tuple[str, str, str]) -> str:
    german, english, style = words
    return f"[{style}]{text(german, english)}[/]"


def _health(row: Row) -> Text:
    problem = f" [dim]{escape(row.problem)}[/]" if row.problem else ""
    shown = Text.from_markup(_word(HEALTH.get(row.health, HEALTH["silent"])) + problem)
    shown.no_wrap, shown.overflow = True, "ellipsis"
    return shown


def _row(
    program: Program,
    process: Process | None,
    answers: Mapping[str, Answer],
    load: Mapping[int, tuple[float, int]],
) -> Row:
    pid = (process.pid or None) if process else None
    answer = answers[program.name]
    cpu, memory = load.get(pid or 0, (0.0, 0))
    started = process.started_at if process and process.pid else None
    return Row(
        name=program.name,
        state=str(process.state) if process else "STOPPED",
        pid=pid,
        ports=tuple(program.ports.values()),
        seconds=max(0.0, time.time() - started.timestamp()) if started else 0.0,
        cpu_percent=cpu,
        memory=memory,
        health=answer.status if pid else "",
        problem=answer.problem,
    )


def _load(pids: Sequence[int]) -> dict[int, tuple[float, int]]:
    """(CPU per cent, memory) per pid, children counted in."""
    families = {pid: family for pid in pids if (family := _family(pid))}
    before = {pid: _cpu_seconds(family) for pid, family in families.items()}
    started = time.monotonic()
    time.sleep(CPU_SAMPLE_SECONDS)
    elapsed = time.monotonic() - started
    return {
        pid: ((_cpu_seconds(family) - before[pid]) / elapsed * 100, sum(map(memory_of, family)))
        for pid, family in families.items()
    }


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _cpu_seconds(family: Sequence[psutil.Process]) -> float:
    total = 0.0
    for process in family:
        try:
            used = process.cpu_times()
        except psutil.Error:
            continue
        total += used.user + used.system
    return total


def memory_of(process: psutil.Process) -> int:
    """Proportional set size in bytes; where the system has none, the unshared or resident size."""
    try:
        full = process.memory_full_info()
    except psutil.Error:
        return _resident(process)
    return int(getattr(full, "pss", full.uss))


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
