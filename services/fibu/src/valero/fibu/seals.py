"""Sealing (Festschreibung): numbers without gaps, the hash chain, totals per account and month.

GoBD Rz. 107-112 and § 146 Abs. 4 AO. Posting never waits for sealing; two sealers of one tenant
take turns. Number, hash and totals are written in one transaction, so a crash leaves no gap.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.fibu import seal, verify
from valero.fibu.models import Entry, Ledger, Seal, SealedEntry, Unsealed
from valero.fibu.wording import date_de
from valero.kit import audit, clock, paging
from valero.kit.auth import Principal
from valero.kit.errors import FieldError, Invalid

BATCH = 500
"""Entries per seal: their hashing takes some 10 ms."""

DUE_DAY = 10
"""The UStVA of a month is due on the 10th of the next (§ 18 Abs. 1 UStG); sealing goes with it."""

WRITE_ENTRIES = text(
    """
    with sealed as (
        insert into sealed_entries (number, entry_id, seal_number, hash)
        select number, entry_id, :seal_number, hash
        from jsonb_to_recordset(cast(:entries as jsonb))
            as sealed (number bigint, entry_id uuid, hash text)
        order by number
        returning tenant_id, entry_id
    )
    delete from unsealed u using sealed s
    where u.tenant_id = s.tenant_id and u.entry_id = s.entry_id
    """
)
ADD_TOTALS = text(
    """
    insert into period_totals as known (month, currency, account, debit, credit)
    select date_trunc('month', e.posted_on)::date, l.currency, l.account,
        coalesce(sum(l.amount) filter (where (l.amount > 0) <> (e.reverses_id is not null)), 0),
        coalesce(-sum(l.amount) filter (where (l.amount > 0) = (e.reverses_id is not null)), 0)
    from sealed_entries s
    join entries e on e.tenant_id = s.tenant_id and e.id = s.entry_id
    join lines l on l.tenant_id = e.tenant_id and l.entry_id = e.id
    where s.number between :first and :last
    group by 1, 2, 3 order by 1, 2, 3
    on conflict on constraint pk_period_totals do update
    set debit = known.debit + excluded.debit, credit = known.credit + excluded.credit
    """
)


class SealTooLate(Invalid):
    """Only what is past can be sealed."""

    title_de = "Festschreibung in der Zukunft"
    title_en = "Sealing the future"


def due_until(today: date) -> date:
    """Up to which posting date the journal should be sealed on the day `today`: until the 10th
    the month before last, then the last month (FI-2). For the monthly job.
    """
    last_month = today.replace(day=1) - timedelta(days=1)
    return last_month if today.day > DUE_DAY else last_month.replace(day=1) - timedelta(days=1)


async def seal_all(
    session: AsyncSession, *, until: date, by: Principal, most: int = 20
) -> list[Seal]:
    """Seal what was posted up to the day `until`, in at most `most` batches; the seals made.

    Repeating it does no harm. Raises SealTooLate for days to come.
    """
    if until > clock.today():
        raise SealTooLate(
            de=f"Festschreiben lässt sich nur bis heute, nicht bis {date_de(until)}.",
            en=f"Sealing is possible up to today, not up to {until}.",
            errors=[FieldError("/until", "future", "Liegt in der Zukunft.", "In the future.")],
        )
    made: list[Seal] = []
    while len(made) < most and (new := await seal_next(session, until=until, by=by)) is not None:
        made.append(new)
    return made


async def seal_next(session: AsyncSession, *, until: date, by: Principal) -> Seal | None:
    """Seal the next batch by posting date; None if nothing waits. Other sealers wait."""
    if await session.scalar(select(Ledger.chart).with_for_update()) is None:
        return None
    waiting = select(Unsealed.entry_id)
    statement = (
        select(Entry)
        .where(Entry.id.in_(waiting), Entry.posted_on <= until)
        .order_by(Entry.posted_on, Entry.posted_at, Entry.id)
        .limit(BATCH)
    )
    entries = (await session.scalars(statement)).all()
    if not entries:
        return None
    last = await session.scalar(select(Seal).order_by(Seal.number.desc()).limit(1))
    first = last.last_number + 1 if last else 1
    contents = [_content(entry, number) for number, entry in enumerate(entries, first)]
    new = seal.Seal(
        number=last.number + 1 if last else 1,
        until=until,
        first=first,
        last=first + len(contents) - 1,
        sealed_at=clock.now(),
        sealed_by=by.user_id,
        sealed_by_name=by.name,
    )
    hashes = seal.chain(last.hash if last else seal.GENESIS, [*contents, new])
    row = _row(new, hashes.pop())
    session.add(row)
    await session.flush()
    sealed = [
        {"number": content.number, "entry_id": str(content.id), "hash": hash_}
        for content, hash_ in zip(contents, hashes, strict=True)
    ]
    values = {"entries": json.dumps(sealed), "seal_number": new.number}
    await session.execute(WRITE_ENTRIES, values)
    await session.execute(ADD_TOTALS, {"first": new.first, "last": new.last})
    await audit.record(session, "journal_sealed", str(new.number), None, row.hash)
    return row


async def count_unsealed(session: AsyncSession, *, until: date) -> int:
    """How many entries posted up to `until` are not sealed."""
    waiting = select(Unsealed.entry_id)
    statement = select(func.count(Entry.id)).where(Entry.id.in_(waiting), Entry.posted_on <= until)
    return await session.scalar(statement) or 0


async def find(session: AsyncSession, page: paging.PageQuery) -> paging.Rows[Seal]:
    """A page of seals, the latest first."""
    return await paging.read(session, select(Seal), page, by=[Seal.number], descending=True)


async def find_numbers(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """The journal numbers of those of the entries `ids` that are sealed."""
    statement = select(SealedEntry.entry_id, SealedEntry.number)
    rows = await session.execute(statement.where(SealedEntry.entry_id.in_(ids)))
    return {row.entry_id: row.number for row in rows}


async def export(session: AsyncSession, tenant: UUID) -> AsyncIterator[bytes]:
    """The sealed journal as JSON lines that `valero.fibu.verify` checks without us."""
    digest = hashlib.sha256()

    def line(fields: Mapping[str, Any]) -> bytes:
        written = seal.dump(fields) + b"\n"
        digest.update(written)
        return written

    yield line(verify.header(str(tenant)))
    entries, seals, head = 0, 0, seal.GENESIS
    for made in await _seals(session):
        contents, hashes = await _sealed(session, made)
        for content, hash_ in zip(contents, hashes, strict=True):
            yield line({**seal.record(content), "hash": hash_})
        yield line({**seal.record(_seal(made)), "hash": made.hash})
        entries, seals, head = entries + len(contents), seals + 1, made.hash
    yield line(verify.end(entries, seals, head, digest.hexdigest()))


async def find_broken(session: AsyncSession, numbers: Sequence[int]) -> list[int]:
    """Those of the seals `numbers` that do not fit their entries or the seal before."""
    broken = []
    for number in numbers:
        around = select(Seal).where(Seal.number.in_((number - 1, number)))
        found = {row.number: row for row in await session.scalars(around)}
        made, before = found.get(number), found.get(number - 1)
        if made is None:
            broken.append(number)
            continue
        contents, stored = await _sealed(session, made)
        start = before.hash if before else seal.GENESIS
        first = before.last_number + 1 if before else 1
        expected = seal.chain(start, [*contents, _seal(made)])
        if expected != [*stored, made.hash] or [made.first_number, made.last_number] != [
            first,
            first + len(contents) - 1,
        ]:
            broken.append(number)
    return broken


async def _seals(session: AsyncSession) -> Sequence[Seal]:
    return (await session.scalars(select(Seal).order_by(Seal.number))).all()


async def _sealed(session: AsyncSession, made: Seal) -> tuple[list[seal.Entry], list[str]]:
    """The entries under one seal as they stand now, with the hashes kept of them."""
    statement = (
        select(Entry, SealedEntry.number, SealedEntry.hash)
        .join(SealedEntry, SealedEntry.entry_id == Entry.id)
        .where(SealedEntry.seal_number == made.number)
        .order_by(SealedEntry.number)
        .execution_options(populate_existing=True)
    )
    rows = (await session.execute(statement)).all()
    contents = [_content(entry, number) for entry, number, _hash in rows]
    hashes = [hash_ for _entry, _number, hash_ in rows]
    for entry, _number, _hash in rows:
        session.expunge(entry)
    return contents, hashes


def _content(entry: Entry, number: int) -> seal.Entry:
    return seal.Entry(
        number=number,
        id=entry.id,
        posted_on=entry.posted_on,
        document_on=entry.document_on,
        document_number=entry.document_number,
        text=entry.text,
        currency=entry.currency,
        source=entry.source,
        source_id=entry.source_id,
        source_sha256=entry.source_sha256,
        reverses=entry.reverses_id,
        posted_at=entry.posted_at,
        posted_by=entry.posted_by,
        posted_by_name=entry.posted_by_name,
        lines=tuple(
            seal.Line(
                account=line.account,
                amount=line.amount,
                currency=line.currency,
                tax_code=line.tax_code,
                cost_centre=line.cost_centre,
                partner=line.partner,
                text=line.text,
            )
            for line in entry.lines
        ),
    )


def _seal(row: Seal) -> seal.Seal:
    return seal.Seal(
        number=row.number,
        until=row.until,
        first=row.first_number,
        last=row.last_number,
        sealed_at=row.sealed_at,
        sealed_by=row.sealed_by,
        sealed_by_name=row.sealed_by_name,
    )


def _row(content: seal.Seal, hash_: str) -> Seal:
    return Seal(
        number=content.number,
        until=content.until,
        first_number=content.first,
        last_number=content.last,
        sealed_at=content.sealed_at,
        sealed_by=content.sealed_by,
        sealed_by_name=content.sealed_by_name,
        hash=hash_,
    )
