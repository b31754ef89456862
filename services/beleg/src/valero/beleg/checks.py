"""Does the document agree with itself? Rules BR-CO-10 to BR-CO-17 and BR-DEC of EN 16931-1.

Exact decimals, no tolerance. A finding never changes an amount: the document's own totals are what
the seller claims, and a person decides what to do about a contradiction.
"""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from valero.beleg import terms
from valero.beleg.findings import Finding
from valero.beleg.invoice import Invoice, TaxGroup

_ZERO = Decimal(0)
_CENT = Decimal("0.01")
_EXACT = Context(prec=80)


def find(invoice: Invoice) -> tuple[Finding, ...]:
    """All broken rules in the order of the standard; empty when the document agrees with itself."""
    with localcontext(_EXACT):
        return (*_sums(invoice), *_groups(invoice.taxes), *_decimals(invoice), *_presence(invoice))


def _sums(invoice: Invoice) -> Iterator[Finding]:
    totals = invoice.totals
    document = invoice.allowances_charges
    allowances = _sum(one.amount for one in document if not one.is_charge)
    charges = _sum(one.amount for one in document if one.is_charge)
    tax = totals.tax or _ZERO
    if invoice.lines:
        lines = _sum(line.net for line in invoice.lines)
        yield from _compare("BR-CO-10", "BT-106", totals.lines, "Σ BT-131", lines)
    yield from _compare("BR-CO-11", "BT-107", totals.allowances or _ZERO, "Σ BT-92", allowances)
    yield from _compare("BR-CO-12", "BT-108", totals.charges or _ZERO, "Σ BT-99", charges)
    net = totals.lines - (totals.allowances or _ZERO) + (totals.charges or _ZERO)
    yield from _compare("BR-CO-13", "BT-109", totals.tax_exclusive, "BT-106 − BT-107 + BT-108", net)
    groups = _sum(group.tax for group in invoice.taxes)
    yield from _compare("BR-CO-14", "BT-110", tax, "Σ BT-117", groups)
    gross = totals.tax_exclusive + tax
    yield from _compare("BR-CO-15", "BT-112", totals.tax_inclusive, "BT-109 + BT-110", gross)
    payable = totals.tax_inclusive - (totals.prepaid or _ZERO) + (totals.rounding or _ZERO)
    yield from _compare("BR-CO-16", "BT-115", totals.payable, "BT-112 − BT-113 + BT-114", payable)


def _groups(groups: Iterable[TaxGroup]) -> Iterator[Finding]:
    for group in groups:
        tax = (group.base * (group.rate or _ZERO) / 100).quantize(_CENT, rounding=ROUND_HALF_UP)
        formula = f"BT-116 × {group.rate or _ZERO} %"
        yield from _compare("BR-CO-17", "BT-117", group.tax, formula, tax)


def _decimals(invoice: Invoice) -> Iterator[Finding]:
    amounts = [("BT-131", line.net) for line in invoice.lines]
    amounts += [("BT-92/BT-99", one.amount) for one in invoice.allowances_charges]
    amounts += [
        ("BT-136/BT-141", one.amount) for line in invoice.lines for one in line.allowances_charges
    ]
    for term in sorted({term for term, value in amounts if value != value.quantize(_CENT)}):
        yield Finding(
            rule="BR-DEC",
            field=term,
            de=f"{term} hat mehr als zwei Nachkommastellen. Bitte auf Cent runden.",
            en=f"{term} has more than two decimals. Please round to cents.",
        )


def _presence(invoice: Invoice) -> Iterator[Finding]:
    if not invoice.lines:
        yield Finding(
            rule="BR-16",
            field="BG-25",
            de="Die Rechnung hat keine Position (BG-25). Bitte mindestens eine Position angeben.",
            en="The invoice has no line (BG-25). Please state at least one line.",
        )
    if not invoice.taxes:
        yield Finding(
            rule="BR-CO-18",
            field="BG-23",
            de="Die Rechnung hat keine Steueraufschlüsselung (BG-23). Bitte die "
            "Bemessungsgrundlage und Steuer je Steuersatz angeben.",
            en="The invoice has no VAT breakdown (BG-23). Please state base and tax by rate.",
        )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, _ZERO)


def _compare(
    rule: str, term: str, stated: Decimal, formula: str, expected: Decimal
) -> Iterator[Finding]:
    if stated != expected:
        yield Finding(
            rule=rule,
            field=term,
            de=f"{terms.name(term)} ({term}) ist {stated}, {formula} ergibt {expected}. "
            "Bitte die Beträge berichtigen.",
            en=f"{term} is {stated}, {formula} gives {expected}. Please correct the amounts.",
        )
