from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from valero.kit.money import Amount, cents

exact = st.decimals(min_value="-9999999999", max_value="9999999999", places=6)


class Line(BaseModel):
    amount: Amount


@given(exact)
def test_rounding_moves_by_at_most_half_a_cent(value: Decimal) -> None:
    assert abs(cents(value) - value) <= Decimal("0.005")


@given(exact)
def test_rounding_has_exactly_two_places_and_no_negative_zero(value: Decimal) -> None:
    rounded = cents(value)
    assert rounded.as_tuple().exponent == -2
    assert str(rounded) != "-0.00"


@given(exact)
def test_rounding_is_symmetric_and_rounding_again_changes_nothing(value: Decimal) -> None:
    assert cents(-value) == -cents(value)
    assert cents(cents(value)) == cents(value)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("1.0049", "1.00")],
)
def test_half_a_cent_is_rounded_away_from_zero(value: str, rounded: str) -> None:
    assert str(cents(Decimal(value))) == rounded


@given(st.floats())
def test_rounding_refuses_every_float(value: float) -> None:
    with pytest.raises(TypeError, match="not float"):
        cents(value)  # type: ignore[arg-type]


@given(st.floats() | st.booleans())
def test_an_amount_refuses_every_float(value: float) -> None:
    with pytest.raises(ValidationError, match="string such as"):
        Line.model_validate({"amount": value})


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])
def test_money_is_finite(value: Decimal) -> None:
    with pytest.raises(ValueError, match="finite"):
        cents(value)
    with pytest.raises(ValidationError):
        Line.model_validate({"amount": value})


@given(st.decimals(min_value="-9999999999", max_value="9999999999", places=2))
def test_an_amount_survives_json_as_a_string_with_two_places(value: Decimal) -> None:
    text = Line(amount=value).model_dump_json()
    assert text == f'{{"amount":"{cents(value)}"}}'
    assert Line.model_validate_json(text).amount == value


def test_an_amount_with_a_third_place_is_refused_rather_than_rounded() -> None:
    with pytest.raises(ValidationError, match="decimal places"):
        Line.model_validate({"amount": "1.005"})


def test_an_amount_has_at_most_sixteen_digits_before_the_point() -> None:
    assert Line.model_validate({"amount": "9" * 16 + ".99"})
    with pytest.raises(ValidationError):
        Line.model_validate({"amount": "1" + "0" * 16 + ".00"})
