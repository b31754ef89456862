"""`valero up`: the foreground life of a stack, from the first line to Ctrl-C."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.text import Text

from valero.cli import logs, screen, stack, status, supervision
from valero.cli.failure import Failure
from valero.cli.home import Home
from valero.cli.language import number, text, typed
from valero.cli.programs import Stack
from valero.cli.screen import out
from valero.cli.stack import Running
from valero.kit.processes import Process, Supervisor, SupervisorAway

REFRESH_SECONDS = 3.0
LOG_LINES_OF_A_FAILURE = 8
INTERRUPTED, TROUBLED = 130, 3


@dataclass(frozen=True)
class Manner:
    """How `up` behaves: in the background, as JSON."""

    detached: bool = False
    as_json: bool = False


async def up(wanted: Stack, manner: Manner) -> int:
    """Start, then stay until stopped. Exit code: 0, TROUBLED if not all is healthy, INTERRUPTED."""
    reporter = screen.reporter(as_json=manner.as_json)
    started = time.monotonic()
    stopping = asyncio.Event()
    starting = asyncio.create_task(stack.start(wanted, reporter, detached=manner.detached))
    _listen(stopping, starting, wanted.home)
    _title(wanted, manner)
    try:
        running = await starting
    except (asyncio.CancelledError, Failure):
        await asyncio.sleep(0)  # a Ctrl-C that made a child of ours fail is heard only now
        if not stopping.is_set():
            raise
        reporter.note("interrupted", text("Abgebrochen, alles beendet.", "Interrupted, all ended."))
        return INTERRUPTED
    announce(running, time.monotonic() - started, manner)
    if manner.detached:
        return TROUBLED if running.troubled else 0
    crashed = await _stay(running, stopping, manner)
    with reporter.step(text("Beenden", "Stop")):
        await stack.stop(wanted.home, running.process)
    if crashed:
        reporter.note(
            "supervisor_died",
            text(
                f"supervisord wurde von außen beendet, siehe {wanted.home.supervisor_log}",
                f"supervisord was ended from outside, see {wanted.home.supervisor_log}",
            ),
        )
    return 1 if crashed else 0


async def join(home: Home, root: Path, only: Sequence[str], manner: Manner) -> int:
    """A second `up` on a home that runs: say what runs, and start what was asked for besides."""
    known = stack.described(home, root)
    wanted = stack.described(home, root, and_also=only or known.catalogue.services)
    reporter = screen.reporter(as_json=manner.as_json)
    more = {entry.name for entry in wanted.services} - {entry.name for entry in known.services}
    running = Running(known, Supervisor(home.socket))
    if more:
        running = await stack.change(wanted, reporter)
    rows = await status.look(running.supervisor, stack.all_programs(running.stack))
    if manner.as_json:
        document = addresses(running) | {"processes": [row.as_json() for row in rows]}
        screen.print_json({"event": "already_running", **document})
        return 0
    words = text("VALERO NeuroERP läuft bereits", "VALERO NeuroERP is already running")
    pid = supervision.find_pid(home)
    out.print(f"\n[bold]{words}[/]  [dim]{escape(str(home.path))}, supervisord PID {pid}[/]\n")
    out.print(status.table(rows) if out.is_terminal else status.plain(rows))
    out.print(_addresses(running))
    out.print(f"  {text('Beenden', 'Stop'):<14}{typed('valero down')}\n")
    return 0


def announce(running: Running, seconds: float, manner: Manner) -> None:
    """Where everything is, how to sign in, and what is not well."""
    if manner.as_json:
        screen.print_json({"event": "ready", "seconds": round(seconds, 2), **addresses(running)})
        return
    for name in running.troubled:
        _show_trouble(running.stack.home, name)
    timed = number(seconds, 1)
    if running.troubled:
        words = text("läuft, aber nicht alles ist bereit", "runs, but not all of it is ready")
        out.print(f"\n[bold yellow]! VALERO NeuroERP {words}[/] [dim]{timed} s[/]")
    else:
        ready = text(f"läuft, bereit nach {timed} s", f"runs, ready after {timed} s")
        out.print(f"\n[bold green]✓ VALERO NeuroERP {ready}[/]")
    out.print(_addresses(running))
    ending = typed("valero down") if manner.detached else text("Strg-C", "Ctrl-C")
    out.print(f"  {text('Beenden', 'Stop'):<14}{ending}\n")


def addresses(running: Running) -> dict[str, Any]:
    """What a program wants to know of a running stack."""
    home, found = running.stack.home, running.stack.catalogue
    return {
        "ui": f"http://localhost:{found.edge['ui']}" if running.stack.has_edge else None,
        "api": f"http://localhost:{found.edge['api']}" if running.stack.has_edge else None,
        "services": {
            name: f"http://127.0.0.1:{entry.port_of(number)}"
            for name, entry, number in running.stack.instances()
        },
        "home": str(home.path),
        "logs": str(home.logs),
        "offset": running.stack.offset,
        "first_sign_in": _first_sign_in(home),
        "troubled": running.troubled,
    }


# --- private --------------------------------------------------------------------------------------


def _title(wanted: Stack, manner: Manner) -> None:
    if not manner.as_json:
        words = text("VALERO NeuroERP startet", "VALERO NeuroERP is starting")
        out.print(f"\n[bold]{words}[/]  [dim]{escape(str(wanted.home.path))}[/]")


def _listen(stopping: asyncio.Event, starting: asyncio.Task[Running], home: Home) -> None:
    """Ctrl-C, `kill` and a closed terminal end the stack; a second time ends it at once."""

    def end() -> None:
        if stopping.is_set():
            pid = supervision.find_pid(home)
            supervision.kill(pid)
        stopping.set()
        starting.cancel()

    def hang_up() -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        end()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, end)
    loop.add_signal_handler(signal.SIGTERM, end)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        loop.add_signal_handler(signal.SIGHUP, hang_up)


async def _stay(running: Running, stopping: asyncio.Event, manner: Manner) -> bool:
    """Show what happens until stopped; True if supervisord ended without being asked."""
    watching = _watch_in_terminal if screen.is_interactive() and not manner.as_json else _watch
    watcher = asyncio.create_task(watching(running, manner))
    stopped = asyncio.create_task(stopping.wait())
    await asyncio.wait({watcher, stopped}, return_when=asyncio.FIRST_COMPLETED)
    crashed = not stopping.is_set()
    for task in (watcher, stopped):
        task.cancel()
    await asyncio.gather(watcher, stopped, return_exceptions=True)
    return crashed


async def _watch_in_terminal(running: Running, _manner: Manner) -> None:
    """A table that is renewed in place until supervisord is gone."""
    with Live(console=out, auto_refresh=False, transient=False) as live:
        while _is_alive(running):
            try:
                wanted = stack.all_programs(stack.described(running.stack.home, running.stack.root))
                rows = await status.look(running.supervisor, wanted)
            except SupervisorAway:
                return
            stamp = Text(time.strftime("%H:%M:%S"), style="dim")
            live.update(Group(status.table(rows), stamp), refresh=True)
            await asyncio.sleep(REFRESH_SECONDS)


async def _watch(running: Running, manner: Manner) -> None:
    """One line for each change of a process until supervisord is gone."""
    reporter = screen.reporter(as_json=manner.as_json)
    before: dict[str, Process] = {}
    while _is_alive(running):
        try:
            now = {process.name: process for process in await running.supervisor.status()}
        except SupervisorAway:
            return
        for name, process in now.items():
            known = before.get(name)
            if known and (known.state, known.pid) != (process.state, process.pid):
                words = f"{name}: {process.state}" + (f", PID {process.pid}" if process.pid else "")
                facts = {"process": name, "state": str(process.state), "pid": process.pid or None}
                reporter.note("process", words, **facts)
        before = now
        await asyncio.sleep(1)


def _is_alive(running: Running) -> bool:
    return running.process is None or running.process.poll() is None


def _addresses(running: Running) -> str:
    """The addresses as lines for people."""
    found = addresses(running)
    lines = [""]
    if found["ui"]:
        lines += [
            f"  {text('Oberfläche', 'Interface'):<14}[bold]{found['ui']}[/]",
            f"  {'API':<14}{found['api']}",
        ]
    else:
        lines += [f"  {name:<14}{url}" for name, url in found["services"].items()]
    lines += _sign_in_lines(running.stack.home)
    lines.append(
        f"  {text('Protokolle', 'Logs'):<14}{escape(found['logs'])}  ({typed('valero logs -f')})"
    )
    return "\n".join(lines)


def _sign_in_lines(home: Home) -> list[str]:
    """The one-time password, until it was changed: auth removes the file then."""
    first = _first_sign_in(home)
    if not first:
        return []
    once = text("Einmalkennwort", "one-time password")
    email, password = escape(str(first.get("email", ""))), escape(str(first.get("password", "")))
    return [
        f"  {text('Anmelden', 'Sign in'):<14}[bold]{email}[/]  {once} [bold]{password}[/]",
    ]


def _first_sign_in(home: Home) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(home.first_sign_in.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return None
    return found


def _show_trouble(home: Home, name: str) -> None:
    """What a process said last."""
    words = text(f"{name} ist nicht bereit", f"{name} is not ready")
    out.print(f"  [red]✗[/] {words}  [dim]{typed(f'valero logs {name}')}[/]")
    path = home.log_of(name)
    if path.exists():
        for raw in logs.tail(path, LOG_LINES_OF_A_FAILURE):
            out.print(f"      [dim]{escape(logs.Line(name, raw).readable()[:300])}[/]")
