"""What people see: steps while something is being done, and the same as JSON for programs."""

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from valero.cli.failure import Failure
from valero.cli.language import number, text, typed

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

TITLE_WIDTH = 46


class Step(Protocol):
    """One thing being done; `detail` says how far it is, or how it ended."""

    def detail(self, words: str) -> None:
        """Replace what stands beside the title."""


class Reporter(Protocol):
    """Where a command tells what it does."""

    def step(self, title: str) -> contextlib.AbstractContextManager[Step]:
        """Show one step from its beginning to its end."""

    def note(self, event: str, words: str, /, **facts: Any) -> None:
        """Say something to be aware of; `event` and `facts` are for programs."""

    def done(self, event: str, words: str, /, **facts: Any) -> None:
        """Say that something was done."""


class TerminalReporter:
    """A turning line for the step under way, a ticked one for each that is done."""

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Step]:
        started = time.monotonic()
        with out.status(escape(title), spinner="dots") as status:
            line = _Turning(status, title)
            try:
                yield line
            except BaseException:
                out.print(f"  [red]✗[/] {escape(title)}")
                raise
        out.print(_done(title, line.words, time.monotonic() - started))

    def note(self, _event: str, words: str, /, **_facts: Any) -> None:
        out.print(f"  [yellow]![/] {escape(words)}")

    def done(self, _event: str, words: str, /, **_facts: Any) -> None:
        out.print(f"  [green]✓[/] {escape(words)}")


class PlainReporter:
    """One line at the end of each step: for logs and pipes."""

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Step]:
        started = time.monotonic()
        line = _Collected()
        try:
            yield line
        except BaseException:
            print(f"  ✗ {title}", flush=True)
            raise
        print(_plain_done(title, line.words, time.monotonic() - started), flush=True)

    def note(self, _event: str, words: str, /, **_facts: Any) -> None:
        print(f"  ! {words}", flush=True)

    def done(self, _event: str, words: str, /, **_facts: Any) -> None:
        print(f"  ✓ {words}", flush=True)


class JsonReporter:
    """One JSON object per line; keys are English and stable."""

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Step]:
        started = time.monotonic()
        line = _Collected()
        yield line
        seconds = round(time.monotonic() - started, 3)
        print_json({"event": "step", "title": title, "detail": line.words, "seconds": seconds})

    def note(self, event: str, words: str, /, **facts: Any) -> None:
        print_json({"event": event, "message": words, **facts})

    done = note


def reporter(*, as_json: bool) -> Reporter:
    """The reporter that suits this terminal."""
    if as_json:
        return JsonReporter()
    return TerminalReporter() if out.is_terminal else PlainReporter()


def print_json(document: object) -> None:
    """One document on one line of standard output."""
    print(json.dumps(document, ensure_ascii=False, default=str), flush=True)


def print_failure(failure: Failure, *, as_json: bool) -> None:
    """Say what happened and what to do next, on standard error; as JSON on standard output."""
    if as_json:
        print_json(failure.as_json())
        return
    err.print(f"\n[bold red]✗[/] {escape(failure.message)}")
    if failure.remedy:
        err.print(f"  [bold]→[/] {escape(typed(failure.remedy))}")


def duration(seconds: float) -> str:
    """A length of time in one or two units: `4 s`, `3 min`, `2 h 05 min`, `6 d 3 h`."""
    whole = int(seconds)
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if whole < 60:
        return f"{whole} s"
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} h {minutes % 60:02d} min"
    return f"{days} {text('T', 'd')} {hours % 24} h"


def megabytes(value: int) -> str:
    """Bytes as MB (2^20), without decimals."""
    return f"{number(value / 1024**2)} MB"


def is_interactive() -> bool:
    """Whether somebody watches standard output in a terminal."""
    return out.is_terminal and sys.stdout.isatty()


class _Turning:
    def __init__(self, status: Status, title: str) -> None:
        self.status = status
        self.title = title
        self.words = ""

    def detail(self, words: str) -> None:
        self.words = words
        self.status.update(f"{escape(self.title)}  [dim]{escape(words)}[/]")


class _Collected:
    def __init__(self) -> None:
        self.words = ""

    def detail(self, words: str) -> None:
        self.words = words


def _done(title: str, words: str, seconds: float) -> str:
    beside = f"  [dim]{escape(words)}[/]" if words else ""
    timed = f"[dim]{number(seconds, 1):>6} s[/]"
    return f"  [green]✓[/] {escape(title):<{TITLE_WIDTH}} {timed}{beside}"


def _plain_done(title: str, words: str, seconds: float) -> str:
    return f"  ✓ {title:<{TITLE_WIDTH}} {number(seconds, 1):>6} s  {words}".rstrip()
