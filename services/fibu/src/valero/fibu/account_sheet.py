"""The account sheet (Kontenblatt): what was posted on one account, with the running balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.kit import paging

READ = text(
    """
    select * from (
        select e.posted_on, e.id as entry_id, l.position, e.document_number, e.text,
            l.amount, e.reverses_id is not null as is_reversal,
            sum(l.amount) over (order by e.posted_on, e.id, l.position) as balance
        from lines l join entries e on e.tenant_id = l.tenant_id and e.id = l.entry_id
        where l.account = :account and l.currency = :currency
    ) as sheet
    where posted_on between :from_ and :to
        and (posted_on, entry_id, position) > (:seen_on, :seen_id, :seen_position)
    order by posted_on, entry_id, position
    limit :limit
    """
)
START = (date.min, UUID(int=0), 0)


@dataclass(frozen=True)
class Posting:
    """One line on the account. `amount` and `balance` (after it) are signed, debit positive."""

    posted_on: date
    entry_id: UUID
    position: int
    document_number: str
    text: str
    amount: Decimal
    is_reversal: bool
    balance: Decimal


@dataclass(frozen=True)
class Span:
    """Which part of a sheet: one currency, posting dates from and to inclusive."""

    currency: str = "EUR"
    from_: date | None = None
    to: date | None = None


async def read(
    session: AsyncSession, account: str, span: Span, page: paging.PageQuery
) -> tuple[Sequence[Posting], str | None]:
    """One page of the sheet in order of posting dates, and the cursor of the next page.

    Raises paging.CursorInvalid.
    """
    seen = START if page.after is None else paging.decode_cursor(page.after, date, UUID, int)
    parameters = {
        "account": account,
        "currency": span.currency,
        "from_": span.from_ or date.min,
        "to": span.to or date.max,
        "seen_on": seen[0],
        "seen_id": seen[1],
        "seen_position": seen[2],
        "limit": page.limit + 1,
    }
    rows = (await session.execute(READ, parameters)).all()
    found = [Posting(*row) for row in rows[: page.limit]]
    if len(rows) <= page.limit:
        return found, None
    last = found[-1]
    return found, paging.encode_cursor(last.posted_on, last.entry_id, last.position)
