"""Routes of open items and of the bank lines that settle them."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from valero.fibu import open_items, settlements
from valero.fibu.api.entries import EntryOut, show
from valero.fibu.api.fields import Poster, Reader, Strict, Words
from valero.fibu.api.statements import StatementLineOut
from valero.fibu.open_items import Side
from valero.kit import clock, idempotency, paging
from valero.kit.database import Session
from valero.kit.idempotency import Idempotent
from valero.kit.money import Amount

router = APIRouter()


class LineState(StrEnum):
    """Whether an entry books a bank line."""

    OPEN = "open"
    BOOKED = "booked"


class OpenItemOut(BaseModel):
    """A claim; what we owe a creditor and what a debtor owes us is positive."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    entry_id: UUID
    side: Side
    account: str
    partner: str | None
    document_number: str
    document_on: date
    posted_on: date
    due_on: date
    currency: str
    amount: Amount
    open: Amount


class AgeOut(BaseModel):
    """A partner's open amounts by days overdue."""

    side: Side
    partner: str | None
    currency: str
    not_due: Amount
    to_30: Amount
    to_60: Amount
    to_90: Amount
    over_90: Amount
    total: Amount


class AgeingOut(BaseModel):
    """The ageing as of a day."""

    as_of: date
    items: list[AgeOut]


class BankLineOut(StatementLineOut):
    """A bank line; `entry_id` is the entry that books it, if any."""

    entry_id: UUID | None = None


class MatchOut(BaseModel):
    """Items that a bank line may settle; score 0 to 100, reasons in German."""

    items: list[UUID]
    score: int
    reasons: list[str]
    difference: Amount


class ShareIn(Strict):
    """What to take off one item in its natural sign; negative when a payment came back."""

    item_id: UUID
    amount: Amount


Shares = Annotated[list[ShareIn], Field(min_length=1, max_length=500)]


class SettlementIn(Strict):
    """The items that a bank line settles."""

    items: Shares

    def shares(self) -> list[settlements.Share]:
        """As the documents want them."""
        return [settlements.Share(one.item_id, one.amount) for one in self.items]


class ClearingIn(SettlementIn):
    """Items to set off against each other; today unless given."""

    on: date | None = None


class ClearingOut(BaseModel):
    """The items as they stand after the clearing."""

    items: list[OpenItemOut]


def wanted_items(
    as_of: date | None = None,
    side: Side | None = None,
    partner: Words = None,
    settled_too: bool = False,
) -> open_items.Filter:
    """Which items are asked for."""
    return open_items.Filter(as_of or clock.today(), side, partner, settled_too)


Wanted = Annotated[open_items.Filter, Depends(wanted_items)]


@router.get("/open-items")
async def list_open_items(
    session: Session, page: paging.Paging, _caller: Reader, wanted: Wanted
) -> paging.Page[OpenItemOut]:
    """Open items as of a day, by due date; without `total`."""
    items, after = await open_items.find(session, page, wanted)
    return paging.Page(items=[OpenItemOut.model_validate(item) for item in items], next=after)


@router.get("/open-items/ageing")
async def get_ageing(session: Session, _caller: Reader, wanted: Wanted) -> AgeingOut:
    """Open amounts per partner, in columns by days overdue."""
    items = await open_items.find_all(session, wanted)
    names = ("not_due", "to_30", "to_60", "to_90", "over_90")
    return AgeingOut(
        as_of=wanted.as_of,
        items=[
            AgeOut(
                side=age.side,
                partner=age.partner,
                currency=age.currency,
                total=age.total,
                **dict(zip(names, age.columns, strict=True)),
            )
            for age in open_items.age(items, as_of=wanted.as_of)
        ],
    )


@router.post("/open-items/clearing", status_code=201)
async def clear_open_items(
    clearing: ClearingIn, session: Session, _caller: Poster, key: Idempotent
) -> ClearingOut:
    """Set items of one account off against each other."""

    async def clear() -> ClearingOut:
        day = clearing.on or clock.today()
        await settlements.clear(session, clearing.shares(), on=day)
        ids = {share.item_id for share in clearing.items}
        found = await open_items.lock(session, ids, as_of=day)
        return ClearingOut(
            items=[OpenItemOut.model_validate(found[one.item_id]) for one in clearing.items]
        )

    return await idempotency.run(key, session, clearing, clear)


@router.get("/statement-lines")
async def list_bank_lines(
    session: Session, page: paging.Paging, _caller: Reader, state: LineState | None = None
) -> paging.Page[BankLineOut]:
    """Bank lines of all statements, the latest first."""
    booked = None if state is None else state is LineState.BOOKED
    rows = await settlements.find_lines(session, page, booked=booked)
    entries = await settlements.find_entries(session, [line.id for line in rows.items])

    def show_line(line: object) -> BankLineOut:
        shown = BankLineOut.model_validate(line)
        shown.entry_id = entries.get(shown.id)
        return shown

    return rows.page(show_line)


@router.get("/statement-lines/{line_id}/matches")
async def list_matches(line_id: UUID, session: Session, _caller: Reader) -> list[MatchOut]:
    """The open items that a bank line may settle, best first."""
    return [
        MatchOut(
            items=list(match.claims),
            score=match.score,
            reasons=list(match.reasons),
            difference=match.difference,
        )
        for match in await settlements.match(session, line_id)
    ]


@router.post("/statement-lines/{line_id}/settlement", status_code=201)
async def settle_bank_line(
    line_id: UUID, settlement: SettlementIn, session: Session, caller: Poster, key: Idempotent
) -> EntryOut:
    """Book a bank line against open items."""

    async def settle() -> EntryOut:
        entry = await settlements.settle(session, line_id, settlement.shares(), by=caller)
        return await show(session, entry)

    return await idempotency.run(key, session, settlement, settle)
