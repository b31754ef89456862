"""Bank statements: imported once, however often and in whatever portions the bank delivers them.

A line is recognised by its fingerprint (camt.py), so overlapping files add only what is new. What
the bank has not booked is counted and left out; it comes again when booked.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from valero.fibu import camt
from valero.fibu.models import Statement, StatementLine
from valero.kit import clock, money, paging
from valero.kit.errors import Invalid, NotFound

ONE_AT_A_TIME = text(
    "select pg_advisory_xact_lock("
    "hashtextextended('fibu.statements:' || current_setting('valero.tenant'), 0))"
)
MOST_PARAMETERS = 500
"""Rows per INSERT, far below the protocol's limit of 32767 parameters."""


class StatementInvalid(Invalid):
    """The file is no bank statement that can be imported."""

    title_de = "Kontoauszug nicht lesbar"
    title_en = "Unreadable statement"


class StatementNotFound(NotFound):
    """There is no such statement."""


@dataclass(frozen=True)
class File:
    """A file read but not yet imported."""

    name: str
    sha256: str
    statements: tuple[camt.Statement, ...]


def read(data: bytes, *, name: str) -> File:
    """Read a camt file; takes seconds for large ones, so not in the event loop.

    Raises StatementInvalid.
    """
    try:
        found = camt.load(data)
    except camt.StatementUnreadable as error:
        raise StatementInvalid(de=error.de, en=error.en) from error
    for statement in found:
        amounts = [line.amount for line in statement.lines]
        amounts += [balance.amount for balance in statement.balances]
        if any(amount != money.cents(amount) for amount in amounts):
            raise StatementInvalid(
                de="Der Auszug enthält Beträge mit Bruchteilen von Cent und wird nicht gebucht.",
                en="The statement has amounts finer than a cent and cannot be booked.",
            )
    return File(name, hashlib.sha256(data).hexdigest(), found)


async def load(session: AsyncSession, file: File) -> tuple[list[Statement], bool]:
    """Import the statements of a file; those stored, and whether the file is new."""
    await session.execute(ONE_AT_A_TIME)
    stored = await _of_file(session, file.sha256)
    if stored:
        return stored, False
    seen: Counter[str] = Counter()
    for part in range(len(file.statements)):
        await _store(session, file, part, seen)
    return await _of_file(session, file.sha256), True


async def get(session: AsyncSession, statement_id: UUID) -> Statement:
    """The statement. Raises StatementNotFound."""
    found = await session.scalar(select(Statement).where(Statement.id == statement_id))
    if found is None:
        raise StatementNotFound(
            de="Diesen Kontoauszug gibt es nicht.", en="There is no such statement."
        )
    return found


async def find(session: AsyncSession, page: paging.PageQuery) -> paging.Rows[Statement]:
    """A page of statements, latest import first."""
    by = [Statement.imported_at, Statement.id]
    return await paging.read(session, select(Statement), page, by=by, descending=True)


async def find_lines(
    session: AsyncSession, page: paging.PageQuery, *, statement_id: UUID | None = None
) -> paging.Rows[StatementLine]:
    """A page of lines, latest booking first; of one statement those it brought first."""
    wanted = select(StatementLine)
    if statement_id is not None:
        wanted = wanted.where(StatementLine.statement_id == statement_id)
    by = [StatementLine.booked_on, StatementLine.id]
    return await paging.read(session, wanted, page, by=by, descending=True)


async def _of_file(session: AsyncSession, sha256: str) -> list[Statement]:
    wanted = select(Statement).where(Statement.sha256 == sha256).order_by(Statement.part)
    return list(await session.scalars(wanted))


async def _store(session: AsyncSession, file: File, part: int, seen: Counter[str]) -> None:
    """One statement with the lines that no earlier file brought; `seen` counts within the file."""
    read = file.statements[part]
    booked = [line for line in read.lines if line.is_booked]
    prints = _fingerprints(read, booked, seen)
    known = set(await _known(session, prints))
    opening, closing = read.balance("OPBD", "PRCD"), read.balance("CLBD")
    statement_id = clock.new_id()
    row = insert(Statement).values(
        id=statement_id,
        sha256=file.sha256,
        part=part,
        filename=file.name,
        kind=read.kind,
        identifier=read.identifier,
        sequence=read.sequence,
        account=read.account,
        currency=read.currency,
        created_at=read.created_at,
        imported_at=clock.now(),
        opening=opening.amount if opening else None,
        closing=closing.amount if closing else None,
        imbalance=camt.imbalance(read),
        line_count=len(booked),
        known_count=len(known),
        pending_count=len(read.lines) - len(booked),
    )
    await session.execute(row)
    new = [
        _line(read, line, statement_id, position, fingerprint)
        for position, (line, fingerprint) in enumerate(zip(booked, prints, strict=True), 1)
        if fingerprint not in known
    ]
    for start in range(0, len(new), MOST_PARAMETERS):
        rows = insert(StatementLine).values(new[start : start + MOST_PARAMETERS])
        await session.execute(rows.on_conflict_do_nothing())


def _fingerprints(
    read: camt.Statement, lines: Sequence[camt.StatementLine], seen: Counter[str]
) -> list[str]:
    """One fingerprint per line; the second of two equal lines of a file has another."""
    prints = []
    for line in lines:
        first = camt.fingerprint(read, line, 0)
        prints.append(camt.fingerprint(read, line, seen[first]))
        seen[first] += 1
    return prints


async def _known(session: AsyncSession, prints: Sequence[str]) -> Sequence[str]:
    wanted = select(StatementLine.fingerprint).where(StatementLine.fingerprint.in_(prints))
    return (await session.scalars(wanted)).all()


def _line(
    read: camt.Statement,
    line: camt.StatementLine,
    statement_id: UUID,
    position: int,
    fingerprint: str,
) -> dict[str, object]:
    """The row of a line; names and references are those of its first transaction."""
    first = line.transactions[0] if line.transactions else None
    texts = [transaction.remittance for transaction in line.transactions]
    other = first.counterparty if first else camt.Party()
    return {
        "id": clock.new_id(),
        "statement_id": statement_id,
        "position": position,
        "fingerprint": fingerprint,
        "account": read.account,
        "amount": line.amount,
        "currency": line.currency,
        "booked_on": line.booked_on or line.value_on or read.created_at.date(),
        "value_on": line.value_on,
        "bank_reference": line.bank_reference,
        "end_to_end_id": first.end_to_end_id if first else None,
        "counterparty": other.ultimate_name or other.name,
        "counterparty_iban": other.iban,
        "remittance": " ".join(filter(None, texts)) or line.text,
        "is_reversal": line.reversal,
        "return_code": next(
            (one.return_code for one in line.transactions if one.return_code), None
        ),
        "transactions": [_transaction(one) for one in line.transactions],
    }


def _transaction(transaction: camt.Transaction) -> dict[str, object]:
    fields = asdict(transaction)
    amount = transaction.amount
    return fields | {"amount": None if amount is None else f"{amount:f}"}
