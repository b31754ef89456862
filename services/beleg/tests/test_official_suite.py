"""All 66 business cases of the official XRechnung test suite, against an independent reading."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from valero.beleg import checks
from valero.beleg.invoice import Invoice, Syntax
from valero.beleg.reading import read

SUITE = Path(__file__).resolve().parents[4] / "shared" / "data" / "xrechnung"
FILES = sorted(SUITE.glob("*.xml")) if SUITE.is_dir() else []
NAMES = [path.name for path in FILES]

pytestmark = pytest.mark.skipif(
    not FILES, reason="the official XRechnung suite is not beside the project"
)

# the oracle: text search, no XML parser, no code of ours
GROSS = {
    "uncefact": r"<ram:GrandTotalAmount[^>]*>([^<]+)<",
    "ubl": r"<cbc:TaxInclusiveAmount[^>]*>([^<]+)<",
}
PAYABLE = {
    "uncefact": r"<ram:DuePayableAmount[^>]*>([^<]+)<",
    "ubl": r"<cbc:PayableAmount[^>]*>([^<]+)<",
}
LINES = {
    "uncefact": r"<ram:IncludedSupplyChainTradeLineItem>",
    "ubl": r"<cac:(?:Invoice|CreditNote)Line>",
}


# where the two files of a case really differ, seen by eye: addresses, or one VAT id
DIFFERENT = {"01.20a": {"address"}, "01.21a": {"vat_id"}, "03.06a": {"address"}}


def side(path: Path) -> str:
    return "ubl" if "_ubl" in path.name else "uncefact"


def only(pattern: str, path: Path) -> Decimal:
    found = re.findall(pattern, path.read_text("utf-8"))
    assert len(found) == 1
    return Decimal(found[0].strip())


def invoice_of(path: Path) -> Invoice:
    reading = read(path.read_bytes())
    assert reading.problem_de is None
    assert reading.invoice is not None
    return reading.invoice


def test_the_suite_is_complete() -> None:
    assert len(FILES) == 66


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_gross_and_payable_amount_are_read_to_the_cent(path: Path) -> None:
    totals = invoice_of(path).totals
    assert totals.tax_inclusive == only(GROSS[side(path)], path)
    assert totals.payable == only(PAYABLE[side(path)], path)
    assert totals.payable.as_tuple().exponent == -2


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_no_line_is_lost(path: Path) -> None:
    expected = len(re.findall(LINES[side(path)], path.read_text("utf-8")))
    assert len(invoice_of(path).lines) == expected > 0


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_an_official_document_agrees_with_itself(path: Path) -> None:
    assert checks.find(invoice_of(path)) == ()


@pytest.mark.parametrize("path", [p for p in FILES if "_ubl" in p.name], ids=lambda p: p.name)
def test_both_syntaxes_of_a_case_say_the_same(path: Path) -> None:
    ubl = invoice_of(path)
    cii = invoice_of(path.with_name(path.name.replace("_ubl", "_uncefact")))
    assert (ubl.syntax, cii.syntax) == (Syntax.UBL, Syntax.CII)
    for name in (
        *("number", "issued_on", "type_code", "currency", "tax_currency", "due_on"),
        *("payment_terms", "period", "delivery", "creditor_id", "payment_reference"),
        *("tax_point_on", "allowances_charges", "specification", "process"),
    ):
        assert getattr(ubl, name) == getattr(cii, name), name
    different = DIFFERENT.get(path.name[:6], set())
    for name in {"name", "vat_id", "tax_number", "address", "contact", "endpoint"} - different:
        assert getattr(ubl.seller, name) == getattr(cii.seller, name), name
        assert getattr(ubl.buyer, name) == getattr(cii.buyer, name), name
    assert [(t.category, t.rate, t.base, t.tax) for t in ubl.taxes] == [
        (t.category, t.rate, t.base, t.tax) for t in cii.taxes
    ]
    assert [note.text for note in ubl.notes] == [note.text for note in cii.notes]
    assert [(p.means_code, p.account, p.mandate) for p in ubl.payments] == [
        (p.means_code, p.account, p.mandate) for p in cii.payments
    ]
    assert [(a.reference, a.filename) for a in ubl.attachments] == [
        (a.reference, a.filename) for a in cii.attachments
    ]


@pytest.mark.parametrize("path", [p for p in FILES if "_ubl" in p.name], ids=lambda p: p.name)
def test_both_syntaxes_of_a_case_have_the_same_lines(path: Path) -> None:
    ubl = invoice_of(path)
    cii = invoice_of(path.with_name(path.name.replace("_ubl", "_uncefact")))
    assert ubl.lines == cii.lines
