"""The trial balance (Summen- und Saldenliste): debit, credit and balance of every account.

Amounts of different currencies are never added; each currency has a sheet of its own. Whole months
come from the totals of sealed lines plus the few unsealed ones; only a month that `as_of` cuts is
read line by line. So the cost does not grow with the journal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.fibu.drafts import ZERO

READ = text(
    """
    select turnover.currency, a.number, a.name, a.type, turnover.debit, turnover.credit
    from (
        select currency, tenant_id, account, sum(debit) as debit, sum(credit) as credit
        from (
            select currency, tenant_id, account, debit, credit
            from period_totals where month < :begun
            union all
            select l.currency, l.tenant_id, l.account,
                case when (l.amount > 0) <> (e.reverses_id is not null) then l.amount else 0.00 end,
                case when (l.amount > 0) = (e.reverses_id is not null) then -l.amount else 0.00 end
            from entries e join lines l on l.tenant_id = e.tenant_id and l.entry_id = e.id
            where e.posted_on between :begun and :as_of
            union all
            select l.currency, l.tenant_id, l.account,
                case when (l.amount > 0) <> (e.reverses_id is not null) then l.amount else 0.00 end,
                case when (l.amount > 0) = (e.reverses_id is not null) then -l.amount else 0.00 end
            from unsealed u
            join entries e on e.tenant_id = u.tenant_id and e.id = u.entry_id
            join lines l on l.tenant_id = e.tenant_id and l.entry_id = e.id
            where e.posted_on < :begun
        ) as parts
        group by currency, tenant_id, account
    ) as turnover
    join accounts a on a.tenant_id = turnover.tenant_id and a.number = turnover.account
    order by turnover.currency, a.number
    """
)


@dataclass(frozen=True)
class Row:
    """One account: turnover on both sides; reversals reduce the side they take back."""

    account: str
    name: str
    type: str
    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        """Debit minus credit: positive is a debit balance."""
        return self.debit - self.credit


@dataclass(frozen=True)
class Sheet:
    """All accounts with postings in one currency."""

    currency: str
    rows: Sequence[Row]

    @property
    def total_debit(self) -> Decimal:
        """The sum of all debits."""
        return _sum(row.debit for row in self.rows)

    @property
    def total_credit(self) -> Decimal:
        """The sum of all credits."""
        return _sum(row.credit for row in self.rows)

    @property
    def is_balanced(self) -> bool:
        """Whether both sums agree, as they must."""
        return self.total_debit == self.total_credit


async def read(session: AsyncSession, *, as_of: date) -> list[Sheet]:
    """The sheets of all currencies with postings up to and including `as_of`, by currency."""
    found = (await session.execute(READ, {"as_of": as_of, "begun": _begun(as_of)})).all()
    return [
        Sheet(currency, [Row(*values) for _currency, *values in rows])
        for currency, rows in groupby(found, key=lambda row: str(row[0]))
    ]


def _begun(as_of: date) -> date:
    """The first day of the month that is not over on `as_of`."""
    tomorrow = as_of + timedelta(days=1) if as_of < date.max else as_of
    return tomorrow.replace(day=1)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
