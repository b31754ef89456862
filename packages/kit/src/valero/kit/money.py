"""Amounts of money: exact decimals, rounded commercially (DIN 1333) to cents, no floats."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

CENT = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    """`value` rounded half away from zero to two places, without a negative zero.

    Raises TypeError for anything but Decimal and ValueError for infinity and NaN.
    """
    if not isinstance(value, Decimal):
        raise TypeError(f"money is Decimal, not {type(value).__name__}")
    if not value.is_finite():
        raise ValueError(f"money is finite, not {value}")
    return value.quantize(CENT, rounding=ROUND_HALF_UP) + 0


def _refuse_float(value: object) -> object:
    if isinstance(value, float | bool):
        raise PydanticCustomError("amount_not_exact", "An amount is a string such as '119.00'")
    return value


Amount = Annotated[
    Decimal,
    Field(max_digits=18, decimal_places=2),
    AfterValidator(cents),
    BeforeValidator(_refuse_float),
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?\d{1,16}(\.\d{1,2})?$", "examples": ["119.00"]}
    ),
]
"""A signed amount in an API or event model: two places, JSON string, floats refused."""
