"""`valero check`: judge files from outside without a running stack.

Services bring their own checkers; the first that knows a file's kind takes it.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

from rich.markup import escape

from valero.cli import screen
from valero.cli.language import is_english, text
from valero.cli.screen import out

UNREADABLE: Final = 2
MOST_BYTES: Final = 100 * 1024 * 1024

CHECKERS: Final = ("valero.beleg.check",)
"""Modules with `check(data, filename)`, whose report has `as_json()`; one with
`recognises(data)` takes only what it knows. The last one takes everything.
"""
SHOWN: Final = ("BT-1", "BT-2", "BT-27", "BT-44", "BT-109", "BT-110", "BT-112", "BT-115")


def check(paths: Sequence[Path], *, as_json: bool) -> int:
    """Print the reports; the worst exit code of all."""
    reports = [_check(path) for path in paths]
    worst = max((report["exit_code"] for report in reports), default=0)
    if as_json:
        screen.print_json({"exit_code": worst, "files": reports})
    else:
        for report in reports:
            _print(report)
    return int(worst)


def _check(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            return _unreadable(path, "Die Datei ist größer als 100 MB.", "It exceeds 100 MB.")
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        return _unreadable(path, f"Nicht lesbar: {reason}.", f"Not readable: {reason}.")
    answer: dict[str, Any] = _checker(data).check(data, path.name).as_json()
    return answer


def _checker(data: bytes) -> Any:
    for name in CHECKERS:
        module = cast("Any", import_module(name))
        if name == CHECKERS[-1] or module.recognises(data):
            return module
    raise AssertionError("the last checker takes everything")


def _unreadable(path: Path, german: str, english: str) -> dict[str, Any]:
    return {
        "file": path.name,
        "kind": None,
        "verdict": None,
        "problem": {"de": german, "en": english},
        "findings": [],
        "values": {},
        "milliseconds": {},
        "exit_code": UNREADABLE,
    }


def _print(report: dict[str, Any]) -> None:
    language = "en" if is_english() else "de"
    mark = {0: "[green]✓[/]", 1: "[red]✗[/]"}.get(report["exit_code"], "[yellow]?[/]")
    title = (report.get("title") or {}).get(language) or text("Nicht geprüft", "Not checked")
    kind = f" ({report['kind']})" if report["kind"] else ""
    out.print(f"{mark} [bold]{escape(report['file'])}[/]{kind}: {escape(title)}")
    values = report["values"]
    if values:
        shown = [f"{term} {values[term]}" for term in SHOWN if term in values]
        out.print(f"  {escape(' · '.join(shown))}")
    if report["problem"] and not report["findings"]:
        out.print(f"  {escape(report['problem'][language])}")
    for finding in report["findings"]:
        style = "red" if finding["level"] == "fatal" else "yellow"
        out.print(f"  [{style}]{finding['rule']}[/] {escape(finding[language])}")
    stages = [f"{stage} {value} ms" for stage, value in report["milliseconds"].items()]
    if stages:
        out.print(f"  [dim]{' · '.join(stages)}[/]")
