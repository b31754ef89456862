"""Rule BE-7: sums are compared exactly, and a contradiction changes no amount."""

from dataclasses import replace
from decimal import Decimal

import pytest

from valero.beleg import checks
from valero.beleg.invoice import AllowanceCharge, Invoice, Totals
from valero.beleg.reading import read
from valero.beleg.sample import Sample, SampleLine, dump


def invoice() -> Invoice:
    found = read(dump(Sample(number="1"))).invoice
    assert found is not None
    return found


def rules(changed: Invoice) -> list[str]:
    return [finding.rule for finding in checks.find(changed)]


def with_totals(**changes: Decimal) -> Invoice:
    one = invoice()
    return replace(one, totals=replace(one.totals, **changes))


CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("field", "broken"),
    [
        ("lines", ["BR-CO-10", "BR-CO-13"]),
        ("allowances", ["BR-CO-11", "BR-CO-13"]),
        ("charges", ["BR-CO-12", "BR-CO-13"]),
        ("tax_exclusive", ["BR-CO-13", "BR-CO-15"]),
        ("tax", ["BR-CO-14", "BR-CO-15"]),
        ("tax_inclusive", ["BR-CO-15", "BR-CO-16"]),
        ("prepaid", ["BR-CO-16"]),
        ("rounding", ["BR-CO-16"]),
        ("payable", ["BR-CO-16"]),
    ],
)
def test_one_cent_too_much_in_a_total_breaks_its_rules(field: str, broken: list[str]) -> None:
    before: Totals = invoice().totals
    value = (getattr(before, field) or Decimal("0.00")) + CENT
    assert rules(with_totals(**{field: value})) == broken


def test_a_consistent_document_has_no_findings() -> None:
    assert rules(invoice()) == []


def test_vat_of_a_group_is_rounded_half_up() -> None:
    # 1.50 at 7 % is 0.105, commercially 0.11, while rounding to even gives 0.10
    line = SampleLine(price=Decimal("1.50"), rate=Decimal(7))
    sample = Sample(number="1", lines=(line,))
    found = read(dump(sample)).invoice
    assert found is not None
    assert found.taxes[0].tax == Decimal("0.11")
    assert rules(found) == []
    bankers = replace(found.taxes[0], tax=Decimal("0.10"))
    assert "BR-CO-17" in rules(replace(found, taxes=(bankers,)))


def test_allowances_and_charges_of_the_document_count() -> None:
    one = invoice()
    parts = (
        AllowanceCharge(is_charge=False, amount=Decimal("10.00")),
        AllowanceCharge(is_charge=True, amount=Decimal("4.00")),
    )
    stated = replace(one.totals, allowances=Decimal("10.00"), charges=Decimal("4.00"))
    found = rules(replace(one, allowances_charges=parts, totals=stated))
    assert found == ["BR-CO-13"]


def test_a_finding_says_what_is_stated_and_what_was_expected() -> None:
    finding = checks.find(with_totals(payable=Decimal("1.00")))[0]
    assert finding.field == "BT-115"
    assert finding.de == (
        "Zahlbetrag (BT-115) ist 1.00, BT-112 − BT-113 + BT-114 ergibt 119.00. "
        "Bitte die Beträge berichtigen."
    )
    assert finding.en == (
        "BT-115 is 1.00, BT-112 − BT-113 + BT-114 gives 119.00. Please correct the amounts."
    )


def test_the_totals_of_the_document_win() -> None:
    """A seller who multiplied and rounded otherwise: 1.14 EUR apart, kept as stated."""
    text = dump(Sample(number="1")).decode()
    for stated in ("GrandTotalAmount", "DuePayableAmount"):
        text = text.replace(f"<ram:{stated}>119.00<", f"<ram:{stated}>120.14<")
    reading = read(text.encode())
    assert reading.invoice is not None
    assert reading.invoice.totals.payable == Decimal("120.14")
    assert [finding.rule for finding in reading.findings] == ["BR-CO-15"]


def test_a_line_amount_with_three_decimals_is_kept_and_found() -> None:
    text = (
        dump(Sample(number="1"))
        .decode()
        .replace(
            "<ram:LineTotalAmount>100.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLine",
            "<ram:LineTotalAmount>100.004</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLine",
        )
    )
    reading = read(text.encode())
    assert reading.invoice is not None
    assert reading.invoice.lines[0].net == Decimal("100.004")
    assert [finding.rule for finding in reading.findings] == ["BR-CO-10", "BR-DEC"]


def test_an_invoice_without_lines_is_found() -> None:
    assert "BR-16" in rules(replace(invoice(), lines=()))


def test_an_invoice_without_breakdown_is_found() -> None:
    assert "BR-CO-18" in rules(replace(invoice(), taxes=()))
