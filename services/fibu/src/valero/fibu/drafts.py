"""An entry before it is posted: signed lines, debit positive. Pure.

German entries are often n:m, so a line carries one signed amount instead of two accounts
sharing one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal("0.00")


class State(StrEnum):
    """What an entry can be; only drafts change. Sealing (Festschreibung) comes after posting."""

    DRAFT = "draft"
    POSTED = "posted"
    SEALED = "sealed"


@dataclass(frozen=True)
class Line:
    """One account and one signed amount in units of `currency`: debit positive, credit negative."""

    account: str
    amount: Decimal
    currency: str
    tax_code: str | None = None
    cost_centre: str | None = None
    partner: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Source:
    """Where an entry comes from: the service, its id of the document, and the document's hash."""

    service: str = "manual"
    id: str | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Draft:
    """What `journal.post` makes an entry of. `currency` is the document's, `due_on` that of the
    open items that arise.
    """

    posted_on: date
    document_on: date
    document_number: str
    text: str
    currency: str
    lines: tuple[Line, ...]
    source: Source = Source()
    due_on: date | None = None


def imbalances(lines: Iterable[Line]) -> dict[str, Decimal]:
    """Debit minus credit of each currency in which `lines` do not sum to zero."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        sums[line.currency] += line.amount
    return {currency: difference for currency, difference in sums.items() if difference}


def is_debit(amount: Decimal, *, reversal: bool) -> bool:
    """Which side a signed amount stands on. A reversal (Generalumkehr) takes back a debit by a
    negative debit, so that the turnover of an account does not grow by mistakes.
    """
    return amount <= 0 if reversal else amount >= 0
