"""The advance VAT return (Umsatzsteuer-Voranmeldung): a form as data, filled from tax codes. Pure.

§ 18 Abs. 1 UStG. A field (Kennzahl, Kz) sums lines by tax code and role, never by account number.
Bases are cut to full euro, taxes are in cents; where the form knows the rate, the tax is computed
from the cut base, as the tax office does.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from valero.fibu import vat
from valero.fibu.wording import amount_de
from valero.kit import money

ZERO = Decimal("0.00")
RESULT = "83"
CORRECTED = "10"
FORMS = ("ustva_2026",)
TOLERANCE = Decimal("1.00")
"""Booked and computed tax may differ by rounding; more than this is worth a look."""


class Kind(StrEnum):
    """Full euro or euro and cents."""

    BASE = "base"
    TAX = "tax"


class Role(StrEnum):
    """What a line with a tax code is: the net amount, deductible tax, or tax that is owed."""

    BASE = "base"
    INPUT_TAX = "input_tax"
    OUTPUT_TAX = "output_tax"


@dataclass(frozen=True)
class Field:
    """One Kennzahl. `effect` is what it does to Kz 83: "owed", "deducted" or "none"."""

    kz: str
    kind: Kind
    effect: str
    meaning: str
    lines: frozenset[tuple[str, Role]]
    rate: Decimal | None
    line: int | None

    def round(self, amount: Decimal) -> Decimal:
        """As the form wants it: cents cut from bases, kept in taxes."""
        if self.kind is Kind.BASE:
            return amount.quantize(Decimal(1), ROUND_DOWN)
        return money.cents(amount)


@dataclass(frozen=True)
class Form:
    """The return of one year, by Kz."""

    version: str
    valid_from: date
    valid_to: date
    fields: Mapping[str, Field]
    without_field: frozenset[str]


@dataclass(frozen=True)
class Movement:
    """The sum of lines of one tax code and role in euro, debit positive."""

    code: str
    role: Role
    amount: Decimal


@dataclass(frozen=True)
class Return:
    """A filled form: what each Kz holds, zero left out except Kz 83, and warnings in German."""

    values: Mapping[str, Decimal]
    warnings: tuple[str, ...]


def form(on: date) -> Form | None:
    """The form for a period that begins on that day; None if it is not known here."""
    return next((one for one in map(_load, FORMS) if one.valid_from <= on <= one.valid_to), None)


def compute(form: Form, movements: Iterable[Movement]) -> Return:
    """Fill the form. Kz 83 is what remains to be paid; negative is a surplus."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    booked: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for movement in movements:
        amount = sign(movement.code, movement.role) * movement.amount
        for field in form.fields.values():
            if (movement.code, movement.role) in field.lines:
                sums[field.kz] += amount
        if movement.role is Role.OUTPUT_TAX:
            booked[movement.code] += amount
    values = {kz: form.fields[kz].round(amount) for kz, amount in sums.items()}
    result = sum((_payable(form.fields[kz], amount) for kz, amount in values.items()), ZERO)
    kept = {kz: amount for kz, amount in values.items() if amount}
    return Return({**kept, RESULT: money.cents(result)}, tuple(_compare(form, values, booked)))


def sign(code: str, role: Role) -> int:
    """Turns ledger signs into those of the form: sales and owed taxes are credits."""
    if role is Role.BASE:
        return -1 if vat.codes()[code].kind is vat.Kind.OUTPUT else 1
    return -1 if role is Role.OUTPUT_TAX else 1


def difference(new: Mapping[str, Decimal], old: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What changed from an earlier return, by Kz; what is equal is left out."""
    changes = {kz: new.get(kz, ZERO) - old.get(kz, ZERO) for kz in sorted({*new, *old})}
    return {kz: change for kz, change in changes.items() if change}


def _payable(field: Field, amount: Decimal) -> Decimal:
    if field.effect == "none":
        return ZERO
    tax = amount if field.rate is None else money.cents(amount * field.rate / 100)
    return tax if field.effect == "owed" else -tax


def _compare(
    form: Form, values: Mapping[str, Decimal], booked: Mapping[str, Decimal]
) -> Iterable[str]:
    """Warnings where the booked tax is not what the form computes from the base."""
    for field in form.fields.values():
        if field.rate is None:
            continue
        computed = _payable(field, values.get(field.kz, ZERO))
        found = sum((booked.get(code, ZERO) for code, _role in field.lines), ZERO)
        if abs(computed - found) > TOLERANCE:
            yield (
                f"Kz {field.kz}: Gebucht sind {amount_de(found, 'EUR')} Steuer, aus der "
                f"Bemessungsgrundlage ergeben sich {amount_de(computed, 'EUR')}."
            )


@cache
def _load(name: str) -> Form:
    content = tomllib.loads((files("valero.fibu") / "data" / f"{name}.toml").read_text("utf8"))
    fields = [_field(entry) for entry in content["field"]]
    return Form(
        version=content["version"],
        valid_from=content["valid_from"],
        valid_to=content["valid_to"],
        fields=MappingProxyType({field.kz: field for field in fields}),
        without_field=frozenset(content["without_field"]),
    )


def _field(entry: Mapping[str, Any]) -> Field:
    lines = [line.split(".") for line in entry["lines"]]
    return Field(
        kz=entry["kz"],
        kind=Kind(entry["kind"]),
        effect=entry["effect"],
        meaning=entry["meaning"],
        lines=frozenset((code, Role(role)) for code, role in lines),
        rate=Decimal(entry["rate"]) if "rate" in entry else None,
        line=entry.get("line"),
    )
