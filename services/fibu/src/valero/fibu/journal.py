"""The journal: entries are posted, never changed, and corrected only by reversal.

§ 146 Abs. 4 AO, § 239 Abs. 3 HGB. The rules are checked here for good messages and again in the
database for everybody else (migrations/versions/2026_11_20_ledger.py).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.contracts import fibu as facts
from valero.fibu import accounts, drafts, open_items, periods, vat
from valero.fibu.drafts import Draft, Line, Source
from valero.fibu.models import Entry, EntryLine
from valero.fibu.wording import amount_de, amount_en
from valero.kit import clock, events, money, paging
from valero.kit.auth import Principal
from valero.kit.errors import Conflict, FieldError, Invalid, NotFound

POST_ENTRIES = text("select post_entries(cast(:batch as jsonb))")


class EntryUnbalanced(Invalid):
    """Debit and credit differ."""

    title_de = "Buchung nicht ausgeglichen"
    title_en = "Entry not balanced"


class EntryTooShort(Invalid):
    """An entry needs at least two lines."""

    title_de = "Buchung unvollständig"
    title_en = "Entry incomplete"


class TaxCodeUnknown(Invalid):
    """A line names a tax code that does not exist."""

    title_de = "Steuerschlüssel unbekannt"
    title_en = "Unknown tax code"


class DuplicatePosting(Conflict):
    """The document is booked already; reverse that entry first."""

    title_de = "Beleg schon gebucht"
    title_en = "Document already booked"


class AlreadyReversed(Conflict):
    """The entry was reversed before."""

    title_de = "Schon storniert"
    title_en = "Already reversed"


class ReversalFinal(Conflict):
    """A reversal cannot be reversed; post the entry again instead."""

    title_de = "Storno ist endgültig"
    title_en = "A reversal is final"


class ReversalTooEarly(Invalid):
    """The reversal is dated before the entry it undoes."""

    title_de = "Storno vor der Buchung"
    title_en = "Reversal before the entry"


class EntryNotFound(NotFound):
    """There is no such entry in this tenant's journal."""


@dataclass(frozen=True)
class Filter:
    """Which entries `find` lists: with a line on `account`, by posting date, words, or `ids`."""

    account: str | None = None
    from_: date | None = None
    to: date | None = None
    q: str | None = None
    ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class _Posting:
    """A draft on its way into the journal."""

    id: UUID
    draft: Draft
    reverses_id: UUID | None = None


async def post(
    session: AsyncSession, draft: Draft, *, by: Principal, opens_items: bool = True
) -> Entry:
    """Post one entry and report it. See `post_many` for what is checked and raised."""
    (entry,) = await post_many(session, [draft], by=by, opens_items=opens_items)
    return entry


async def post_many(
    session: AsyncSession, drafts_: Sequence[Draft], *, by: Principal, opens_items: bool = True
) -> list[Entry]:
    """Post all of `drafts_` or none, in one round trip, and report each.

    Lines on debtor and creditor accounts become open items unless the caller settles some.

    Raises EntryTooShort, EntryUnbalanced, TaxCodeUnknown, AccountUnknown, AccountClosed,
    PeriodUnknown, PeriodClosed, and DuplicatePosting if a document is booked already.
    """
    for draft in drafts_:
        check(draft)
    written = await _write(session, [_Posting(clock.new_id(), draft) for draft in drafts_], by)
    if opens_items:
        due = {entry.id: draft.due_on for entry, draft in zip(written, drafts_, strict=True)}
        await open_items.arise(session, written, due)
    await events.publish_many(session, [_posted(entry) for entry in written])
    return written


async def reverse(
    session: AsyncSession,
    entry_id: UUID,
    *,
    by: Principal,
    posted_on: date | None = None,
    why: str | None = None,
) -> Entry:
    """Undo an entry by one with opposite amounts that names it (Generalumkehr).

    Dated `posted_on`, or else today, so that closed periods stay as they are; the document may be
    booked again afterwards. Raises EntryNotFound, ReversalFinal, ReversalTooEarly,
    AlreadyReversed, PeriodClosed and PeriodUnknown.
    """
    original = await get(session, entry_id)
    if original.reverses_id is not None:
        raise ReversalFinal(
            de="Ein Storno lässt sich nicht stornieren. Bitte buchen Sie den Vorgang neu.",
            en="A reversal cannot be reversed. Please post the entry again.",
        )
    day = posted_on or max(clock.today(), original.posted_on)
    if day < original.posted_on:
        raise ReversalTooEarly(
            de="Das Storno liegt vor der Buchung, die es aufhebt.",
            en="The reversal is dated before the entry it undoes.",
            errors=[FieldError("/posted_on", "too_early", "Zu früh.", "Too early.")],
        )
    posting = _Posting(clock.new_id(), _opposite(original, day, why), original.id)
    (entry,) = await _write(session, [posting], by)
    fact = facts.EntryReversed(entry_id=entry.id, original_id=original.id, posted_on=day)
    await events.publish(session, fact)
    return entry


async def get(session: AsyncSession, entry_id: UUID) -> Entry:
    """The entry with its lines. Raises EntryNotFound."""
    found = await session.scalar(select(Entry).where(Entry.id == entry_id))
    if found is None:
        raise EntryNotFound(de="Diese Buchung gibt es nicht.", en="There is no such entry.")
    return found


async def find(
    session: AsyncSession, page: paging.PageQuery, wanted: Filter | None = None
) -> paging.Rows[Entry]:
    """A page of the journal, latest posting date first, with lines."""
    wanted = wanted or Filter()
    statement = select(Entry)
    if wanted.account is not None:
        on_account = EntryLine.account == wanted.account
        statement = statement.where(
            Entry.id.in_(select(EntryLine.entry_id).where(on_account)),
        )
    if wanted.ids:
        statement = statement.where(Entry.id.in_(wanted.ids))
    if wanted.from_ is not None:
        statement = statement.where(Entry.posted_on >= wanted.from_)
    if wanted.to is not None:
        statement = statement.where(Entry.posted_on <= wanted.to)
    if wanted.q:
        words = (Entry.document_number, Entry.text)
        matches = [column.icontains(wanted.q, autoescape=True) for column in words]
        statement = statement.where(or_(*matches))
    return await paging.read(
        session, statement, page, by=[Entry.posted_on, Entry.id], descending=True
    )


async def find_reversals(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """For those of the entries `ids` that were reversed, the entry that did it."""
    statement = select(Entry.reverses_id, Entry.id).where(Entry.reverses_id.in_(ids))
    rows = await session.execute(statement)
    return {original: reversal for original, reversal in rows if original is not None}


def check(draft: Draft) -> None:
    """What can be judged without the database.

    Raises EntryTooShort, EntryUnbalanced and TaxCodeUnknown.
    """
    if len(draft.lines) < 2:
        raise EntryTooShort(
            de="Eine Buchung braucht mindestens zwei Zeilen.",
            en="An entry needs at least two lines.",
            errors=[FieldError("/lines", "too_short", "Zeilen fehlen.", "Lines are missing.")],
        )
    for position, line in enumerate(draft.lines):
        if line.tax_code is not None and line.tax_code not in vat.codes():
            at = f"/lines/{position}/tax_code"
            raise TaxCodeUnknown(
                de=f"Den Steuerschlüssel {line.tax_code} gibt es nicht.",
                en=f"There is no tax code {line.tax_code}.",
                errors=[FieldError(at, "tax_code_unknown", "Unbekannt.", "Unknown.")],
            )
    for currency, difference in drafts.imbalances(draft.lines).items():
        amount = abs(difference)
        raise EntryUnbalanced(
            de=f"Soll und Haben unterscheiden sich um {amount_de(amount, currency)}.",
            en=f"Debit and credit differ by {amount_en(amount, currency)}.",
            errors=[FieldError("/lines", "unbalanced", "Nicht ausgeglichen.", "Not balanced.")],
        )


def total(entry: Entry) -> Decimal:
    """The sum of the debits in the entry's currency; negative for a reversal."""
    reversal = entry.reverses_id is not None
    debits = [
        line.amount
        for line in entry.lines
        if line.currency == entry.currency and drafts.is_debit(line.amount, reversal=reversal)
    ]
    return sum(debits, drafts.ZERO)


async def _write(session: AsyncSession, postings: Sequence[_Posting], by: Principal) -> list[Entry]:
    """Hand the postings to the database; open books and years on first use."""
    batch = json.dumps(_batch(postings, by))
    while True:
        answer = await session.scalar(POST_ENTRIES, {"batch": batch})
        match answer:
            case {"posted_at": str(instant)}:
                posted_at = datetime.fromisoformat(instant)
                return [_entry(posting, posted_at, by) for posting in postings]
            case {"error": "ledger_missing"}:
                await accounts.open_ledger(session)
            case {"error": "period_missing", "found": days}:
                await periods.open_years(session, [date.fromisoformat(day) for day in days])
            case {"error": str(error)}:
                raise _refusal(error, answer.get("found", ()), postings)
            case _:
                raise TypeError(f"post_entries answered {answer!r}")


def _refusal(error: str, found: Sequence[str], postings: Sequence[_Posting]) -> Invalid | Conflict:
    """What the database's answer means to the caller."""
    lines = [line.account for posting in postings for line in posting.draft.lines]
    if error == "account_unknown":
        return accounts.unknown(found, lines)
    if error == "account_closed":
        return accounts.closed(found, lines)
    if error == "period_closed":
        return periods.closed(date.fromisoformat(day) for day in found)
    if error == "duplicate":
        return DuplicatePosting(
            de="Dieser Beleg ist schon gebucht. Stornieren Sie zuerst die vorhandene Buchung.",
            en="This document is booked already. Reverse the existing entry first.",
        )
    return AlreadyReversed(
        de="Diese Buchung ist schon storniert.", en="This entry is reversed already."
    )


def _batch(postings: Sequence[_Posting], by: Principal) -> dict[str, Any]:
    """The input of the SQL function post_entries; amounts as text, so that none is rounded."""
    return {
        "entries": [_entry_row(posting, by) for posting in postings],
        "lines": [
            {
                "entry_id": str(posting.id),
                "position": position,
                "account": line.account,
                "amount": str(money.cents(line.amount)),
                "currency": line.currency,
                "tax_code": line.tax_code,
                "cost_centre": line.cost_centre,
                "partner": line.partner,
                "text": line.text,
            }
            for posting in postings
            for position, line in enumerate(posting.draft.lines, 1)
        ],
    }


def _entry_row(posting: _Posting, by: Principal) -> dict[str, Any]:
    draft = posting.draft
    return {
        "id": str(posting.id),
        "posted_on": draft.posted_on.isoformat(),
        "document_on": draft.document_on.isoformat(),
        "document_number": draft.document_number,
        "text": draft.text,
        "currency": draft.currency,
        "source": draft.source.service,
        "source_id": draft.source.id,
        "source_sha256": draft.source.sha256,
        "reverses_id": str(posting.reverses_id) if posting.reverses_id else None,
        "line_count": len(draft.lines),
        "posted_by": str(by.user_id),
        "posted_by_name": by.name,
    }


def _entry(posting: _Posting, posted_at: datetime, by: Principal) -> Entry:
    """The entry as it now stands in the database, without reading it back."""
    row = _entry_row(posting, by)
    draft = posting.draft
    row |= {
        "id": posting.id,
        "posted_on": draft.posted_on,
        "document_on": draft.document_on,
        "reverses_id": posting.reverses_id,
        "posted_at": posted_at,
        "posted_by": by.user_id,
    }
    lines = [
        EntryLine(entry_id=posting.id, position=position, **vars(line))
        for position, line in enumerate(draft.lines, 1)
    ]
    return Entry(**row, lines=lines)


def _opposite(original: Entry, day: date, why: str | None) -> Draft:
    """The entry that undoes `original`: the same lines with the opposite sign."""
    return Draft(
        posted_on=day,
        document_on=original.document_on,
        document_number=original.document_number,
        text=why or f"Storno: {original.text}",
        currency=original.currency,
        lines=tuple(
            Line(
                account=line.account,
                amount=-line.amount,
                currency=line.currency,
                tax_code=line.tax_code,
                cost_centre=line.cost_centre,
                partner=line.partner,
                text=line.text,
            )
            for line in original.lines
        ),
        source=Source(original.source, original.source_id, original.source_sha256),
    )


def _posted(entry: Entry) -> facts.EntryPosted:
    return facts.EntryPosted(
        entry_id=entry.id,
        posted_on=entry.posted_on,
        document_number=entry.document_number,
        source=entry.source,
        source_id=entry.source_id,
        source_sha256=entry.source_sha256,
        total=total(entry),
        currency=entry.currency,
    )
