"""The official rules of EN 16931, run over our samples, the official suite, and broken copies."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from valero.beleg import official_texts
from valero.beleg.examining import Examiner, ExaminerFailed
from valero.beleg.findings import ErrorClass, Finding, Level
from valero.beleg.invoice import Syntax, Unreadable
from valero.beleg.sample import SELLER, Sample, SampleLine, dump

SUITE = Path(__file__).resolve().parents[4] / "shared" / "data" / "xrechnung"
FILES = sorted(SUITE.glob("*.xml")) if SUITE.is_dir() else []


@pytest.fixture(scope="module")
def examiner() -> Iterator[Examiner]:
    with Examiner() as one:
        yield one


def fatal(found: tuple[Finding, ...]) -> set[str]:
    return {one.rule for one in found if one.level is Level.FATAL}


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize("type_code", ["380", "381"])
def test_our_samples_break_no_official_rule(
    examiner: Examiner, syntax: Syntax, type_code: str
) -> None:
    sample = Sample(number="1", note="Danke", type_code=type_code)
    assert examiner.examine(dump(sample, syntax)).findings == ()


@pytest.mark.skipif(not FILES, reason="the official XRechnung suite is not beside the project")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_official_document_has_no_fatal_finding(examiner: Examiner, path: Path) -> None:
    assert fatal(examiner.examine(path.read_bytes()).findings) == set()


BROKEN = [
    # syntax, what is replaced, by what, rule, field
    ("cii", "<ram:ID>R1</ram:ID>", "", "BR-02", "BT-1"),
    ("ubl", "<cbc:ID>R1</cbc:ID>", "", "XSD", "BT-1"),
    ("cii", "<ram:DuePayableAmount>119.00", "<ram:DuePayableAmount>118.00", "BR-CO-16", "BT-115"),
    ("ubl", '<cbc:PayableAmount currencyID="EUR">119', '<cbc:PayableAmount currencyID="EUR">118',
     "BR-CO-16", "BT-115"),
    ("cii", "DE123456789", "123456789", "BR-CO-09", "BT-31"),
    ("ubl", "DE123456789", "123456789", "BR-CO-09", "BT-31"),
    ("cii", "<ram:CountryID>DE</ram:CountryID>", "", "BR-09", "BT-40"),
    ("cii", "<ram:CountryID>DE", "<ram:CountryID>XX", "BR-CL-14", "BT-40"),
    ("ubl", "IdentificationCode>DE", "IdentificationCode>XX", "BR-CL-14", "BT-40"),
    ("cii", 'unitCode="H87"', 'unitCode="STÜCK"', "BR-CL-23", "BT-130"),
    ("ubl", 'unitCode="H87"', 'unitCode="STÜCK"', "BR-CL-23", "BT-130"),
    ("cii", "TypeCode>380<", "TypeCode>999<", "BR-CL-01", "BT-3"),
    ("cii", "TypeCode>58<", "TypeCode>999<", "BR-CL-16", "BT-81"),
    ("cii", "CurrencyCode>EUR", "CurrencyCode>EURO", "BR-CL-04", "BT-5"),
    ("cii", 'schemeID="EM"', 'schemeID="MAIL"', "BR-CL-25", "BT-34"),
    ("cii", "CategoryCode>S<", "CategoryCode>Z<", "BR-Z-05", "BT-152"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("syntax", "old", "new", "rule", "field"), BROKEN, ids=[f"{b[0]}-{b[3]}" for b in BROKEN]
)
def test_a_broken_document_is_found_with_rule_and_field(
    examiner: Examiner, syntax: str, old: str, new: str, rule: str, field: str
) -> None:
    text = dump(Sample(number="R1"), Syntax(syntax)).decode()
    assert old in text
    found = examiner.examine(text.replace(old, new).encode()).findings
    assert rule in fatal(found)
    if rule != "XSD":
        assert next(one for one in found if one.rule == rule).field == field
    assert all(one.de.rstrip(".").count(".") >= 1 and one.en for one in found)


def test_a_missing_tax_identity_breaks_the_rule_of_its_category(examiner: Examiner) -> None:
    sample = Sample(number="1", seller=replace(SELLER, vat_id=None))
    assert {"BR-S-02", "BR-CO-26"} <= fatal(examiner.examine(dump(sample, Syntax.UBL)).findings)


def test_be_4_a_broken_structure_is_a_format_error(examiner: Examiner) -> None:
    text = dump(Sample(number="1")).replace(b"<ram:CityName>", b"<ram:Erfunden/><ram:CityName>")
    first = examiner.examine(text).findings[0]
    assert (first.rule, first.error_class) == ("XSD", ErrorClass.FORMAT)
    assert "Erfunden" in first.de


def test_reverse_charge_without_a_reason_is_found(examiner: Examiner) -> None:
    line = SampleLine(category="AE", rate=Decimal(0))
    text = dump(Sample(number="1", lines=(line,)), Syntax.UBL).decode()
    reason = "<cbc:TaxExemptionReason>Steuerschuldnerschaft des Leistungsempfängers"
    text = text.replace(f"{reason}</cbc:TaxExemptionReason>", "")
    found = examiner.examine(text.encode()).findings
    told = next(one for one in found if one.rule == "BR-AE-10")
    assert "Grund, warum keine Steuer anfällt (BT-120 oder BT-121), fehlt" in told.de


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_what_is_no_invoice_is_said_and_does_not_end_the_examiner(
    examiner: Examiner, data: bytes
) -> None:
    with pytest.raises(Unreadable):
        examiner.examine(data)
    assert examiner.examine(dump(Sample(number="1"))).findings == ()


def test_an_examiner_that_dies_is_reported_and_replaced() -> None:
    with Examiner() as examiner:
        examiner.examine(dump(Sample(number="1")))
        first = examiner.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        examiner.seconds = 0.2
        with pytest.raises(ExaminerFailed):
            examiner.examine(dump(Sample(number="1")))
        examiner.seconds = 60
        assert examiner.examine(dump(Sample(number="1"))).findings == ()
        assert examiner.pid not in (None, first)


def test_an_idle_examiner_gives_its_memory_back() -> None:
    with Examiner() as examiner:
        examiner.examine(dump(Sample(number="1")))
        examiner.rest(3600)
        assert examiner.pid is not None
        examiner.rest(0)
        assert examiner.pid is None


def test_every_official_rule_has_a_german_sentence_with_field_and_remedy() -> None:
    data = official_texts._data()
    rules = [*data["missing"], *data["scheme"], *data["codes"], *data["decimals"], *data["sums"]]
    rules += data["own"]
    rules += [f"BR-{c}-{n}" for c in data["categories"] for n in data["category_rules"]]
    for rule in rules:
        field, sentence = official_texts.tell(rule, "", "/*:A[1]")
        assert field[:3] in ("BT-", "BG-"), rule
        assert "Bitte" in sentence, rule
        assert field in sentence or "BT-" in sentence or "BG-" in sentence, rule
        assert "{" not in field + sentence, rule
