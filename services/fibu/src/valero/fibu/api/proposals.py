"""Routes of the booking proposals for incoming invoices."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from valero.fibu import accounts, proposals
from valero.fibu.api.entries import EntryIn, EntryOut, LineOut, show
from valero.fibu.api.fields import DocumentIds, Poster, Reader, Strict
from valero.fibu.proposals import State, Suggestion
from valero.kit import idempotency, paging
from valero.kit.database import Session
from valero.kit.errors import Problem
from valero.kit.idempotency import Idempotent
from valero.kit.money import Amount

router = APIRouter()


class InvoiceOut(BaseModel):
    """What the invoice says, for comparison with the proposed entry."""

    model_config = ConfigDict(from_attributes=True)

    type_code: str
    number: str
    issued_on: date
    due_on: date | None
    currency: str
    seller_name: str
    buyer_name: str
    tax_exclusive: Amount
    tax_total: Amount
    tax_inclusive: Amount
    payable: Amount


class DraftOut(BaseModel):
    """A proposed entry in the shape of EntryIn."""

    posted_on: date
    document_on: date
    document_number: str
    text: str
    currency: str
    source: str
    source_id: str | None
    lines: list[LineOut]


class ProposalOut(BaseModel):
    """A document waiting to be booked, or booked by `entry_id`; reasons and warnings in German."""

    document_id: UUID
    state: State
    entry_id: UUID | None
    entry: DraftOut
    reasons: list[str]
    warnings: list[str]
    invoice: InvoiceOut

    @classmethod
    def of(cls, found: Suggestion, names: Mapping[str, str]) -> "ProposalOut":
        """From the rules; `names` by account number."""
        entry = found.entry
        return cls(
            document_id=found.invoice.document_id,
            state=found.state,
            entry_id=found.entry_id,
            entry=DraftOut(
                posted_on=entry.posted_on,
                document_on=entry.document_on,
                document_number=entry.document_number,
                text=entry.text,
                currency=entry.currency,
                source=entry.source.service,
                source_id=entry.source.id,
                lines=[LineOut.of(line, names) for line in entry.lines],
            ),
            reasons=list(found.reasons),
            warnings=list(found.warnings),
            invoice=InvoiceOut.model_validate(found.invoice),
        )


class PostingIn(Strict):
    """What to book instead of the proposal; its source is always the document."""

    entry: EntryIn | None = None


@router.get("/proposals")
async def list_proposals(
    session: Session,
    page: paging.Paging,
    _caller: Reader,
    state: State | None = None,
    documents: DocumentIds = (),
) -> paging.Page[ProposalOut]:
    """Proposals for incoming invoices, latest arrival first."""
    rows = await proposals.find(session, page, state=state, documents=documents)
    used = [line.account for found in rows.items for line in found.entry.lines]
    names = await accounts.names(session, used)
    return rows.page(lambda found: ProposalOut.of(found, names))


@router.get("/proposals/{document_id}")
async def get_proposal(document_id: UUID, session: Session, _caller: Reader) -> ProposalOut:
    """The proposed entry for one document, with reasons and warnings."""
    found = await proposals.get(session, document_id)
    names = await accounts.names(session, [line.account for line in found.entry.lines])
    return ProposalOut.of(found, names)


@router.post("/proposals/{document_id}/posting", status_code=201)
async def post_proposal(
    document_id: UUID,
    session: Session,
    caller: Poster,
    key: Idempotent,
    posting: PostingIn | None = None,
) -> EntryOut:
    """Book a document as proposed, or as the given entry says."""
    wanted = posting or PostingIn()

    async def book() -> EntryOut:
        instead = wanted.entry.draft() if wanted.entry else None
        entry = await proposals.post(session, document_id, by=caller, entry=instead)
        return await show(session, entry)

    try:
        return await idempotency.run(key, session, wanted, book)
    except Problem as problem:
        # the journal speaks of the entry, which lies one level deeper in this request
        inside = [replace(error, pointer=f"/entry{error.pointer}") for error in problem.errors]
        problem.errors = tuple(inside)
        raise
