"""What is wrong with a document, for people and for machines, and what follows for its reader.

The classes are those of the letter of the Federal Ministry of Finance of 15 October 2025 (rule
BE-4): a format error makes the file something other than an e-invoice, so that input VAT is at
risk; a content error misses what §§ 14, 14a UStG ask for; a business rule error breaks EN 16931
or XRechnung without either of the two.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Self


class Level(StrEnum):
    """How much a finding weighs."""

    FATAL = "fatal"
    WARNING = "warning"


class ErrorClass(StrEnum):
    """The three classes of BE-4."""

    FORMAT = "format"
    RULE = "rule"
    CONTENT = "content"


class Verdict(StrEnum):
    """What a document is after all rules were applied; warnings change nothing."""

    VALID = "valid"
    RULE_ERRORS = "rule_errors"
    CONTENT_ERRORS = "content_errors"
    FORMAT_ERRORS = "format_errors"


TITLES: Final = {
    Verdict.VALID: ("Gültige E-Rechnung", "Valid e-invoice"),
    Verdict.RULE_ERRORS: ("Geschäftsregelfehler", "Business rule errors"),
    Verdict.CONTENT_ERRORS: ("Inhaltsfehler nach § 14 UStG", "Content errors under § 14 UStG"),
    Verdict.FORMAT_ERRORS: (
        "Formatfehler: keine E-Rechnung",
        "Format errors: not an e-invoice",
    ),
}
CLASS_TITLES: Final = {
    ErrorClass.FORMAT: ("Formatfehler", "Format error"),
    ErrorClass.RULE: ("Geschäftsregelfehler", "Business rule error"),
    ErrorClass.CONTENT: ("Inhaltsfehler", "Content error"),
}
_WORST_FIRST: Final = (
    (ErrorClass.FORMAT, Verdict.FORMAT_ERRORS),
    (ErrorClass.CONTENT, Verdict.CONTENT_ERRORS),
    (ErrorClass.RULE, Verdict.RULE_ERRORS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken rule. Both sentences name the field and what is to be done about it."""

    rule: str
    """Number in its rule book: `BR-CO-15`, `BR-DE-15`, `UStG-14-4-2`, `XSD`."""
    field: str
    """Business term (BT) or group (BG) of EN 16931-1."""
    de: str
    en: str
    level: Level = Level.FATAL
    error_class: ErrorClass = ErrorClass.RULE

    def dump(self) -> dict[str, str]:
        """As stored with the document."""
        return {key: str(value) for key, value in asdict(self).items()}

    @classmethod
    def load(cls, stored: dict[str, Any]) -> Self:
        """From `dump`; rows from before levels and classes are fatal rule errors."""
        return cls(
            rule=stored["rule"],
            field=stored.get("field", ""),
            de=stored["de"],
            en=stored["en"],
            level=Level(stored.get("level", Level.FATAL)),
            error_class=ErrorClass(stored.get("error_class", ErrorClass.RULE)),
        )


def judge(findings: Iterable[Finding]) -> Verdict:
    """The worst class among the fatal findings."""
    classes = {one.error_class for one in findings if one.level is Level.FATAL}
    return next((verdict for one, verdict in _WORST_FIRST if one in classes), Verdict.VALID)


def merge(*groups: Iterable[Finding]) -> tuple[Finding, ...]:
    """All findings, fatal ones first, each rule and field once: the first group that has a rule
    speaks for it, because our own sentences carry amounts and the official ones do not.
    """
    known: set[str] = set()
    found: list[Finding] = []
    for group in groups:
        fresh = [one for one in group if one.rule not in known]
        found += dict.fromkeys(fresh)
        known.update(one.rule for one in fresh)
    return tuple(sorted(found, key=lambda one: one.level is not Level.FATAL))


def fatal_rules(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Ids of the rules broken fatally, each once, in order."""
    return tuple(dict.fromkeys(one.rule for one in findings if one.level is Level.FATAL))
