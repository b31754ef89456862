"""FI-10: when a debtor is in default, and what interest that costs."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valero.fibu import dunning
from valero.fibu.dunning import Principal, Terms

D = Decimal
DUE = date(2023, 6, 20)
CLAIM = [Principal(DUE, D("1000.00"))]


def test_fi_10_interest_of_a_business_over_a_change_of_the_base_rate() -> None:
    first = dunning.default_from(Terms(DUE, DUE, is_fixed=True))
    assert first == date(2023, 6, 21)
    found = dunning.interest(CLAIM, first=first, last=date(2023, 8, 31), is_business=True)
    assert [(one.days, one.rate, one.interest) for one in found] == [
        (10, D("10.62"), D("2.91")),
        (62, D("12.12"), D("20.59")),
    ]
    assert dunning.total(found) == D("23.50")


def test_fi_10_a_consumer_pays_five_points_and_no_lump_sum() -> None:
    last = date(2023, 6, 30)
    (one,) = dunning.interest(CLAIM, first=date(2023, 6, 21), last=last, is_business=False)
    assert one.rate == D("6.62")
    assert dunning.lump_sum(is_business=False, already_charged=False) == 0
    assert dunning.lump_sum(is_business=True, already_charged=False) == D("40.00")
    assert dunning.lump_sum(is_business=True, already_charged=True) == 0


def test_fi_10_an_unknown_base_rate_is_an_error_and_never_guessed() -> None:
    for first, last in (
        (date(2026, 6, 1), date(2026, 7, 1)),
        (date(2016, 6, 30), date(2016, 7, 2)),
    ):
        claim = [Principal(first, D("1000.00"))]
        with pytest.raises(dunning.BaseRateUnknown) as error:
            dunning.interest(claim, first=first, last=last, is_business=True)
        assert "nicht hinterlegt" in error.value.de
    known = [Principal(date(2026, 6, 1), D("1000.00"))]
    assert dunning.interest(known, first=date(2026, 6, 1), last=date(2026, 6, 30), is_business=True)


def test_fi_10_payments_reduce_the_principal_and_interest_until_then_stays() -> None:
    paid = [*CLAIM, Principal(date(2023, 7, 1), D("400.00")), Principal(date(2023, 7, 11), D(0))]
    found = dunning.interest(
        paid, first=date(2023, 6, 21), last=date(2023, 12, 31), is_business=True
    )
    assert [(one.days, one.principal) for one in found] == [(10, D("1000.00")), (10, D("400.00"))]
    assert dunning.total(found) == D("2.91") + D("1.33")


def test_fi_10_a_negative_base_rate_lowers_the_rate() -> None:
    first = date(2022, 12, 31)
    claim = [Principal(first, D("36500.00"))]
    (one,) = dunning.interest(claim, first=first, last=first, is_business=True)
    assert (one.rate, one.interest) == (D("8.12"), D("8.12"))


@pytest.mark.parametrize(
    ("terms", "day"),
    [
        (Terms(DUE, DUE, is_fixed=True), date(2023, 6, 21)),
        (Terms(DUE, DUE), date(2023, 7, 21)),
        (Terms(DUE, date(2023, 7, 1)), date(2023, 8, 1)),
        (Terms(DUE, DUE, reminded_on=date(2023, 7, 3)), date(2023, 7, 4)),
        (Terms(DUE, DUE, reminded_on=date(2023, 6, 1)), date(2023, 6, 21)),
        (Terms(DUE, DUE, reminded_on=date(2023, 9, 1)), date(2023, 7, 21)),
        (Terms(DUE, DUE, is_business=False), None),
        (Terms(DUE, DUE, is_business=False, was_told=True), date(2023, 7, 21)),
        (Terms(DUE, DUE, is_business=False, reminded_on=date(2023, 7, 3)), date(2023, 7, 4)),
    ],
)
def test_fi_10_default_begins(terms, day) -> None:
    assert dunning.default_from(terms) == day


DAYS = st.dates(date(2017, 1, 1), date(2026, 6, 30))


@given(first=DAYS, last=DAYS, amount=st.decimals("0.01", "99999.99", places=2))
def test_segments_cover_each_day_once(first, last, amount) -> None:
    claim = [Principal(first, amount)]
    found = dunning.interest(claim, first=first, last=last, is_business=True)
    days = [one.first + timedelta(days=n) for one in found for n in range(one.days)]
    assert days == [first + timedelta(days=n) for n in range(max((last - first).days + 1, 0))]


def test_the_known_base_rates_have_no_gap() -> None:
    rates = dunning._data()["rates"]
    for earlier, later in pairwise(rates):
        assert later["from"] == earlier["to"] + timedelta(days=1)
