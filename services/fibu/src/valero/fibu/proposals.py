"""Booking proposals: each invoice that beleg reports waits here until a person books it.

Whether a proposal is booked is not stored but seen from the journal, so the two cannot disagree:
a reversal opens it again. The entry is worked out when asked for, by the rules of today.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from valero.contracts.beleg import InvoiceReceived
from valero.fibu import accounts, incoming, journal, periods
from valero.fibu.drafts import Draft, Source
from valero.fibu.models import Booking, Entry, Period, Proposal
from valero.kit import clock, paging
from valero.kit.auth import Principal
from valero.kit.errors import NotFound

SOURCE = "beleg"


class ProposalNotFound(NotFound):
    """No invoice of that document has arrived here."""


class State(StrEnum):
    """Whether the document is booked now."""

    OPEN = "open"
    BOOKED = "booked"


@dataclass(frozen=True)
class Suggestion:
    """A proposal as people see it. `entry_id` is the entry that books the document, if any."""

    invoice: InvoiceReceived
    entry_id: UUID | None
    entry: Draft
    reasons: Sequence[str]
    warnings: Sequence[str]

    @property
    def state(self) -> State:
        """Open until an entry books the document."""
        return State.OPEN if self.entry_id is None else State.BOOKED


async def receive(session: AsyncSession, invoice: InvoiceReceived, *, at: datetime) -> None:
    """Keep the invoice, reported at that instant, for booking; a repetition changes nothing."""
    await accounts.open_ledger(session)
    row = insert(Proposal).values(
        document_id=invoice.document_id, received_at=at, invoice=invoice.model_dump(mode="json")
    )
    await session.execute(row.on_conflict_do_nothing())


async def get(session: AsyncSession, document_id: UUID) -> Suggestion:
    """The proposal for a document. Raises ProposalNotFound."""
    statement = select(Proposal).where(Proposal.document_id == document_id)
    found = await session.scalar(statement)
    if found is None:
        raise ProposalNotFound(
            de="Zu diesem Beleg gibt es keinen Buchungsvorschlag.",
            en="There is no proposal for this document.",
        )
    (suggestion,) = await _suggest(session, [found])
    return suggestion


async def find(
    session: AsyncSession,
    page: paging.PageQuery,
    *,
    state: State | None = None,
    documents: Sequence[UUID] = (),
) -> paging.Rows[Suggestion]:
    """A page of proposals, latest arrival first; of `documents` only if there are any."""
    statement = select(Proposal)
    if documents:
        statement = statement.where(Proposal.document_id.in_(documents))
    if state is not None:
        booked = exists().where(_books(Proposal))
        statement = statement.where(booked if state is State.BOOKED else ~booked)
    rows = await paging.read(
        session,
        statement,
        page,
        by=[Proposal.received_at, Proposal.document_id],
        descending=True,
    )
    return paging.Rows(await _suggest(session, rows.items), rows.next, rows.total)


async def post(
    session: AsyncSession, document_id: UUID, *, by: Principal, entry: Draft | None = None
) -> Entry:
    """Book the document as proposed, or as `entry` says instead.

    Raises ProposalNotFound, and what `journal.post` raises.
    """
    suggestion = await get(session, document_id)
    source = Source(SOURCE, str(document_id), suggestion.invoice.sha256)
    wanted = entry or suggestion.entry
    due_on = wanted.due_on or suggestion.invoice.due_on
    return await journal.post(session, replace(wanted, source=source, due_on=due_on), by=by)


async def _suggest(session: AsyncSession, found: Sequence[Proposal]) -> list[Suggestion]:
    closed = await periods.find(session, state=periods.State.CLOSED)
    booked = await _booked(session, [proposal.document_id for proposal in found])
    return [_suggestion(proposal, closed, booked) for proposal in found]


async def _booked(session: AsyncSession, documents: Sequence[UUID]) -> Mapping[str, UUID]:
    """The entries that book `documents`, by document id as text."""
    wanted = [str(document) for document in documents]
    statement = select(Booking.source_id, Booking.entry_id).where(
        Booking.source == SOURCE, Booking.source_id.in_(wanted)
    )
    return {row.source_id: row.entry_id for row in await session.execute(statement)}


def _suggestion(
    proposal: Proposal, closed: Sequence[Period], booked: Mapping[str, UUID]
) -> Suggestion:
    """Work out the entry; what lies in a closed period is posted today."""
    invoice = InvoiceReceived.model_validate(proposal.invoice)
    day = invoice.issued_on
    late = any(period.starts_on <= day <= period.ends_on for period in closed)
    proposed = incoming.propose(_plain(invoice), posted_on=clock.today() if late else None)
    reasons = list(proposed.reasons)
    if late:
        reasons.append("Buchungsdatum ist heute: Die Periode des Belegdatums ist geschlossen.")
    return Suggestion(
        invoice=invoice,
        entry_id=booked.get(str(proposal.document_id)),
        entry=proposed.entry,
        reasons=reasons,
        warnings=proposed.warnings,
    )


def _plain(invoice: InvoiceReceived) -> incoming.Invoice:
    """The event as the pure rules want it."""
    return incoming.Invoice(
        document_id=str(invoice.document_id),
        number=invoice.number,
        issued_on=invoice.issued_on,
        currency=invoice.currency,
        type_code=invoice.type_code,
        seller_name=invoice.seller_name,
        seller_vat_id=invoice.seller_vat_id,
        sha256=invoice.sha256,
        tax_total=invoice.tax_total,
        tax_inclusive=invoice.tax_inclusive,
        prepaid=invoice.prepaid,
        rounding=invoice.rounding,
        payable=invoice.payable,
        taxes=tuple(
            incoming.Tax(tax.category, tax.rate, tax.base, tax.tax, tax.exemption_reason)
            for tax in invoice.taxes
        ),
        duplicate_of=str(invoice.duplicate_of) if invoice.duplicate_of else None,
        findings=invoice.findings,
    )


def _books(proposal: type[Proposal]) -> ColumnElement[bool]:
    """Whether a booking is that of the proposal's document."""
    return and_(Booking.source == SOURCE, Booking.source_id == cast(proposal.document_id, Text))
