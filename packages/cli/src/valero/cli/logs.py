"""`valero logs`: what the processes print, merged and readable; the files stay as they are.

Services write one JSON object per line; it is shown as time, level, event and fields. Everything
else (PostgreSQL, Redis, Envoy, tracebacks) is shown as it is.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from valero.cli.failure import Failure
from valero.cli.home import Home
from valero.cli.language import text

LEVELS = {"debug": "dim", "info": "", "warning": "yellow", "error": "red", "critical": "bold red"}
OWN_COLUMNS = frozenset(
    {"time", "level", "event", "service", "instance", "logger", "color_message"}
)
REQUEST = frozenset({"method", "path", "status", "milliseconds"})
LONGEST_READ = 256 * 1024
POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Line:
    """One line of a log and the process it came from."""

    process: str
    raw: str

    def parsed(self) -> dict[str, object] | None:
        """The fields of a structured line, of a service or of Envoy; None for any other."""
        if not self.raw.startswith("{"):
            return None
        try:
            fields = json.loads(self.raw)
        except json.JSONDecodeError:
            return None
        known = isinstance(fields, dict) and ("event" in fields or fields.keys() >= REQUEST)
        return fields if known else None

    @property
    def level(self) -> str:
        """`info` where a line has none."""
        return str((self.parsed() or {}).get("level", "info")).lower()

    def readable(self) -> str:
        """Time, level, event, fields; any other line as it is."""
        fields = self.parsed()
        if fields is None:
            return self.raw
        clock = _local_time(str(fields.get("time", "")))
        if "event" not in fields:
            request = " ".join(str(fields[name]) for name in ("status", "method", "path"))
            return f"{clock} {request} {fields['milliseconds']} ms"
        rest = " ".join(f"{k}={v}" for k, v in fields.items() if k not in OWN_COLUMNS)
        return f"{clock} {self.level:<8}{fields['event']} {rest}".rstrip()


def _local_time(instant: str) -> str:
    try:
        return f"{datetime.fromisoformat(instant).astimezone():%H:%M:%S}"
    except ValueError:
        return instant


def files(home: Home, names: Sequence[str]) -> dict[str, Path]:
    """The log of each process; `fibu` stands for all its instances. Raises Failure."""
    there = {path.stem: path for path in sorted(home.logs.glob("*.log"))}
    if not there:
        raise Failure(
            "no_logs",
            text(f"Noch keine Protokolle in {home.logs}.", f"No logs in {home.logs} yet."),
            "valero up",
        )
    if not names:
        return there
    found: dict[str, Path] = {}
    for name in names:
        matching = {p: f for p, f in there.items() if p == name or p.rpartition("-")[0] == name}
        if not matching:
            raise Failure(
                "unknown_process",
                text(f"Kein Protokoll für {name}.", f"No log of {name}."),
                text("Es gibt: ", "There are: ") + ", ".join(there),
            )
        found |= matching
    return found


def tail(path: Path, count: int) -> list[str]:
    """The last `count` lines, reading at most LONGEST_READ bytes."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - LONGEST_READ))
        lines = file.read().decode(errors="replace").splitlines()
    return lines[-count:] if count else []


def last_lines(chosen: dict[str, Path], count: int) -> Iterator[Line]:
    """The end of each log, one process after the other."""
    for process, path in chosen.items():
        for raw in tail(path, count):
            yield Line(process, raw)


def follow(chosen: dict[str, Path], pause: Callable[[float], None] = time.sleep) -> Iterator[Line]:
    """New lines for ever, as they are written; survives rotation of a file."""
    places = {process: path.stat().st_size for process, path in chosen.items()}
    halves = dict.fromkeys(chosen, b"")
    while True:
        for process, path in chosen.items():
            content, places[process] = _read_from(path, places[process])
            *lines, halves[process] = (halves[process] + content).split(b"\n")
            for raw in lines:
                yield Line(process, raw.decode(errors="replace"))
        pause(POLL_SECONDS)


def _read_from(path: Path, place: int) -> tuple[bytes, int]:
    """What was appended since `place`; from the beginning where the file became shorter."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(place if size >= place else 0)
            content = file.read()
            return content, file.tell()
    except FileNotFoundError:
        return b"", 0
