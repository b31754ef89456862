"""What must always hold in the books; Observer shows it beside CPU and memory."""

from decimal import Decimal

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.fibu import open_items, seals
from valero.kit import clock
from valero.kit.health import InvariantResult, invariant

LARGEST_SUM = text(
    "select currency, sum(amount) as total from lines group by currency"
    " order by abs(sum(amount)) desc, currency limit 1"
)
UNBALANCED_ENTRIES = text(
    "select count(*) from (select from lines group by entry_id, currency having sum(amount) <> 0)"
)
INCOMPLETE_ENTRIES = text(
    """
    select count(*) from entries e
    left join (select entry_id, count(*) as lines from lines group by entry_id) as found
        on found.entry_id = e.id
    where found.lines is distinct from e.line_count or e.line_count < 2
    """
)
FORGOTTEN_BOOKINGS = text(
    """
    select count(*) from entries e
    where e.source_id is not null and e.reverses_id is null
        and not exists (select from entries r where r.reverses_id = e.id)
        and not exists (select from bookings b where b.entry_id = e.id)
    """
)


SEALS = text("select coalesce(max(number), 0) from seals")
WRONG_TOTALS = text(
    """
    select count(*) from (
        select date_trunc('month', e.posted_on)::date as month, l.currency, l.account,
            sum(l.amount) as balance
        from sealed_entries s
        join entries e on e.tenant_id = s.tenant_id and e.id = s.entry_id
        join lines l on l.tenant_id = e.tenant_id and l.entry_id = e.id
        group by 1, 2, 3
    ) as found
    full join period_totals t using (month, currency, account)
    where found.balance is distinct from t.debit - t.credit
    """
)
FORGOTTEN_ENTRIES = text(
    """
    select count(*) from entries e
    left join unsealed u on u.tenant_id = e.tenant_id and u.entry_id = e.id
    left join sealed_entries s on s.tenant_id = e.tenant_id and s.entry_id = e.id
    where (u.entry_id is null) = (s.entry_id is null)
    """
)

ITEM_DIFFERENCES = text(
    """
    select count(*) from (
        select account, currency from (
            select account, currency, amount from lines where account = any(:accounts)
            union all
            select i.account, i.currency, -i.amount from open_items i where not exists (
                select from entries r
                where r.tenant_id = i.tenant_id and r.reverses_id = i.entry_id
            )
            union all
            select i.account, i.currency, -s.amount
            from settlements s join open_items i on i.tenant_id = s.tenant_id and i.id = s.item_id
            where not exists (
                select from entries r
                where r.tenant_id = s.tenant_id and r.reverses_id = s.entry_id
            )
        ) as movements
        group by account, currency having sum(amount) <> 0
    ) as differences
    """
)

IN_TURN = 4
"""So many older seals are checked each time, so that all have their turn at bounded cost."""


@invariant("ledger_sums_to_zero", de="Summe aller Buchungen ist null", en="Ledger sums to zero")
async def ledger_sums_to_zero(session: AsyncSession) -> InvariantResult:
    """All lines of all entries sum to zero in every currency."""
    row = (await session.execute(LARGEST_SUM)).one_or_none()
    if row is None:
        return InvariantResult(ok=True, value=Decimal(0))
    return InvariantResult(ok=row.total == 0, value=row.total, detail=row.currency)


@invariant("journal_balanced", de="Jede Buchung ausgeglichen", en="Every entry balanced")
async def journal_balanced(session: AsyncSession) -> InvariantResult:
    """Every entry sums to zero in every currency."""
    return await _none(session, UNBALANCED_ENTRIES)


@invariant("entries_complete", de="Jede Buchung vollständig", en="Every entry complete")
async def entries_complete(session: AsyncSession) -> InvariantResult:
    """Every entry has all its lines, at least two."""
    return await _none(session, INCOMPLETE_ENTRIES)


@invariant("bookings_known", de="Gebuchte Belege bekannt", en="Booked documents known")
async def bookings_known(session: AsyncSession) -> InvariantResult:
    """Every document that an entry books cannot be booked a second time."""
    return await _none(session, FORGOTTEN_BOOKINGS)


@invariant("chain_intact", de="Festschreibung unversehrt", en="Sealed chain intact")
async def chain_intact(session: AsyncSession) -> InvariantResult:
    """The newest seal and some older ones in turn fit their entries and the seals before them."""
    count = await session.scalar(SEALS) or 0
    turn = int(clock.now().timestamp()) // 60 * IN_TURN
    older = {1 + (turn + step) % count for step in range(min(IN_TURN, count))}
    broken = await seals.find_broken(session, sorted(older | {count} - {0}))
    detail = f"Siegel {broken[0]}" if broken else ""
    return InvariantResult(ok=not broken, value=count, detail=detail)


@invariant("totals_agree", de="Monatssummen richtig", en="Totals right", every_seconds=900)
async def totals_agree(session: AsyncSession) -> InvariantResult:
    """The totals of accounts and months are those of the sealed lines."""
    return await _none(session, WRONG_TOTALS)


@invariant("open_items_agree", de="Offene Posten wie im Konto", en="Open items as in the ledger")
async def open_items_agree(session: AsyncSession) -> InvariantResult:
    """The open items of every debtor and creditor account add up to its balance."""
    values = {"accounts": list(open_items.sides())}
    found = await session.scalar(ITEM_DIFFERENCES, values)
    return InvariantResult(ok=found == 0, value=found)


@invariant("sealing_complete", de="Keine Buchung vergessen", en="No entry forgotten")
async def sealing_complete(session: AsyncSession) -> InvariantResult:
    """Every entry is either sealed or waits for it."""
    return await _none(session, FORGOTTEN_ENTRIES)


async def _none(session: AsyncSession, count: TextClause) -> InvariantResult:
    found = await session.scalar(count)
    return InvariantResult(ok=found == 0, value=found)


ALL = (
    ledger_sums_to_zero,
    journal_balanced,
    entries_complete,
    bookings_known,
    chain_intact,
    totals_agree,
    sealing_complete,
    open_items_agree,
)
