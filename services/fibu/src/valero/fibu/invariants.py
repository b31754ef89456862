"""What must always hold in the books; Observer shows it beside CPU and memory."""

from decimal import Decimal

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

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


async def _none(session: AsyncSession, count: TextClause) -> InvariantResult:
    found = await session.scalar(count)
    return InvariantResult(ok=found == 0, value=found)


ALL = (ledger_sums_to_zero, journal_balanced, entries_complete, bookings_known)
