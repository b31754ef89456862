"""What an examination finds, one thing at a time: how it is, and what to do if it is not well."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rich.markup import escape

from valero.cli.language import text, typed
from valero.cli.screen import out

SUBJECT_WIDTH = 24


class Grade(StrEnum):
    """`note` is for what only some people need, such as a browser for the tests."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    FAILED = "failed"


MARKS = {
    Grade.OK: "[green]✓[/]",
    Grade.NOTE: "[dim]·[/]",
    Grade.WARNING: "[yellow]![/]",
    Grade.FAILED: "[red]✗[/]",
}


@dataclass(frozen=True)
class Finding:
    """One examined thing: what it is, how it is, and what to do if it is not well."""

    subject: str
    grade: Grade
    detail: str
    remedy: str = ""
    group: str = ""

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {name: value for name, value in asdict(self).items() if value != ""}


def passed(subject: str, detail: str) -> Finding:
    """It is as it should be."""
    return Finding(subject, Grade.OK, detail)


def failed(subject: str, detail: str, remedy: str) -> Finding:
    """It is not as it should be."""
    return Finding(subject, Grade.FAILED, detail, remedy)


def print_one(finding: Finding) -> None:
    """One line, and the remedy below it."""
    subject = escape(f"{finding.subject:<{SUBJECT_WIDTH}}")
    out.print(f"  {MARKS[finding.grade]} {subject} [dim]{escape(finding.detail)}[/]")
    if finding.remedy:
        out.print(f"    {'':<{SUBJECT_WIDTH}} [bold]→[/] {escape(typed(finding.remedy))}")


def print_verdict(found: Iterable[Finding]) -> None:
    """The last line: how many are well, and how many are not."""
    grades = [finding.grade for finding in found]
    failed, warned = grades.count(Grade.FAILED), grades.count(Grade.WARNING)
    if failed:
        out.print(text(f"\n[red]✗ {failed} Fehler[/]", f"\n[red]✗ {failed} failed[/]"))
    elif warned:
        out.print(text(f"\n[yellow]! {warned} Hinweise[/]", f"\n[yellow]! {warned} warnings[/]"))
    else:
        out.print(text("\n[green]✓ Alles in Ordnung[/]", "\n[green]✓ All is well[/]"))


def is_well(found: Iterable[Finding]) -> bool:
    """Whether nothing failed."""
    return all(finding.grade != Grade.FAILED for finding in found)
