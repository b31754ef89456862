"""Routes of the journal: post, list, show, reverse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from valero.fibu import accounts, journal, seals
from valero.fibu.api.fields import (
    AccountNumber,
    Currency,
    Ids,
    Poster,
    Reader,
    RequiredWord,
    Strict,
    Unsigned,
    Word,
    Words,
)
from valero.fibu.drafts import ZERO, Draft, Line, Source, State, is_debit
from valero.fibu.models import Entry, EntryLine
from valero.kit import idempotency, paging
from valero.kit.database import Session
from valero.kit.errors import FieldError, Invalid
from valero.kit.idempotency import Idempotent
from valero.kit.money import Amount

MOST_LINES = 1000

router = APIRouter()


class LineAmbiguous(Invalid):
    """A line has a debit or a credit, not both and not none."""

    title_de = "Soll oder Haben"
    title_en = "Debit or credit"


class LineIn(Strict):
    """One line of an entry."""

    account: AccountNumber
    debit: Unsigned | None = None
    credit: Unsigned | None = None
    tax_code: Word | None = None
    cost_centre: Word | None = None
    partner: Word | None = None
    text: Word | None = None


class EntryIn(Strict):
    """An entry to post."""

    posted_on: date
    document_on: date
    document_number: RequiredWord
    text: Word = ""
    currency: Currency = "EUR"
    source: RequiredWord | None = None
    source_id: RequiredWord | None = None
    due_on: date | None = None
    lines: Annotated[list[LineIn], Field(max_length=MOST_LINES)]

    def draft(self) -> Draft:
        """As the journal wants it. Raises LineAmbiguous."""
        return Draft(
            posted_on=self.posted_on,
            document_on=self.document_on,
            document_number=self.document_number,
            text=self.text,
            currency=self.currency,
            lines=tuple(
                _signed(position, line, self.currency) for position, line in enumerate(self.lines)
            ),
            source=Source(self.source or Source().service, self.source_id),
            due_on=self.due_on,
        )


class LineOut(BaseModel):
    """One line; in a reversal the amount is negative on the side it takes back."""

    account: str
    account_name: str | None
    debit: Amount | None
    credit: Amount | None
    tax_code: str | None
    cost_centre: str | None
    partner: str | None
    text: str | None

    @classmethod
    def of(
        cls, line: Line | EntryLine, names: Mapping[str, str], *, reversal: bool = False
    ) -> "LineOut":
        """From a draft or from the journal; `names` by account number."""
        debit = is_debit(line.amount, reversal=reversal)
        return cls(
            account=line.account,
            account_name=names.get(line.account),
            debit=line.amount if debit else None,
            credit=None if debit else -line.amount,
            tax_code=line.tax_code,
            cost_centre=line.cost_centre,
            partner=line.partner,
            text=line.text,
        )


class Person(BaseModel):
    """Who did something, by the name of that day."""

    id: UUID
    name: str


class EntryOut(BaseModel):
    """A posted entry; `number` is null until it is sealed, `total` is the sum of the debits."""

    id: UUID
    number: int | None = None
    state: State = State.POSTED
    posted_on: date
    document_on: date
    document_number: str
    text: str
    currency: str
    total: Amount
    source: str
    source_id: str | None
    reverses: UUID | None
    reversed_by: UUID | None
    posted_at: datetime
    posted_by: Person
    lines: list[LineOut]

    @classmethod
    def of(cls, entry: Entry, known: "Known") -> "EntryOut":
        """From the journal, with what is known beside it."""
        reversal = entry.reverses_id is not None
        number = known.numbers.get(entry.id)
        return cls(
            id=entry.id,
            number=number,
            state=State.POSTED if number is None else State.SEALED,
            posted_on=entry.posted_on,
            document_on=entry.document_on,
            document_number=entry.document_number,
            text=entry.text,
            currency=entry.currency,
            total=journal.total(entry),
            source=entry.source,
            source_id=entry.source_id,
            reverses=entry.reverses_id,
            reversed_by=known.reversals.get(entry.id),
            posted_at=entry.posted_at,
            posted_by=Person(id=entry.posted_by, name=entry.posted_by_name),
            lines=[LineOut.of(line, known.names, reversal=reversal) for line in entry.lines],
        )


@dataclass(frozen=True)
class Known:
    """What is known of entries: names by account number, reversals and numbers by entry."""

    names: Mapping[str, str]
    reversals: Mapping[UUID, UUID]
    numbers: Mapping[UUID, int]


class ReversalIn(Strict):
    """When and why; today and a standard text unless given."""

    posted_on: date | None = None
    text: Word | None = None


def wanted_entries(
    account: Annotated[AccountNumber | None, Query()] = None,
    from_: Annotated[date | None, Query(alias="from")] = None,
    to: date | None = None,
    q: Words = None,
    ids: Ids = (),
) -> journal.Filter:
    """Which entries are asked for; `q` searches document number and text."""
    return journal.Filter(account, from_, to, q, tuple(ids))


async def show(session: AsyncSession, entry: Entry) -> EntryOut:
    """The entry with the names of its accounts, its number, and by what it was reversed."""
    return EntryOut.of(entry, await _known(session, [entry]))


@router.post("/entries", status_code=201)
async def post_entry(entry: EntryIn, session: Session, caller: Poster, key: Idempotent) -> EntryOut:
    """Post an entry. With `source` and `source_id`, a document is booked at most once."""

    async def book() -> EntryOut:
        return await show(session, await journal.post(session, entry.draft(), by=caller))

    return await idempotency.run(key, session, entry, book)


@router.get("/entries")
async def list_entries(
    session: Session,
    page: paging.Paging,
    _caller: Reader,
    wanted: Annotated[journal.Filter, Depends(wanted_entries)],
) -> paging.Page[EntryOut]:
    """The journal, latest posting date first."""
    rows = await journal.find(session, page, wanted)
    known = await _known(session, rows.items)
    return rows.page(lambda entry: EntryOut.of(entry, known))


@router.get("/entries/{entry_id}")
async def get_entry(entry_id: UUID, session: Session, _caller: Reader) -> EntryOut:
    """One entry with its lines."""
    return await show(session, await journal.get(session, entry_id))


@router.post("/entries/{entry_id}/reversal", status_code=201)
async def reverse_entry(
    entry_id: UUID,
    session: Session,
    caller: Poster,
    key: Idempotent,
    reversal: ReversalIn | None = None,
) -> EntryOut:
    """Undo an entry (Generalumkehr); its document may then be booked again."""
    wanted = reversal or ReversalIn()

    async def book() -> EntryOut:
        entry = await journal.reverse(
            session, entry_id, by=caller, posted_on=wanted.posted_on, why=wanted.text
        )
        return await show(session, entry)

    return await idempotency.run(key, session, wanted, book)


async def _known(session: AsyncSession, entries: Sequence[Entry]) -> Known:
    ids = [entry.id for entry in entries]
    used = [line.account for entry in entries for line in entry.lines]
    return Known(
        names=await accounts.names(session, used),
        reversals=await journal.find_reversals(session, ids),
        numbers=await seals.find_numbers(session, ids),
    )


def _signed(position: int, line: LineIn, currency: str) -> Line:
    """Debit positive, credit negative."""
    if (line.debit is None) == (line.credit is None):
        raise LineAmbiguous(
            de="Jede Zeile braucht entweder einen Betrag im Soll oder einen im Haben.",
            en="Every line needs either a debit or a credit.",
            errors=[
                FieldError(
                    f"/lines/{position}", "ambiguous", "Soll oder Haben?", "Debit or credit?"
                )
            ],
        )
    return Line(
        account=line.account,
        amount=(line.debit or ZERO) - (line.credit or ZERO),
        currency=currency,
        tax_code=line.tax_code or None,
        cost_centre=line.cost_centre or None,
        partner=line.partner or None,
        text=line.text or None,
    )
