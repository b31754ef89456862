"""Check one file without a running stack: what it is, what is wrong with it, what was read.

Called by `valero check`. Which checker takes a file follows from its content, by a table.
"""

import atexit
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from valero.beleg import bt_values, formats, verdict
from valero.beleg.examining import Examiner
from valero.beleg.findings import TITLES, Finding, Level, Verdict
from valero.beleg.formats import Kind

VALID, BROKEN, UNREADABLE = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result for one file."""

    filename: str
    kind: str
    """`cii`, `ubl`, `pdf`, `image`, `xml` or `other`; that of the e-invoice in a PDF."""
    media_type: str
    verdict: Verdict | None = None
    """None for what is no e-invoice and was never meant to be one."""
    findings: tuple[Finding, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    """Header fields by BT number."""
    lines: list[dict[str, str]] = field(default_factory=list)
    problem: tuple[str, str] | None = None
    """Why nothing could be read, German and English."""
    milliseconds: dict[str, float] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 without fatal findings, 1 with, 2 if nothing could be read."""
        if self.problem is not None:
            return UNREADABLE
        return BROKEN if any(one.level is Level.FATAL for one in self.findings) else VALID

    def as_json(self) -> dict[str, Any]:
        """For programs; keys are English, sentences in both languages."""
        title = TITLES[self.verdict] if self.verdict else (None, None)
        return {
            "file": self.filename,
            "kind": self.kind,
            "media_type": self.media_type,
            "verdict": self.verdict,
            "title": {"de": title[0], "en": title[1]},
            "rule_pack": verdict.rule_pack(),
            "problem": self.problem and {"de": self.problem[0], "en": self.problem[1]},
            "findings": [one.dump() for one in self.findings],
            "values": self.values,
            "lines": self.lines,
            "milliseconds": self.milliseconds,
            "exit_code": self.exit_code,
        }


Checker = Callable[[bytes, str, Examiner], Report]


def check(data: bytes, filename: str, *, examiner: Examiner | None = None) -> Report:
    """Check a file of any kind, by default with one examiner per process. Never raises."""
    kind = formats.detect(data[: formats.HEAD_BYTES]).kind
    return CHECKERS[kind](data, filename, examiner or _examiner())


@cache
def _examiner() -> Examiner:
    examiner = Examiner()
    atexit.register(examiner.close)
    return examiner


def _invoice(data: bytes, filename: str, examiner: Examiner) -> Report:
    judged = verdict.judge(data, examiner)
    reading = judged.reading
    problem = (reading.problem_de, reading.problem_en or "") if reading.problem_de else None
    invoice = reading.invoice
    return Report(
        filename=filename,
        kind=reading.format.kind,
        media_type=reading.format.media_type,
        verdict=judged.verdict,
        findings=judged.findings,
        values=bt_values.header(invoice) if invoice else {},
        lines=bt_values.lines(invoice) if invoice else [],
        problem=problem,
        milliseconds=judged.stages,
    )


CHECKERS: Final[dict[Kind, Checker]] = dict.fromkeys(Kind, _invoice)
"""Kind of file, told by its content, to who checks it."""
