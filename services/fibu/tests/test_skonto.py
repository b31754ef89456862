"""FI-12: cash discount corrects base and VAT, rate by rate."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valero.fibu import skonto
from valero.fibu.skonto import Part

D = Decimal
FULL = Part(D(19), D("100.00"), D("19.00"))
REDUCED = Part(D(7), D("100.00"), D("7.00"))


def test_fi_12_two_per_cent_of_119_are_2_00_and_0_38() -> None:
    assert skonto.split(D("2.38"), [FULL]) == [Part(D(19), D("2.00"), D("0.38"))]


def test_fi_12_mixed_rates_are_split_by_their_share() -> None:
    assert skonto.split(D("4.52"), [FULL, REDUCED]) == [
        Part(D(19), D("2.00"), D("0.38")),
        Part(D(7), D("2.00"), D("0.14")),
    ]


@pytest.mark.parametrize("discount", ["-0.01", "119.01"])
def test_a_discount_lies_between_nothing_and_all(discount) -> None:
    with pytest.raises(ValueError, match="discount"):
        skonto.split(D(discount), [FULL])
    with pytest.raises(ValueError, match="discount"):
        skonto.split(D("0.00"), [])


BASES = st.lists(st.decimals("0.01", "99999.99", places=2), min_size=1, max_size=4)


@given(bases=BASES, share=st.integers(0, 100))
def test_fi_12_no_cent_is_lost(bases, share) -> None:
    parts = [Part(D(19), base, (base * 19 / 100).quantize(D("0.01"))) for base in bases]
    whole = sum(part.gross for part in parts)
    discount = (whole * share / 100).quantize(D("0.01"))
    found = skonto.split(discount, parts)
    assert sum(part.gross for part in found) == discount
