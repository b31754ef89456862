"""The tenant's chart of accounts, opened from a data pack at first use."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict

from sqlalchemy import or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from valero.fibu import skr
from valero.fibu.models import Account, Ledger
from valero.kit import paging
from valero.kit.errors import Conflict, FieldError, Invalid, NotFound

CHART = "skr03"

LOAD_CHART = text(
    """
    insert into accounts (number, name, type, tax, automatic, tax_code, valid_from, valid_to)
    select number, name, type, tax, automatic, tax_code, valid_from, valid_to
    from jsonb_to_recordset(cast(:accounts as jsonb)) as account (number text, name text,
        type text, tax text, automatic boolean, tax_code text, valid_from date, valid_to date)
    """
)


class AccountUnknown(Invalid):
    """A line names an account that the chart does not have."""

    title_de = "Konto unbekannt"
    title_en = "Unknown account"


class AccountClosed(Conflict):
    """A line names an account that is not valid on the posting date."""

    title_de = "Konto geschlossen"
    title_en = "Account closed"


class AccountNotFound(NotFound):
    """There is no account of that number."""


async def open_ledger(session: AsyncSession) -> None:
    """Open the tenant's books with the chart SKR03 unless they are open.

    Of two at the same time the second waits for the first.
    """
    if await session.scalar(select(Ledger.chart)) is not None:
        return
    chart = skr.chart(CHART)
    ledger = insert(Ledger).values(chart=chart.name, chart_version=chart.version)
    opened = await session.scalar(ledger.on_conflict_do_nothing().returning(Ledger.chart))
    if opened is not None:
        rows = [asdict(account) for account in chart.accounts.values()]
        await session.execute(LOAD_CHART, {"accounts": json.dumps(rows, default=str)})


async def get(session: AsyncSession, number: str) -> Account:
    """The account `number`. Raises AccountNotFound."""
    await open_ledger(session)
    found = await session.scalar(select(Account).where(Account.number == number))
    if found is None:
        raise AccountNotFound(
            de=f"Das Konto {number} gibt es nicht.", en=f"There is no account {number}."
        )
    return found


async def find(
    session: AsyncSession, page: paging.PageQuery, *, q: str | None = None
) -> paging.Rows[Account]:
    """A page of the chart by number; `q` is the beginning of a number or a part of a name."""
    await open_ledger(session)
    statement = select(Account)
    if q:
        beginning = Account.number.startswith(q, autoescape=True)
        statement = statement.where(or_(beginning, Account.name.icontains(q, autoescape=True)))
    return await paging.read(session, statement, page, by=[Account.number])


async def names(session: AsyncSession, numbers: Collection[str]) -> Mapping[str, str]:
    """The names of those of the accounts `numbers` that exist."""
    statement = select(Account.number, Account.name).where(Account.number.in_(set(numbers)))
    return {row.number: row.name for row in await session.execute(statement)}


def unknown(numbers: Collection[str], lines: Collection[str]) -> AccountUnknown:
    """The error for the accounts `numbers` among those of `lines`, in the order of the lines."""
    listed = ", ".join(sorted(numbers))
    return AccountUnknown(
        de=f"Diese Konten gibt es nicht: {listed}.",
        en=f"These accounts do not exist: {listed}.",
        errors=_at_lines(numbers, lines, "account_unknown", "Konto unbekannt.", "Unknown account."),
    )


def closed(numbers: Collection[str], lines: Collection[str]) -> AccountClosed:
    """The error for the accounts `numbers` among those of `lines`, in the order of the lines."""
    listed = ", ".join(sorted(numbers))
    return AccountClosed(
        de=f"Diese Konten sind am Buchungsdatum geschlossen: {listed}.",
        en=f"These accounts are closed on the posting date: {listed}.",
        errors=_at_lines(numbers, lines, "account_closed", "Konto geschlossen.", "Account closed."),
    )


def _at_lines(
    numbers: Collection[str], lines: Collection[str], code: str, de: str, en: str
) -> list[FieldError]:
    return [
        FieldError(f"/lines/{position}/account", code, de, en)
        for position, number in enumerate(lines)
        if number in numbers
    ]
