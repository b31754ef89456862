"""FI-6: the advance VAT return 2026, computed from tax codes; golden cases and corrections."""

from datetime import date
from decimal import Decimal

import pytest

from valero.fibu import journal, ustva, vat, vat_returns
from valero.fibu.drafts import Line
from valero.kit.paging import PageQuery

D = Decimal


@pytest.fixture
def post(books, draft):
    """`await post(("4930", "100.00", "V19"), ..., posted_on=...)` with tax codes."""

    async def go(*lines, **fields):
        plain = draft(*((account, amount) for account, amount, _code in lines), **fields)
        coded = tuple(
            Line(line.account, line.amount, line.currency, code)
            for line, (_a, _m, code) in zip(plain.lines, lines, strict=True)
        )
        return await books.post(type(plain)(**{**vars(plain), "lines": coded}))

    return go


async def values(books, period="2026-03") -> dict[str, Decimal]:
    async with books.open() as session:
        return dict((await vat_returns.compute(session, period)).values)


async def test_fi_6_acquisition_at_19_owes_and_deducts(books, post) -> None:
    await post(
        ("3425", "1000.00", "IGE19"), ("1574", "190.00", "IGE19"), ("1774", "-190.00", "IGE19"),
        ("1600", "-1000.00", None),
    )  # fmt: skip
    assert await values(books) == {"89": 1000, "61": D("190.00"), "83": 0}


async def test_fi_6_eu_service_stands_in_46_47_67_and_not_in_66(books, post) -> None:
    await post(
        ("3123", "1000.00", "RCEU19"), ("1577", "190.00", "RCEU19"), ("1787", "-190.00", "RCEU19"),
        ("1600", "-1000.00", None),
    )  # fmt: skip
    assert await values(books) == {"46": 1000, "47": D("190.00"), "67": D("190.00"), "83": 0}


async def test_fi_6_other_reverse_charge_stands_in_84_85_67(books, post) -> None:
    await post(
        ("4980", "1000.00", "RC19"), ("1577", "190.00", "RC19"), ("1787", "-190.00", "RC19"),
        ("1600", "-1000.00", None),
    )  # fmt: skip
    assert await values(books) == {"84": 1000, "85": D("190.00"), "67": D("190.00"), "83": 0}


async def test_fi_6_intra_community_supply_stands_in_41_only(books, post) -> None:
    await post(("1400", "500.00", None), ("8125", "-500.00", "UIGL"))
    assert await values(books) == {"41": 500, "83": 0}


async def test_fi_6_cents_of_a_base_are_cut_and_its_tax_follows(books, post) -> None:
    await post(("1400", "298.68", None), ("8400", "-250.99", "U19"), ("1776", "-47.69", "U19"))
    assert await values(books) == {"81": 250, "83": D("47.50")}


async def test_fi_6_a_reversal_in_a_later_month_goes_there(books, post) -> None:
    entry = await post(
        ("1400", "119.00", None), ("8400", "-100.00", "U19"), ("1776", "-19.00", "U19")
    )
    async with books.open() as session:
        await journal.reverse(session, entry.id, by=books.keeper, posted_on=date(2026, 4, 2))
    assert await values(books) == {"81": 100, "83": 19}
    assert await values(books, "2026-04") == {"81": -100, "83": -19}
    assert await values(books, "2026-Q1") == {"81": 100, "83": 19}


async def test_fi_6_export_is_43_and_zero_rate_is_87(books, post) -> None:
    await post(("1400", "10.00", None), ("8120", "-10.00", "UEXP"))
    await post(("1400", "20.00", None), ("8290", "-20.00", "U0"))
    assert await values(books) == {"43": 10, "87": 20, "83": 0}


async def test_fi_6_input_tax_makes_a_surplus(books, post) -> None:
    await post(("4930", "100.00", "V19"), ("1576", "19.00", "V19"), ("1600", "-119.00", None))
    assert await values(books) == {"66": 19, "83": -19}


async def test_an_automatic_account_implies_its_code(books, post) -> None:
    await post(("1400", "119.00", None), ("8400", "-100.00", None), ("1776", "-19.00", "U19"))
    assert (await values(books))["81"] == 100


async def test_what_cannot_be_in_the_return_is_said(books, post) -> None:
    await post(("4930", "100.00", "V19"), ("1576", "19.00", None), ("1600", "-119.00", "V19"))
    await post(("1400", "119.00", None), ("8400", "-100.00", "U19"), ("1776", "-19.00", "U7"))
    async with books.open() as session:
        warnings = (await vat_returns.compute(session, "2026-03")).warnings
    assert any("ohne Steuerschlüssel" in warning for warning in warnings)
    assert any("Konto ohne Steuer" in warning for warning in warnings)
    assert any(warning.startswith("Kz 81: Gebucht sind 0,00 EUR") for warning in warnings)


async def test_each_field_shows_the_lines_behind_it(books, post) -> None:
    for day in (1, 2, 3):
        await post(
            ("1400", "119.00", None), ("8400", "-100.00", "U19"), ("1776", "-19.00", "U19"),
            posted_on=date(2026, 3, day),
        )  # fmt: skip
    async with books.open() as session:
        page = PageQuery(limit=2)
        first, after = await vat_returns.find_behind(session, "2026-03", "81", page)
        page = PageQuery(limit=2, after=after)
        second, end = await vat_returns.find_behind(session, "2026-03", "81", page)
        assert end is None
        lines = [*first, *second]
        assert [(line.posted_on.day, line.account, line.amount) for line in lines] == [
            (1, "8400", 100), (2, "8400", 100), (3, "8400", 100),
        ]  # fmt: skip
        for kz in ("83", "99"):
            with pytest.raises(vat_returns.KzUnknown):
                await vat_returns.find_behind(session, "2026-03", kz, PageQuery())


async def test_fi_6_a_corrected_return_shows_the_difference(books, post) -> None:
    sale = (("1400", "119.00", None), ("8400", "-100.00", "U19"), ("1776", "-19.00", "U19"))
    await post(*sale)
    async with books.open() as session:
        first = await vat_returns.file(session, "2026-03", by=books.keeper)
        assert (first.number, first.amounts) == (1, {"81": "100", "83": "19.00"})
    async with books.open() as session:
        with pytest.raises(vat_returns.VatReturnUnchanged):
            await vat_returns.file(session, "2026-03", by=books.keeper)
    await post(*sale)
    async with books.open() as session:
        current = await vat_returns.compute(session, "2026-03")
        assert current.is_correction
        assert current.difference == {"81": 100, "83": D("19.00")}
        assert (await vat_returns.file(session, "2026-03", by=books.keeper)).number == 2


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_is_a_month_or_a_quarter(name, first, last) -> None:
    found = vat_returns.period(name)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize("name", ["2026", "2026-13", "2026-Q5", "2026-3", "0000-01", ""])
def test_other_periods_are_refused(name) -> None:
    with pytest.raises(vat_returns.VatPeriodInvalid):
        vat_returns.period(name)


async def test_the_form_of_another_year_is_not_guessed(books) -> None:
    async with books.open() as session:
        for name in ("2025-12", "2027-01"):
            with pytest.raises(vat_returns.VatFormUnknown):
                await vat_returns.compute(session, name)


def test_every_tax_code_has_its_field_or_is_known_to_need_none() -> None:
    form = ustva.form(date(2026, 1, 1))
    assert form is not None
    used = {code for field in form.fields.values() for code, _role in field.lines}
    assert used | form.without_field == set(vat.codes())
    assert not used & form.without_field


def test_no_line_counts_in_two_fields() -> None:
    form = ustva.form(date(2026, 1, 1))
    assert form is not None
    lines = [line for field in form.fields.values() for line in field.lines]
    assert len(lines) == len(set(lines))
