"""Which journal entries rest on a document, as fibu reports it.

A document is booked exactly while an entry rests on it that was not reversed. News about one entry
may come late, twice or in the wrong order; the state follows from all of them together.
"""

from uuid import UUID

import structlog
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from valero.beleg import history
from valero.beleg.models import Booking, Document, State
from valero.contracts.fibu import EntryPosted, EntryReversed

SOURCE = "beleg"
"""How fibu names us as the source of an entry."""

log = structlog.get_logger(__name__)


async def enter(session: AsyncSession, entry: EntryPosted) -> None:
    """Take note of an entry; if it rests on a document of the tenant, that one is booked."""
    document_id = _uuid(entry.source_id) if entry.source == SOURCE else None
    if document_id is None:
        return
    await _merge(session, entry.entry_id, document_id=document_id)
    await _settle(session, document_id)


async def cancel(session: AsyncSession, reversal: EntryReversed) -> None:
    """Take note of a reversal; a document that rested on the original alone is open again."""
    original, reversing = reversal.original_id, reversal.entry_id
    await _merge(session, original, reversed_by=reversing)
    await _merge(session, reversing, reverses=original)
    touched = await session.scalars(
        select(Booking.document_id)
        .where(or_(Booking.entry_id == original, Booking.entry_id == reversing))
        .where(Booking.document_id.is_not(None))
        .distinct()
    )
    for document_id in touched.all():
        assert document_id is not None
        await _settle(session, document_id)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


async def _merge(session: AsyncSession, entry_id: UUID, **facts: UUID) -> None:
    statement = insert(Booking).values(entry_id=entry_id, **facts)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id", "entry_id"], set_=facts)
    )


async def _settle(session: AsyncSession, document_id: UUID) -> None:
    """Bring the state of a document in line with its bookings, and note a change."""
    document = await session.get(Document, document_id, with_for_update=True)
    if document is None:
        log.warning("booking_of_unknown_document", document_id=str(document_id))
        return
    entry_id = await session.scalar(
        select(Booking.entry_id)
        .where(Booking.document_id == document_id)
        .where(Booking.reversed_by.is_(None), Booking.reverses.is_(None))
        .order_by(Booking.entry_id)
        .limit(1)
    )
    if entry_id == document.entry_id:
        return
    before = document.entry_id
    document.entry_id = entry_id
    document.state = State.BOOKED if entry_id else _open_state(document)
    if entry_id is None:
        await history.add(
            session,
            document,
            action="reversed",
            de=f"Die Buchung {before} wurde storniert, der Beleg ist wieder offen.",
            en=f"Entry {before} was reversed, the document is open again.",
        )
        return
    await history.add(
        session,
        document,
        action="booked",
        de=f"Gebucht mit {entry_id}.",
        en=f"Booked as {entry_id}.",
    )


def _open_state(document: Document) -> State:
    return State.RECEIVED if document.number is not None else State.UNREADABLE
