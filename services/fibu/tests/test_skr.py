"""The chart of accounts and the tax codes belong together."""

from datetime import date
from decimal import Decimal

import pytest

from valero.fibu import skr, vat
from valero.fibu.incoming import booking_rules
from valero.fibu.skr import AccountType, TaxBehaviour


@pytest.fixture(scope="module")
def chart() -> skr.Chart:
    return skr.chart("skr03")


def test_the_chart_is_broad_and_names_its_version(chart) -> None:
    assert chart.name == "skr03"
    assert chart.version
    assert len(chart.accounts) > 900


@pytest.mark.parametrize(
    ("number", "name", "type_"),
    [
        ("0320", "Pkw", AccountType.ASSET),
        ("0800", "Gezeichnetes Kapital", AccountType.EQUITY),
        ("1000", "Kasse", AccountType.ASSET),
        ("1200", "Bank", AccountType.ASSET),
        ("1400", "Forderungen aus Lieferungen und Leistungen", AccountType.ASSET),
        ("1576", "Abziehbare Vorsteuer 19 %", AccountType.ASSET),
        ("1600", "Verbindlichkeiten aus Lieferungen und Leistungen", AccountType.LIABILITY),
        ("1776", "Umsatzsteuer 19 %", AccountType.LIABILITY),
        ("3400", "Wareneingang 19 % Vorsteuer", AccountType.EXPENSE),
        ("4120", "Gehälter", AccountType.EXPENSE),
        ("4980", "Sonstiger Betriebsbedarf", AccountType.EXPENSE),
        ("8400", "Erlöse 19 % USt", AccountType.REVENUE),
        ("9000", "Saldenvorträge, Sachkonten", AccountType.EQUITY),
    ],
)
def test_well_known_accounts_are_what_bookkeepers_expect(chart, number, name, type_) -> None:
    assert (chart.accounts[number].name, chart.accounts[number].type) == (name, type_)


def test_automatic_accounts_imply_a_known_tax_code_and_others_none(chart) -> None:
    for account in chart.accounts.values():
        assert account.automatic == (account.tax_code is not None), account.number
        assert account.tax_code is None or account.tax_code in vat.codes(), account.number


def test_names_and_rates_of_automatic_accounts_agree(chart) -> None:
    for account in chart.accounts.values():
        if account.tax_code and "%" in account.name:
            rate = vat.codes()[account.tax_code].rate
            assert f"{rate} %" in account.name, account.number


def test_tax_accounts_of_every_code_are_tax_accounts_of_the_chart(chart) -> None:
    for code in vat.codes().values():
        for number, behaviour in (
            (code.input_account, TaxBehaviour.INPUT_TAX),
            (code.output_account, TaxBehaviour.OUTPUT_TAX),
        ):
            assert number is None or chart.accounts[number].tax == behaviour, code.code


def test_the_accounts_of_the_proposal_rules_are_in_the_chart(chart) -> None:
    rules = booking_rules()
    for group in ("accounts", "expense_accounts", "advance_accounts"):
        for purpose, number in rules[group].items():
            assert number in chart.accounts, purpose


def test_the_small_business_account_of_the_old_law_ends_with_2024(chart) -> None:
    assert chart.accounts["8195"].valid_to == date(2024, 12, 31)


@pytest.mark.parametrize("name", ["skr99", "../skr03", ""])
def test_an_unknown_chart_is_not_found(name) -> None:
    with pytest.raises(KeyError):
        skr.chart(name)


@pytest.mark.parametrize(
    ("category", "rate", "on", "code"),
    [
        ("S", "19", date(2026, 1, 1), "V19"),
        ("S", "19.00", date(2026, 1, 1), "V19"),
        ("S", "7", date(2026, 1, 1), "V7"),
        ("S", "16", date(2020, 8, 1), "V16"),
        ("S", "5", date(2020, 8, 1), "V5"),
        ("Z", "0", date(2026, 1, 1), "V0"),
        ("K", None, date(2026, 1, 1), "IGE19"),
        ("K", None, date(2020, 8, 1), "IGE16"),
        ("AE", None, date(2026, 1, 1), "RC19"),
        ("AE", None, date(2020, 12, 31), "RC16"),
        ("E", None, date(2026, 1, 1), "VFREI"),
        ("O", None, date(2026, 1, 1), "VNSTB"),
        ("G", None, date(2026, 1, 1), "VEXP"),
    ],
)
def test_the_tax_code_follows_category_rate_and_day(category, rate, on, code) -> None:
    found = vat.find(category, on=on, rate=Decimal(rate) if rate else None)
    assert found is not None
    assert found.code == code


def test_a_service_from_the_eu_has_its_own_code() -> None:
    found = vat.find("AE", on=date(2026, 1, 1), origin="eu")
    assert found is not None
    assert found.code == "RCEU19"


def test_a_foreign_rate_has_no_code() -> None:
    assert vat.find("S", on=date(2026, 1, 1), rate=Decimal(20)) is None


def test_the_reduced_rates_of_2020_end_with_the_year() -> None:
    code = vat.codes()["V16"]
    assert code.is_valid(date(2020, 7, 1))
    assert code.is_valid(date(2020, 12, 31))
    assert not code.is_valid(date(2020, 6, 30))
    assert not code.is_valid(date(2021, 1, 1))


@pytest.mark.parametrize(
    ("base", "tax"), [("100.00", "19.00"), ("0.13", "0.02"), ("-0.13", "-0.02"), ("10.50", "2.00")]
)
def test_tax_is_rounded_half_up_to_cents(base, tax) -> None:
    assert vat.tax_on(Decimal(base), vat.codes()["V19"]) == Decimal(tax)
