"""Verdicts on received documents: one per document and rule pack, append-only (rule BE-4).

A document whose verdict is still to come is one without a row here, so nothing can get lost.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from valero.beleg import history
from valero.beleg.findings import TITLES, Finding, Verdict
from valero.beleg.formats import Kind
from valero.beleg.models import Document, Examination

BATCH = 20

XML_INVOICES = (Kind.CII, Kind.UBL)


def is_due(document: Document) -> bool:
    """Whether rules apply to the document at all: e-invoices, readable or not."""
    return document.syntax is not None or document.kind in XML_INVOICES


async def pending(session: AsyncSession, after: UUID) -> Sequence[Document]:
    """At most BATCH documents of the tenant that wait for a verdict, with ids beyond `after`."""
    found = await session.scalars(
        select(Document)
        .outerjoin(Examination, Examination.document_id == Document.id)
        .where(Examination.document_id.is_(None), Document.id > after)
        .where(or_(Document.syntax.is_not(None), Document.kind.in_(XML_INVOICES)))
        .order_by(Document.id)
        .limit(BATCH)
    )
    return found.all()


async def enter(
    session: AsyncSession,
    document: Document,
    verdict: Verdict,
    found: Sequence[Finding],
    *,
    rule_pack: str,
) -> bool:
    """Keep a verdict and note it in the history; False if this pack has judged already."""
    statement = insert(Examination).values(
        document_id=document.id,
        rule_pack=rule_pack,
        verdict=verdict,
        findings=[one.dump() for one in found],
    )
    entered = await session.scalar(
        statement.on_conflict_do_nothing().returning(Examination.document_id)
    )
    if entered is None:
        return False
    de, en = TITLES[verdict]
    await history.add(
        session, document, action="examined", de=f"Geprüft: {de}.", en=f"Examined: {en}."
    )
    return True


async def latest(session: AsyncSession, document_id: UUID) -> Examination | None:
    """The newest verdict on a document; None while it is to come."""
    found: Examination | None = await session.scalar(
        select(Examination)
        .where(Examination.document_id == document_id)
        .order_by(Examination.examined_at.desc())
        .limit(1)
    )
    return found
