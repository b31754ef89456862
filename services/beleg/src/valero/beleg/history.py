"""What happened to a document, and when: append-only, and the source of the live stream."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.beleg.models import Change, Document

BATCH = 200

CHANGED = "valero.beleg.changed"
"""Mark in `session.info`: this session has added to the history."""

_TAKE_TURN = text(
    "select pg_advisory_xact_lock(hashtextextended("
    "'valero.beleg.history.' || current_setting('valero.tenant'), 0))"
)


async def add(session: AsyncSession, document: Document, *, action: str, de: str, en: str) -> None:
    """Note a step of `document` with its present state.

    The last statement of a transaction: from here to the commit, writers of one tenant take turns,
    so that ids become visible in their order and a reader who has seen one has seen all before.
    """
    await session.flush()
    await session.execute(_TAKE_TURN)
    principal = session.info.get("principal")
    session.add(
        Change(
            document_id=document.id,
            action=action,
            state=document.state,
            entry_id=document.entry_id,
            user_id=principal.user_id if principal else None,
            note_de=de,
            note_en=en,
        )
    )
    await session.flush()
    session.info[CHANGED] = True


async def of(session: AsyncSession, document_id: UUID) -> Sequence[Change]:
    """All steps of one document, oldest first."""
    found = await session.scalars(
        select(Change).where(Change.document_id == document_id).order_by(Change.id)
    )
    return found.all()


async def after(session: AsyncSession, position: int) -> Sequence[Change]:
    """At most BATCH steps of the tenant that came after `position`, oldest first."""
    found = await session.scalars(
        select(Change).where(Change.id > position).order_by(Change.id).limit(BATCH)
    )
    return found.all()


async def position(session: AsyncSession) -> int:
    """The id of the tenant's newest step; 0 when there is none."""
    return await session.scalar(select(func.max(Change.id))) or 0
