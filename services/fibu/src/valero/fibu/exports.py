"""Exports of the journal for the tax adviser: DATEV, one file per month."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from valero.fibu import datev, datev_rows, seals
from valero.fibu.drafts import ZERO, Line
from valero.fibu.models import Account, Entry
from valero.kit import clock
from valero.kit.errors import Conflict

HOME_CURRENCY = "EUR"


class ExportRefused(Conflict):
    """Our own checker finds the file faulty, or it would not say what the journal says."""

    title_de = "Export nicht möglich"
    title_en = "Export refused"


@dataclass(frozen=True)
class Office:
    """DATEV's numbers of the tax adviser (Berater) and of us there (Mandant)."""

    consultant: int
    client: int


async def dump_datev(session: AsyncSession, month: date, last: date, office: Office) -> bytes:
    """The entries posted from `month`, a first day, to `last` as EXTF Buchungsstapel.

    Raises ExportRefused for entries in other currencies, if DATEV would refuse the file, or if
    reading it back gives other balances than the journal.
    """
    statement = select(Entry).where(Entry.posted_on.between(month, last))
    entries = (await session.scalars(statement.order_by(Entry.posted_on, Entry.id))).all()
    if any(line.currency != HOME_CURRENCY for entry in entries for line in entry.lines):
        raise _refused("Der Monat enthält Buchungen in fremder Währung, die DATEV so nicht liest.")
    numbers = await seals.find_numbers(session, [entry.id for entry in entries])
    automatic = await _automatic(session)
    rows = []
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        for line in entry.lines:
            sums[line.account] += line.amount
        rows += datev_rows.rows(_posted(entry, is_sealed=entry.id in numbers), automatic)
    data = datev.dump(_batch(month, last, office, len(numbers) == len(entries) > 0), rows)
    problems = datev.check(data, automatic=frozenset(automatic))
    if problems:
        raise _refused(" ".join(problems[:3]))
    expected = {account: amount for account, amount in sums.items() if amount}
    if datev_rows.balances(datev.load(data), automatic) != expected:
        raise _refused("Die Datei ergäbe andere Salden als das Journal.")
    return data


async def _automatic(session: AsyncSession) -> dict[str, str]:
    wanted = select(Account.number, Account.tax_code).where(Account.automatic)
    return {row.number: row.tax_code for row in await session.execute(wanted) if row.tax_code}


def _posted(entry: Entry, *, is_sealed: bool) -> datev_rows.Posted:
    return datev_rows.Posted(
        posted_on=entry.posted_on,
        document_on=entry.document_on,
        document_number=entry.document_number,
        text=entry.text,
        lines=tuple(
            Line(
                account=line.account,
                amount=line.amount,
                currency=line.currency,
                tax_code=line.tax_code,
                cost_centre=line.cost_centre,
            )
            for line in entry.lines
        ),
        is_sealed=is_sealed,
        is_reversal=entry.reverses_id is not None,
    )


def _batch(month: date, last: date, office: Office, is_sealed: bool) -> datev.Batch:
    return datev.Batch(
        created_at=clock.now().astimezone(clock.BERLIN),
        consultant=office.consultant,
        client=office.client,
        fiscal_year_on=month.replace(month=1),
        first=month,
        last=last,
        label=f"Buchungen {month:%m/%Y}",
        is_sealed=is_sealed,
    )


def _refused(reason: str) -> ExportRefused:
    return ExportRefused(de=reason, en=f"DATEV would not accept the file: {reason}")
