"""Charts of accounts as data packs (data/skr03.csv). Pure.

The first line of a pack names chart and version; the dates of an account bound the posting dates
it accepts.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType


class AccountType(StrEnum):
    """Which side of the books an account belongs to."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    REVENUE = "revenue"
    EXPENSE = "expense"


class TaxBehaviour(StrEnum):
    """What VAT has to do with an account."""

    NONE = "none"
    INPUT = "input"
    OUTPUT = "output"
    BOTH = "both"
    INPUT_TAX = "input_tax"
    OUTPUT_TAX = "output_tax"
    SETTLEMENT = "vat_settlement"


@dataclass(frozen=True)
class ChartAccount:
    """One account of a chart. `automatic` (Automatikkonto): DATEV derives `tax_code` from it."""

    number: str
    name: str
    type: AccountType
    tax: TaxBehaviour
    automatic: bool
    tax_code: str | None
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class Chart:
    """A chart of accounts in one version, by account number."""

    name: str
    version: str
    accounts: Mapping[str, ChartAccount]


@cache
def chart(name: str) -> Chart:
    """The newest version of the chart `name`, e.g. "skr03". Raises KeyError if there is none."""
    pack = files("valero.fibu") / "data" / f"{name}.csv"
    if not name.isalnum() or not pack.is_file():
        raise KeyError(name)
    first, _comment, *rows = pack.read_text("utf8").splitlines()
    header = dict(part.split("=") for part in first.lstrip("# ").split())
    accounts = [_account(row) for row in csv.DictReader(rows, delimiter=";")]
    known = {account.number: account for account in accounts}
    if len(known) != len(accounts):
        raise ValueError(f"{name}: an account number occurs twice")
    return Chart(header["chart"], header["version"], MappingProxyType(known))


def _account(row: Mapping[str, str]) -> ChartAccount:
    return ChartAccount(
        number=row["number"],
        name=row["name"],
        type=AccountType(row["type"]),
        tax=TaxBehaviour(row["tax"]),
        automatic=row["automatic"] == "1",
        tax_code=row["tax_code"] or None,
        valid_from=_date(row["valid_from"]),
        valid_to=_date(row["valid_to"]),
    )


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
