"""Open items: every line on a debtor or creditor account is one until something settles it.

So the open items of an account always add up to its balance. A reversed entry takes its item, and
what it settled, out again. Amounts seen from outside have their natural sign: what we owe a
creditor and what a debtor owes us is positive.
"""

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from valero.fibu.drafts import ZERO
from valero.fibu.models import Entry, OpenItem
from valero.kit import clock, paging

AGES = (0, 30, 60, 90)
"""Upper bounds, in days overdue, of the columns of an ageing; the last column has none."""

READ = text(
    """
    select i.id, i.entry_id, i.side, i.account, i.partner, i.document_number, i.document_on,
        i.posted_on, i.due_on, i.currency, i.amount, standing.amount + settled.amount as open
    from open_items i
    cross join lateral (
        select case when exists (
            select from entries r where r.tenant_id = i.tenant_id and r.reverses_id = i.entry_id
                and r.posted_on <= :as_of
        ) then 0 else i.amount end as amount
    ) as standing
    cross join lateral (
        select coalesce(sum(s.amount), 0) as amount from settlements s
        where s.tenant_id = i.tenant_id and s.item_id = i.id and s.settled_on <= :as_of
            and not exists (
                select from entries r where r.tenant_id = s.tenant_id
                    and r.reverses_id = s.entry_id and r.posted_on <= :as_of
            )
    ) as settled
    where i.posted_on <= :as_of
        and (cast(:ids as uuid[]) is null or i.id = any(cast(:ids as uuid[])))
        and (cast(:side as text) is null or i.side = :side)
        and (cast(:partner as text) is null or i.partner = :partner)
        and (:settled_too or standing.amount + settled.amount <> 0)
        and (i.due_on, i.id) > (:seen_on, :seen_id)
    order by i.due_on, i.id
    limit :limit
    """
)
START = (date.min, UUID(int=0))
ALL = 1_000_000_000


class Side(StrEnum):
    """Whom we owe, and who owes us."""

    CREDITOR = "creditor"
    DEBTOR = "debtor"

    @property
    def sign(self) -> int:
        """Ledger sign of a claim of natural sign."""
        return -1 if self is Side.CREDITOR else 1


@dataclass(frozen=True)
class Item:
    """An item as of a day; `amount` and `open` in natural sign."""

    id: UUID
    entry_id: UUID
    side: Side
    account: str
    partner: str | None
    document_number: str
    document_on: date
    posted_on: date
    due_on: date
    currency: str
    amount: Decimal
    open: Decimal

    @property
    def settled(self) -> Decimal:
        """What was taken off, in natural sign."""
        return self.amount - self.open


@dataclass(frozen=True)
class Filter:
    """Which items: as of a day (inclusive), of a side, of a partner; settled ones on request."""

    as_of: date
    side: Side | None = None
    partner: str | None = None
    settled_too: bool = False


@dataclass(frozen=True)
class Age:
    """What one partner owes or is owed: not due, then overdue up to 30, 60, 90 days, and more."""

    side: Side
    partner: str | None
    currency: str
    columns: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        """The sum of all columns."""
        return sum(self.columns, ZERO)


async def arise(
    session: AsyncSession, entries: Sequence[Entry], due: Mapping[UUID, date | None]
) -> None:
    """Keep an item for each line of `entries` on a debtor or creditor account.

    `due` by entry; without a date the claim is due with the document (§ 271 Abs. 1 BGB).
    """
    rows = [
        {
            "id": clock.new_id(),
            "entry_id": entry.id,
            "position": line.position,
            "side": sides()[line.account],
            "account": line.account,
            "partner": line.partner,
            "document_number": entry.document_number,
            "document_on": entry.document_on,
            "posted_on": entry.posted_on,
            "due_on": due.get(entry.id) or entry.document_on,
            "amount": line.amount,
            "currency": line.currency,
        }
        for entry in entries
        for line in entry.lines
        if line.account in sides() and line.amount
    ]
    for start in range(0, len(rows), 1000):
        await session.execute(insert(OpenItem).values(rows[start : start + 1000]))


async def find(
    session: AsyncSession, page: paging.PageQuery, wanted: Filter
) -> tuple[Sequence[Item], str | None]:
    """A page of items by due date, and the cursor of the next. Raises paging.CursorInvalid."""
    seen = START if page.after is None else paging.decode_cursor(page.after, date, UUID)
    rows = await _read(session, wanted, seen=seen, limit=page.limit + 1)
    found = rows[: page.limit]
    if len(rows) <= page.limit:
        return found, None
    return found, paging.encode_cursor(found[-1].due_on, found[-1].id)


async def find_all(session: AsyncSession, wanted: Filter) -> list[Item]:
    """All items that `wanted` describes, by due date."""
    return await _read(session, wanted)


async def lock(session: AsyncSession, ids: Collection[UUID], *, as_of: date) -> dict[UUID, Item]:
    """Those of the items `ids` that exist, as of a day; nobody else settles them meanwhile."""
    locked = text("select id from open_items where id = any(:ids) order by id for update")
    await session.execute(locked, {"ids": list(ids)})
    items = await _read(session, Filter(as_of, settled_too=True), ids=list(ids))
    return {item.id: item for item in items}


def age(items: Iterable[Item], *, as_of: date) -> list[Age]:
    """The open amounts by side, partner and currency, in columns by days overdue on `as_of`."""
    columns: dict[tuple[Side, str, str], list[Decimal]] = defaultdict(
        lambda: [ZERO] * (len(AGES) + 1)
    )
    for item in items:
        overdue = (as_of - item.due_on).days
        column = sum(overdue > bound for bound in AGES)
        columns[item.side, item.partner or "", item.currency][column] += item.open
    return [
        Age(side, partner or None, currency, tuple(amounts))
        for (side, partner, currency), amounts in sorted(columns.items())
    ]


@cache
def sides() -> Mapping[str, Side]:
    """The side of each account whose lines are open items (data/open_items.toml)."""
    return {account: Side(side) for account, side in rules()["accounts"].items()}


@cache
def rules() -> Mapping[str, Any]:
    """The content of data/open_items.toml."""
    return tomllib.loads((files("valero.fibu") / "data" / "open_items.toml").read_text("utf8"))


async def _read(
    session: AsyncSession,
    wanted: Filter,
    *,
    ids: list[UUID] | None = None,
    seen: tuple[Any, ...] = START,
    limit: int = ALL,
) -> list[Item]:
    parameters = {
        **vars(wanted),
        "ids": ids,
        "seen_on": seen[0],
        "seen_id": seen[1],
        "limit": limit,
    }
    return [_item(row) for row in await session.execute(READ, parameters)]


def _item(row: Any) -> Item:
    fields = dict(row._mapping)
    side = Side(fields["side"])
    amounts = {name: side.sign * fields[name] for name in ("amount", "open")}
    return Item(**fields | amounts | {"side": side})
