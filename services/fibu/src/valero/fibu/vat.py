"""Tax codes (Steuerschlüssel) of German VAT with their periods of validity. Pure.

The law is data: data/tax_codes.toml. Rates are per cent, amounts positive for what is bought.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from valero.kit import money


class Kind(StrEnum):
    """How a tax code works."""

    INPUT = "input"
    EXEMPT = "exempt"
    ACQUISITION = "acquisition"
    REVERSE_CHARGE = "reverse_charge"
    OUTPUT = "output"


@dataclass(frozen=True)
class TaxCode:
    """One rule of VAT: its rate, the periods in which it is law, and its tax accounts."""

    code: str
    name: str
    kind: Kind
    rate: Decimal
    valid: tuple[tuple[date, date | None], ...]
    category: str | None = None
    origin: str | None = None
    input_account: str | None = None
    output_account: str | None = None

    def is_valid(self, on: date) -> bool:
        """Whether the rate is law for a supply on that day."""
        return any(first <= on and (last is None or on <= last) for first, last in self.valid)


@cache
def codes() -> Mapping[str, TaxCode]:
    """All tax codes by their code."""
    content = tomllib.loads((files("valero.fibu") / "data" / "tax_codes.toml").read_text("utf8"))
    return MappingProxyType({entry["code"]: _code(entry) for entry in content["code"]})


def find(
    category: str, *, on: date, rate: Decimal | None = None, origin: str | None = None
) -> TaxCode | None:
    """The code for a group of a document's VAT breakdown (EN 16931 BG-23), or None.

    Without `rate`, the highest that is law on that day: the standard rate (§ 12 Abs. 1 UStG). With
    `rate`, the code of that rate, law on that day or not. A code for suppliers of one `origin`
    wins over a code for all.
    """
    fitting = [
        code
        for code in codes().values()
        if code.category == category
        and code.origin in (None, origin)
        and (code.rate == rate if rate is not None else code.is_valid(on))
    ]
    return max(fitting, key=lambda code: (code.origin is not None, code.rate), default=None)


def tax_on(base: Decimal, code: TaxCode) -> Decimal:
    """The tax on a net amount in the same currency, rounded half up to cents (§ 14 UStG)."""
    return money.cents(base * code.rate / 100)


def _code(entry: Mapping[str, Any]) -> TaxCode:
    return TaxCode(
        code=entry["code"],
        name=entry["name"],
        kind=Kind(entry["kind"]),
        rate=Decimal(entry["rate"]),
        valid=tuple((period["from"], period.get("to")) for period in entry["valid"]),
        category=entry.get("category"),
        origin=entry.get("origin"),
        input_account=entry.get("input_account"),
        output_account=entry.get("output_account"),
    )
