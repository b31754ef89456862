"""From journal entries to DATEV postings and back to balances. Pure.

DATEV posts gross and derives the tax from the account or from a BU key (data/datev_keys.toml). So
a net line and its tax line become one gross posting, but only where DATEV's own computation gives
exactly our lines; all else is posted line by line, with key 40 where an automatism would interfere.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from valero.fibu import datev, vat
from valero.fibu.drafts import ZERO, Line
from valero.kit import money


@dataclass(frozen=True)
class Posted:
    """What the export needs of an entry; lines signed, debit positive, all in euro."""

    posted_on: date
    document_on: date
    document_number: str
    text: str
    lines: tuple[Line, ...]
    is_sealed: bool
    is_reversal: bool


@dataclass(frozen=True)
class _Unit:
    """One side of a posting: gross where `code` is set, so that DATEV derives the tax."""

    account: str
    amount: Decimal
    code: str | None
    cost_centre: str


def rows(entry: Posted, automatic: Mapping[str, str]) -> list[datev.Row]:
    """The postings of an entry; lines over zero say nothing to DATEV and are left out.

    `automatic` maps each Automatikkonto to its tax code. The others are posted against one
    account of the entry, which then has what they leave; so no clearing account is needed.
    """
    units = [unit for unit in _units(entry.lines, automatic) if unit.amount]
    if not units:
        return []
    contra = _contra(units, automatic)
    if contra is None:
        units = [unit for unit in map(_single, entry.lines) if unit.amount]
        contra = max(units, key=lambda unit: (unit.account not in automatic, abs(unit.amount)))
    others = [unit for unit in units if unit.account != contra.account]
    return [_row(entry, unit, contra.account, automatic) for unit in others]


def balances(found: Iterable[datev.Row], automatic: Mapping[str, str]) -> dict[str, Decimal]:
    """What DATEV would book from the postings: the balance of every account, debit positive."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    by_key = {key: code for code, key in keys().items()}
    for row in found:
        gross = row.amount if row.is_debit != row.is_reversal else -row.amount
        code = by_key.get(row.key)
        if not row.key:
            code = automatic.get(row.account)
        sums[row.contra] -= gross
        if code is None:
            sums[row.account] += gross
            continue
        for account, amount in _split(gross, row.account, vat.codes()[code]).items():
            sums[account] += amount
    return {account: amount for account, amount in sums.items() if amount}


@cache
def keys() -> Mapping[str, str]:
    """The BU key of each tax code that has one, four digits."""
    pack = files("valero.fibu") / "data" / "datev_keys.toml"
    content: Mapping[str, str] = tomllib.loads(pack.read_text("utf8"))["keys"]
    return content


def _units(lines: Sequence[Line], automatic: Mapping[str, str]) -> list[_Unit]:
    """Net lines joined with their tax lines, code by code, where that is exact."""
    units: list[_Unit] = []
    rest = list(lines)
    for code in sorted({line.tax_code for line in lines if line.tax_code}):
        rule = vat.codes()[code]
        taxes = {rule.input_account, rule.output_account}
        own = [line for line in rest if line.tax_code == code]
        bases = [line for line in own if line.account not in taxes]
        joined = _joined(bases, [line for line in own if line.account in taxes], rule, automatic)
        if joined:
            units += joined
            rest = [line for line in rest if line not in own]
    units += map(_single, rest)
    return units


def _single(line: Line) -> _Unit:
    return _Unit(line.account, line.amount, None, line.cost_centre or "")


def _joined(
    bases: Sequence[Line], taxes: Sequence[Line], rule: vat.TaxCode, automatic: Mapping[str, str]
) -> list[_Unit]:
    """One gross unit per net line if DATEV then computes exactly these lines; otherwise none."""
    derivable = all(
        automatic.get(line.account) == rule.code
        or (line.account not in automatic and rule.code in keys())
        for line in bases
    )
    if not bases or not derivable or rule.kind is vat.Kind.EXEMPT:
        return []
    units = []
    computed: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in bases:
        gross = line.amount
        if rule.kind in (vat.Kind.INPUT, vat.Kind.OUTPUT):
            gross += vat.tax_on(line.amount, rule)
        for account, amount in _split(gross, line.account, rule).items():
            computed[account] += amount
        units.append(_Unit(line.account, gross, rule.code, line.cost_centre or ""))
    stated: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in (*bases, *taxes):
        stated[line.account] += line.amount
    exact = {a: m for a, m in stated.items() if m} == {a: m for a, m in computed.items() if m}
    return units if exact else []


def _split(gross: Decimal, account: str, rule: vat.TaxCode) -> dict[str, Decimal]:
    """The lines that DATEV makes of a gross amount on an account under a tax code."""
    split: dict[str, Decimal] = defaultdict(lambda: ZERO)
    if rule.kind in (vat.Kind.ACQUISITION, vat.Kind.REVERSE_CHARGE):
        tax = vat.tax_on(gross, rule)
        split[account] += gross
        split[rule.input_account or account] += tax
        split[rule.output_account or account] -= tax
        return split
    tax = money.cents(gross * rule.rate / (100 + rule.rate))
    target = rule.input_account if rule.kind is vat.Kind.INPUT else rule.output_account
    split[account] += gross - tax
    split[target or account] += tax
    return split


def _contra(units: Sequence[_Unit], automatic: Mapping[str, str]) -> _Unit | None:
    """The largest unit that has no part in taxes, to post all others against; None if all have."""
    taxed = {unit.account for unit in units if unit.code is not None}
    fit = [unit for unit in units if unit.account not in taxed and unit.account not in automatic]
    return max(fit, key=lambda unit: abs(unit.amount), default=None)


def _row(entry: Posted, unit: _Unit, contra: str, automatic: Mapping[str, str]) -> datev.Row:
    key = ""
    if unit.code is not None and unit.account not in automatic:
        key = keys()[unit.code]
    elif unit.code is None and {unit.account, contra} & automatic.keys():
        key = datev.NO_AUTOMATISM
    number = datev.document_number(entry.document_number)
    info = []
    if number != entry.document_number:
        info.append(("Belegnummer", datev.plain(_known(entry.document_number), 210)))
    if entry.document_on != entry.posted_on:
        info.append(("Belegdatum", f"{entry.document_on:%d.%m.%Y}"))
    return datev.Row(
        amount=abs(unit.amount),
        is_debit=(unit.amount > 0) != entry.is_reversal,
        account=unit.account,
        contra=contra,
        key=key,
        day=entry.posted_on,
        number=number,
        text=datev.plain(_known(entry.text), 60),
        cost_centre=datev.plain(_cost_centre(unit.cost_centre), 36),
        is_sealed=entry.is_sealed,
        is_reversal=entry.is_reversal,
        info=tuple(info),
    )


def _known(text: str) -> str:
    """Letters that code page 1252 lacks, shown as an underscore rather than refused."""
    return "".join(letter if _is_known(letter) else "_" for letter in text)


def _is_known(letter: str) -> bool:
    try:
        letter.encode(datev.ENCODING)
    except UnicodeEncodeError:
        return False
    return True


def _cost_centre(text: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "_ ") else "_" for c in text)
