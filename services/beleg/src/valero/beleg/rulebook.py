"""A rule as data: number, weight, field, sentences and a predicate over the invoice model."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from valero.beleg.findings import ErrorClass, Finding, Level
from valero.beleg.invoice import Invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a rule book; the sentences name the field and the remedy."""

    id: str
    field: str
    de: str
    en: str
    is_broken: Callable[[Invoice], bool]
    level: Level = Level.FATAL
    error_class: ErrorClass = ErrorClass.RULE

    def finding(self) -> Finding:
        """What is reported when the rule is broken."""
        return Finding(
            rule=self.id,
            field=self.field,
            level=self.level,
            error_class=self.error_class,
            de=self.de,
            en=self.en,
        )


def apply(rules: Iterable[Rule], invoice: Invoice) -> tuple[Finding, ...]:
    """Findings of all broken rules, in the order of the book."""
    return tuple(rule.finding() for rule in rules if rule.is_broken(invoice))
