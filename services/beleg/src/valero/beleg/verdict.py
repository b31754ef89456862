"""One file judged by all rules: ours, the official ones, and what follows for its reader (BE-4)."""

import time
from dataclasses import dataclass, field
from typing import Final

from valero.beleg import content, findings, official, xrechnung
from valero.beleg.examining import Examiner, ExaminerFailed
from valero.beleg.findings import ErrorClass, Finding, Level, Verdict
from valero.beleg.invoice import Unreadable
from valero.beleg.reading import Reading, read_in_own_thread

TRIES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A file after all rules. Without `verdict` it is no e-invoice and was never meant to be one:
    a scan, a plain PDF, any other file.
    """

    reading: Reading
    verdict: Verdict | None
    findings: tuple[Finding, ...] = ()
    stages: dict[str, float] = field(default_factory=dict)
    """Milliseconds per stage."""


def rule_pack() -> str:
    """Names and versions of all rules; kept with every verdict."""
    return " + ".join((official.pack(), xrechnung.PACK, content.PACK))


def judge(data: bytes, examiner: Examiner) -> Judgement:
    """Read and check a whole file of any kind. Blocks for the examiner; never raises."""
    started = time.perf_counter()
    reading = read_in_own_thread(data)
    stages = {"read": round((time.perf_counter() - started) * 1000, 2)}
    xml = reading.xml
    if xml is None:
        return Judgement(reading=reading, verdict=None, stages=stages)
    by_officials, official_stages = _ask(examiner, xml)
    told = _unreadable(reading) if reading.invoice is None else ()
    found = findings.merge(reading.findings, by_officials, told)
    return Judgement(
        reading=reading,
        verdict=findings.judge(found),
        findings=found,
        stages=stages | official_stages,
    )


def _ask(examiner: Examiner, xml: bytes) -> tuple[tuple[Finding, ...], dict[str, float]]:
    """The official findings; that they could not be had is a finding too."""
    for _ in range(TRIES):
        try:
            outcome = examiner.examine(xml)
        except ExaminerFailed:
            continue
        except Unreadable:
            return (), {}  # reading has said why
        return outcome.findings, outcome.stages
    return (_UNEXAMINED,), {}


_UNEXAMINED: Final = Finding(
    rule="EN16931",
    field="BT-24",
    level=Level.WARNING,
    de="Die amtlichen Regeln zur Spezifikation (BT-24) konnten auf diese Datei nicht angewendet "
    "werden. Bitte die Rechnung von Hand prüfen.",
    en="The official rules of the specification (BT-24) could not be applied to this file. Please "
    "check the invoice by hand.",
)


def _unreadable(reading: Reading) -> tuple[Finding, ...]:
    if reading.problem_de is None:
        return ()
    return (
        Finding(
            rule="LESBARKEIT",
            field="XML",
            error_class=ErrorClass.FORMAT,
            de=reading.problem_de,
            en=reading.problem_en or "",
        ),
    )
