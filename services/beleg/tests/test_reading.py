"""Reading: what is read literally, and what is refused with a sentence."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valero.beleg.formats import Kind
from valero.beleg.invoice import Invoice, Syntax
from valero.beleg.reading import Reading, read
from valero.beleg.sample import CREDIT_NOTE, Sample, SampleLine, SampleParty, dump

BOTH = pytest.mark.parametrize("syntax", list(Syntax))
MIXED = Sample(
    number="RE-2026-0815",
    note="Frei Hof",
    lines=(
        SampleLine(quantity=Decimal(2), price=Decimal("50.005")),
        SampleLine(name="Brot", rate=Decimal(7), price=Decimal("50.00")),
        SampleLine(name="Bauleistung", category="AE", rate=Decimal(0), price=Decimal("10.00")),
    ),
    prepaid=Decimal("20.00"),
)


def invoice_of(data: bytes) -> Invoice:
    reading = read(data)
    assert reading.problem_de is None
    assert reading.invoice is not None
    return reading.invoice


def problem_of(data: bytes) -> str:
    reading = read(data)
    assert reading.invoice is None
    assert reading.problem_de
    assert reading.problem_en
    return reading.problem_de


@BOTH
def test_a_sample_is_read_as_it_was_meant(syntax: Syntax) -> None:
    invoice = invoice_of(dump(MIXED, syntax))
    assert invoice.syntax is syntax
    assert invoice.number == "RE-2026-0815"
    assert invoice.issued_on == date(2026, 3, 1)
    assert invoice.due_on == date(2026, 3, 31)
    assert invoice.seller.vat_id == "DE123456789"
    assert [note.text for note in invoice.notes] == ["Frei Hof"]
    totals = invoice.totals
    assert totals.lines == totals.tax_exclusive == Decimal("160.01")
    assert totals.tax == Decimal("22.50")
    assert totals.tax_inclusive == Decimal("182.51")
    assert totals.prepaid == Decimal("20.00")
    assert totals.payable == Decimal("162.51")
    assert [(g.category, g.rate, g.base, g.tax) for g in invoice.taxes] == [
        ("S", Decimal(19), Decimal("100.01"), Decimal("19.00")),
        ("S", Decimal(7), Decimal("50.00"), Decimal("3.50")),
        ("AE", Decimal(0), Decimal("10.00"), Decimal("0.00")),
    ]
    assert invoice.lines[0].price.net == Decimal("50.005")


def test_both_syntaxes_of_a_sample_say_the_same() -> None:
    cii, ubl = (invoice_of(dump(MIXED, syntax)) for syntax in Syntax)
    assert replace(cii, syntax=Syntax.UBL) == ubl


@BOTH
def test_a_credit_note_keeps_its_positive_amounts_and_says_what_it_is(syntax: Syntax) -> None:
    invoice = invoice_of(dump(replace(MIXED, type_code=CREDIT_NOTE), syntax))
    assert invoice.type_code == "381"
    assert invoice.due_on == date(2026, 3, 31)
    assert invoice.totals.payable == Decimal("162.51")
    assert len(invoice.lines) == 3


@BOTH
def test_the_local_tax_number_is_told_from_the_vat_id(syntax: Syntax) -> None:
    seller = SampleParty(name="Kleiner Hof", tax_number="64/123/45678")
    invoice = invoice_of(dump(replace(MIXED, seller=seller), syntax))
    assert invoice.seller.vat_id is None
    assert invoice.seller.tax_number == "64/123/45678"


@given(
    quantity=st.decimals("0.001", "9999", places=3),
    price=st.decimals("0.0001", "9999", places=4),
    rates=st.lists(st.sampled_from([0, 7, 19]), min_size=1, max_size=5),
    syntax=st.sampled_from(Syntax),
)
@settings(max_examples=60, deadline=None)
def test_every_sample_agrees_with_itself(
    quantity: Decimal, price: Decimal, rates: list[int], syntax: Syntax
) -> None:
    lines = tuple(
        SampleLine(
            quantity=quantity,
            price=price,
            rate=Decimal(rate),
            category="S" if rate else "Z",
        )
        for rate in rates
    )
    sample = Sample(number="H-1", lines=lines)
    reading = read(dump(sample, syntax))
    assert reading.findings == ()
    assert reading.invoice is not None
    assert reading.invoice.totals.payable == sample.payable


@given(data=st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_reading_never_fails_whatever_the_bytes(data: bytes) -> None:
    assert isinstance(read(data), Reading)
    assert isinstance(read(b"<" + data), Reading)


@given(cut=st.integers(0, 5000))
@settings(max_examples=60, deadline=None)
def test_a_truncated_invoice_is_unreadable_and_never_half_read(cut: int) -> None:
    whole = dump(MIXED)
    part = whole[: cut % len(whole.rstrip())]
    assert read(part).invoice is None


@pytest.mark.parametrize(
    ("term", "old", "new"),
    [
        ("BT-1", "<ram:ID>RE-2026-0815</ram:ID>", ""),
        ("BT-2", 'format="102">20260301<', 'format="102">2026-03-01<'),
        ("BT-2", 'format="102">20260301<', 'format="102">20260231<'),
        ("BT-3", "<ram:TypeCode>380</ram:TypeCode>", "<ram:TypeCode>Rechnung</ram:TypeCode>"),
        ("BT-5", "Code>EUR</ram", "Code>Euro</ram"),
        ("BT-27", "<ram:Name>Mühle Beispiel GmbH</ram:Name>", ""),
        ("BT-106", "<ram:LineTotalAmount>160.01</ram:LineTotalAmount>", ""),
        ("BT-112", "Amount>182.51<", "Amount>1.82,51<"),
        ("BT-112", "Amount>182.51<", "Amount>182.515<"),
        ("BT-112", "Amount>182.51<", "Amount>1E2<"),
        ("BT-112", "Amount>182.51<", "Amount>NaN<"),
        ("BT-112", "Amount>182.51<", "Amount>١٨٢<"),
        ("BT-115", "<ram:DuePayableAmount>162.51<", "<ram:DuePayableAmount>99999999999999999<"),
        ("BT-119", "<ram:RateApplicablePercent>7<", "<ram:RateApplicablePercent>-7<"),
        ("BT-129", 'unitCode="H87">2<', 'unitCode="H87">zwei<'),
    ],
)
def test_a_missing_or_wrong_field_is_named(term: str, old: str, new: str) -> None:
    text = dump(MIXED).decode()
    assert old in text
    assert term in problem_of(text.replace(old, new).encode())


def test_trailing_zeros_are_no_extra_decimals() -> None:
    text = dump(MIXED).decode().replace("Amount>182.51<", "Amount>182.5100<")
    assert str(invoice_of(text.encode()).totals.tax_inclusive) == "182.51"


def test_an_amount_without_decimals_is_padded() -> None:
    text = dump(MIXED).decode().replace("Amount>20.00<", "Amount>20<")
    assert str(invoice_of(text.encode()).totals.prepaid) == "20.00"


@pytest.mark.parametrize("profile", ["urn:factur-x.eu:1p0:minimum", "urn:factur-x.eu:1p0:basicwl"])
def test_be3_a_profile_below_basic_is_no_e_invoice(profile: str) -> None:
    text = dump(MIXED).decode()
    start = text.index("urn:cen.eu")
    other = text[:start] + profile + text[text.index("<", start) :]
    assert "sonstige Rechnung" in problem_of(other.encode())


def test_comments_inside_a_value_do_not_cut_it() -> None:
    text = dump(MIXED).decode().replace("182.51", "18<!-- x -->2.51")
    assert invoice_of(text.encode()).totals.tax_inclusive == Decimal("182.51")


def test_a_document_without_vat_total_is_read_with_none() -> None:
    text = dump(MIXED).decode()
    start = text.index("<ram:TaxTotalAmount")
    end = text.index("</ram:TaxTotalAmount>") + len("</ram:TaxTotalAmount>")
    assert invoice_of((text[:start] + text[end:]).encode()).totals.tax is None


def test_the_total_in_the_accounting_currency_is_not_the_total_of_the_document() -> None:
    foreign = '<ram:TaxTotalAmount currencyID="SEK">250.00</ram:TaxTotalAmount>'
    text = dump(MIXED).decode()
    text = text.replace("<ram:TaxTotalAmount", foreign + "<ram:TaxTotalAmount")
    code = "<ram:TaxCurrencyCode>SEK</ram:TaxCurrencyCode>"
    text = text.replace("<ram:InvoiceCurrencyCode>", code + "<ram:InvoiceCurrencyCode>")
    totals = invoice_of(text.encode()).totals
    assert totals.tax == Decimal("22.50")
    assert totals.tax_accounting == Decimal("250.00")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_usual_encodings_are_read(encoding: str) -> None:
    text = dump(MIXED).decode().replace('encoding="UTF-8"', f'encoding="{encoding[:12]}"')
    if encoding == "utf-8-sig":
        text = text.replace("utf-8-sig", "utf-8")
    assert invoice_of(text.encode(encoding)).seller.name == "Mühle Beispiel GmbH"


def test_other_files_are_received_with_advice() -> None:
    for data, kind in (
        (b"%PDF-1.7 ...", Kind.PDF),
        (b"\xff\xd8\xff\xe0 JFIF", Kind.IMAGE),
        (b"PK\x03\x04 zip", Kind.OTHER),
        (b"", Kind.OTHER),
        (b"<html><body/></html>", Kind.XML),
    ):
        reading = read(data)
        assert reading.format.kind is kind
        assert "itte" in (reading.problem_de or "")
        assert "lease" in (reading.problem_en or "")
