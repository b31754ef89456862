"""Fiscal years and their months. A posting needs an open month (§ 146 Abs. 1 AO).

In the skeleton a fiscal year is the calendar year and comes into being with its first posting.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from valero.fibu.models import FiscalYear, Period
from valero.fibu.wording import date_de
from valero.kit import audit, clock
from valero.kit.errors import Conflict, FieldError, Invalid, NotFound

OLDEST_YEARS = 20
"""So many years back postings are accepted; earlier dates are taken for slips of the pen."""


class PeriodClosed(Conflict):
    """The posting date lies in a closed month."""

    title_de = "Periode geschlossen"
    title_en = "Period closed"


class PeriodUnknown(Invalid):
    """The posting date lies in no fiscal year that can be opened."""

    title_de = "Kein Geschäftsjahr"
    title_en = "No fiscal year"


class PeriodNotFound(NotFound):
    """Nothing was ever posted in that fiscal year."""


class State(StrEnum):
    """A month of a fiscal year either accepts postings or does not."""

    OPEN = "open"
    CLOSED = "closed"


def closed(days: Iterable[date]) -> PeriodClosed:
    """The error for postings on `days`."""
    listed = sorted(days)
    return PeriodClosed(
        de=f"Die Buchungsperiode ist geschlossen: {', '.join(map(date_de, listed))}.",
        en=f"The period is closed: {', '.join(map(str, listed))}.",
        errors=[_at_posted_on("period_closed", "Periode geschlossen.", "Period closed.")],
    )


async def open_years(session: AsyncSession, days: Iterable[date]) -> None:
    """Open the calendar years of `days` with their months as far as they are missing.

    Two at once do no harm. Raises PeriodUnknown for years too far away.
    """
    this_year = clock.today().year
    for year in sorted({day.year for day in days}):
        if not this_year - OLDEST_YEARS <= year <= this_year + 1:
            raise PeriodUnknown(
                de=f"Für {year} gibt es kein Geschäftsjahr. Bitte das Buchungsdatum prüfen.",
                en=f"There is no fiscal year {year}. Please check the posting date.",
                errors=[_at_posted_on("period_unknown", "Kein Geschäftsjahr.", "No fiscal year.")],
            )
        first, last = date(year, 1, 1), date(year, 12, 31)
        fiscal_year = insert(FiscalYear).values(starts_on=first, ends_on=last)
        await session.execute(fiscal_year.on_conflict_do_nothing())
        months = [
            {
                "starts_on": date(year, month, 1),
                "ends_on": date(year, month, monthrange(year, month)[1]),
                "fiscal_year_on": first,
            }
            for month in range(1, 13)
        ]
        await session.execute(insert(Period).values(months).on_conflict_do_nothing())


async def find(session: AsyncSession, *, state: State | None = None) -> Sequence[Period]:
    """All months of all fiscal years, oldest first."""
    statement = select(Period).order_by(Period.starts_on)
    if state is not None:
        statement = statement.where(Period.state == state)
    return (await session.scalars(statement)).all()


async def close(session: AsyncSession, month: date) -> Period:
    """Let the month that starts on `month` accept no more postings; those under way finish first.

    Raises PeriodNotFound.
    """
    return await _change(session, month, State.CLOSED)


async def reopen(session: AsyncSession, month: date) -> Period:
    """Let the month that starts on `month` accept postings again. Raises PeriodNotFound."""
    return await _change(session, month, State.OPEN)


async def _change(session: AsyncSession, month: date, state: State) -> Period:
    lock = func.pg_advisory_xact_lock(func.period_lock(Period.tenant_id, Period.starts_on))
    await session.execute(select(lock).where(Period.starts_on == month))
    found = await session.scalar(select(Period).where(Period.starts_on == month))
    if found is None:
        raise PeriodNotFound(
            de=f"Für {month:%m/%Y} gibt es kein Geschäftsjahr.",
            en=f"There is no fiscal year for {month:%Y-%m}.",
        )
    before = found.state
    if before != state:
        changed = update(Period).where(Period.starts_on == month).values(state=state)
        await session.execute(changed)
        await session.refresh(found)
        await audit.record(session, f"period_{state}", str(month), before, state)
    return found


def _at_posted_on(code: str, de: str, en: str) -> FieldError:
    return FieldError("/posted_on", code, de, en)
