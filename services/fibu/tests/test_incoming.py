"""Proposals for incoming invoices, case by case and for whatever a document may state."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valero.fibu import incoming
from valero.fibu.drafts import imbalances
from valero.fibu.incoming import Invoice, Tax, propose


def tax(category: str, rate: str, base: str, amount: str = "0.00") -> Tax:
    return Tax(category, Decimal(rate), Decimal(base), Decimal(amount))


def invoice(*taxes: Tax, **fields) -> Invoice:
    """An invoice whose totals follow from its taxes."""
    tax_total = sum((one.tax for one in taxes), Decimal("0.00"))
    gross = sum((one.base for one in taxes), tax_total)
    prepaid = fields.get("prepaid", Decimal("0.00"))
    rounding = fields.get("rounding", Decimal("0.00"))
    return replace(
        Invoice(
            document_id="d",
            number="RE-1",
            issued_on=date(2026, 3, 1),
            currency="EUR",
            type_code="380",
            seller_name="Muster GmbH",
            seller_vat_id="DE123456789",
            tax_total=tax_total,
            tax_inclusive=gross,
            prepaid=prepaid,
            rounding=rounding,
            payable=gross - prepaid + rounding,
            taxes=taxes,
        ),
        **fields,
    )


def lines(proposal: incoming.Proposal) -> list[tuple[str, str, str | None]]:
    return [(line.account, str(line.amount), line.tax_code) for line in proposal.entry.lines]


def test_a_plain_invoice_is_expense_input_tax_and_creditor() -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.00")))
    assert lines(proposal) == [
        ("4980", "100.00", "V19"),
        ("1576", "19.00", "V19"),
        ("1600", "-119.00", None),
    ]
    assert proposal.entry.lines[-1].partner == "Muster GmbH"
    assert proposal.entry.posted_on == date(2026, 3, 1)
    assert proposal.warnings == ()
    assert len(proposal.reasons) == 3


def test_two_rates_give_two_input_taxes() -> None:
    proposal = propose(invoice(tax("S", "19", "578.89", "109.99"), tax("S", "7", "108.39", "7.59")))
    assert lines(proposal) == [
        ("4980", "578.89", "V19"),
        ("1576", "109.99", "V19"),
        ("4980", "108.39", "V7"),
        ("1571", "7.59", "V7"),
        ("1600", "-804.86", None),
    ]


def test_the_tax_of_the_document_wins_over_ours_and_is_questioned() -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.01")))
    assert ("1576", "19.01", "V19") in lines(proposal)
    assert any("19,00 EUR" in warning for warning in proposal.warnings)


def test_a_credit_note_is_booked_the_other_way_round() -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.00"), type_code="381"))
    assert lines(proposal) == [
        ("4980", "-100.00", "V19"),
        ("1576", "-19.00", "V19"),
        ("1600", "119.00", None),
    ]
    assert "Gutschrift" in proposal.entry.text


def test_a_credit_note_with_negative_amounts_is_questioned() -> None:
    proposal = propose(invoice(tax("S", "19", "-100.00", "-19.00"), type_code="381"))
    assert ("1600", "-119.00", None) in lines(proposal)
    assert any("Vorzeichen" in warning for warning in proposal.warnings)


@pytest.mark.parametrize(
    ("vat_id", "expense", "code"),
    [
        ("DE123456789", "4980", "RC19"),
        ("ATU12345678", "3123", "RCEU19"),
        ("CHE123456789", "3125", "RC19"),
        (None, "3125", "RC19"),
    ],
)
def test_reverse_charge_owes_and_deducts_the_tax(vat_id, expense, code) -> None:
    proposal = propose(invoice(tax("AE", "0", "1000.00"), seller_vat_id=vat_id))
    assert lines(proposal) == [
        (expense, "1000.00", code),
        ("1577", "190.00", code),
        ("1787", "-190.00", code),
        ("1600", "-1000.00", None),
    ]


def test_an_intra_community_acquisition_owes_and_deducts_the_tax() -> None:
    proposal = propose(invoice(tax("K", "0", "1000.00"), seller_vat_id="FR12345678901"))
    assert lines(proposal) == [
        ("3425", "1000.00", "IGE19"),
        ("1574", "190.00", "IGE19"),
        ("1774", "-190.00", "IGE19"),
        ("1600", "-1000.00", None),
    ]
    assert proposal.warnings == ()


def test_an_acquisition_from_a_german_seller_is_questioned() -> None:
    proposal = propose(invoice(tax("K", "0", "1000.00")))
    assert any("USt-IdNr." in warning for warning in proposal.warnings)


def test_goods_from_northern_ireland_count_as_eu() -> None:
    proposal = propose(invoice(tax("K", "0", "10.00"), seller_vat_id="XI123456789"))
    assert proposal.warnings == ()


@pytest.mark.parametrize(
    ("category", "code"), [("E", "VFREI"), ("O", "VNSTB"), ("G", "VEXP"), ("Z", "V0")]
)
def test_without_tax_there_are_two_lines(category, code) -> None:
    proposal = propose(invoice(tax(category, "0", "120.00")))
    assert lines(proposal) == [("4980", "120.00", code), ("1600", "-120.00", None)]


def test_the_reason_for_an_exemption_is_quoted() -> None:
    exempt = replace(tax("E", "0", "120.00"), exemption_reason="§ 19 UStG")
    assert any("§ 19 UStG" in reason for reason in propose(invoice(exempt)).reasons)


def test_tax_that_the_category_does_not_allow_is_cost() -> None:
    proposal = propose(invoice(tax("E", "0", "100.00", "19.00")))
    assert lines(proposal) == [
        ("4980", "100.00", "VFREI"),
        ("4980", "19.00", None),
        ("1600", "-119.00", None),
    ]
    assert any("§ 14c UStG" in warning for warning in proposal.warnings)


def test_foreign_vat_is_cost() -> None:
    proposal = propose(invoice(tax("S", "20", "100.00", "20.00"), seller_vat_id="ATU12345678"))
    assert lines(proposal) == [("4980", "120.00", None), ("1600", "-120.00", None)]
    assert any("Vorsteuer-Vergütungsverfahren" in warning for warning in proposal.warnings)


def test_german_vat_of_a_foreign_seller_is_questioned() -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.00"), seller_vat_id=" at U12345678"))
    assert ("1576", "19.00", "V19") in lines(proposal)
    assert any("§ 13b UStG" in warning for warning in proposal.warnings)


def test_a_rate_that_was_not_law_on_that_day_is_questioned() -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.00"), issued_on=date(2020, 8, 1)))
    assert ("1576", "19.00", "V19") in lines(proposal)
    assert any("01.08.2020" in warning for warning in proposal.warnings)


def test_what_is_paid_already_stands_on_a_line_of_its_own() -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.00"), prepaid=Decimal("100.00")))
    assert lines(proposal)[-2:] == [("1793", "-100.00", None), ("1600", "-19.00", None)]


def test_an_invoice_paid_in_full_owes_nothing() -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.00"), prepaid=Decimal("119.00")))
    assert [line.account for line in proposal.entry.lines] == ["4980", "1576", "1793"]


def test_an_invoice_paid_too_much_owes_us() -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.00"), prepaid=Decimal("130.00")))
    assert lines(proposal)[-1] == ("1600", "11.00", None)


def test_rounding_has_its_line() -> None:
    proposal = propose(invoice(tax("S", "7", "314.86", "22.04"), rounding=Decimal("0.01")))
    assert lines(proposal)[-2:] == [("4900", "0.01", None), ("1600", "-336.91", None)]


def test_an_advance_is_an_asset_and_its_tax_waits_for_the_payment() -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.00"), type_code="386"))
    assert lines(proposal)[0] == ("1518", "100.00", "V19")
    assert any("erst nach der Zahlung" in warning for warning in proposal.warnings)


def test_a_document_over_zero_is_still_booked() -> None:
    proposal = propose(invoice(tax("S", "19", "0.00")))
    assert lines(proposal) == [("4980", "0.00", None), ("1600", "0.00", None)]
    assert proposal.warnings == ("Die Rechnung lautet über null.",)


def test_a_document_that_does_not_add_up_is_booked_with_its_difference_in_sight() -> None:
    wrong = replace(invoice(tax("S", "19", "100.00", "19.00")), payable=Decimal("120.14"))
    proposal = propose(wrong)
    assert lines(proposal)[-2:] == [("1600", "-120.14", None), ("1792", "1.14", None)]
    assert any("1,14 EUR" in warning for warning in proposal.warnings)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"type_code": "384"}, "ursprünglichen Rechnung stornieren"),
        ({"type_code": "389"}, "Ihr Erlös"),
        ({"duplicate_of": "x"}, "dieser Nummer"),
        ({"findings": ("BR-CO-16",)}, "BR-CO-16"),
    ],
)
def test_what_a_person_should_look_at_is_said(fields, words) -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.00"), **fields))
    assert any(words in warning for warning in proposal.warnings)


def test_a_closed_period_moves_the_posting_date_only() -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.00")), posted_on=date(2026, 4, 1))
    assert proposal.entry.posted_on == date(2026, 4, 1)
    assert proposal.entry.document_on == date(2026, 3, 1)


def test_foreign_currency_stays_in_its_currency() -> None:
    proposal = propose(invoice(tax("S", "19", "100.00", "19.00"), currency="USD"))
    assert {line.currency for line in proposal.entry.lines} == {"USD"}


amounts = st.decimals("-99999.99", "99999.99", places=2)
groups = st.builds(
    Tax,
    category=st.sampled_from(["S", "Z", "E", "G", "O", "AE", "K", "L", "M", "B", "?"]),
    rate=st.sampled_from([Decimal(rate) for rate in ("0", "5", "7", "16", "19", "19.00", "20")]),
    base=amounts,
    tax=amounts,
    exemption_reason=st.none() | st.text(max_size=5),
)
documents = st.builds(
    Invoice,
    document_id=st.just("d"),
    number=st.text(max_size=5),
    issued_on=st.dates(date(1990, 1, 1), date(2040, 1, 1)),
    currency=st.sampled_from(["EUR", "USD"]),
    type_code=st.sampled_from(["380", "381", "384", "386", "389", "261", "326"]),
    seller_name=st.text(max_size=5),
    tax_total=amounts,
    tax_inclusive=amounts,
    prepaid=amounts,
    rounding=amounts,
    payable=amounts,
    taxes=st.lists(groups, max_size=4).map(tuple),
    seller_vat_id=st.none() | st.sampled_from(["DE1", "ATU1", "XI1", "", "US"]),
)


@given(documents)
def test_any_document_becomes_a_balanced_entry_that_owes_its_payable_amount(document) -> None:
    proposal = propose(document)
    sign = -1 if document.type_code in ("381", "261") else 1
    owed = sum(line.amount for line in proposal.entry.lines if line.account == "1600")
    assert imbalances(proposal.entry.lines) == {}
    assert len(proposal.entry.lines) >= 2
    assert owed == -sign * document.payable
