"""Routes of sealing (Festschreibung) and of the export that proves it."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from valero.fibu import seals
from valero.fibu.api.entries import Person
from valero.fibu.api.fields import Configurer, Reader, Strict
from valero.fibu.models import Seal
from valero.kit import clock, idempotency, paging
from valero.kit.database import Database, Session
from valero.kit.idempotency import Idempotent

router = APIRouter()


class SealIn(Strict):
    """Up to which posting date to seal; without it, what is due by the 10th of the month."""

    until: date | None = None


class SealOut(BaseModel):
    """One seal over the journal numbers `first_number` to `last_number`; `hash` ends its chain."""

    number: int
    until: date
    first_number: int
    last_number: int
    sealed_at: datetime
    sealed_by: Person
    hash: str

    @classmethod
    def of(cls, row: Seal) -> "SealOut":
        """From the database."""
        return cls(
            number=row.number,
            until=row.until,
            first_number=row.first_number,
            last_number=row.last_number,
            sealed_at=row.sealed_at,
            sealed_by=Person(id=row.sealed_by, name=row.sealed_by_name),
            hash=row.hash,
        )


class SealingOut(BaseModel):
    """The seals just made; `remaining` entries need another request."""

    until: date
    seals: list[SealOut]
    remaining: int


@router.post("/seals", status_code=201)
async def seal_journal(
    session: Session, caller: Configurer, key: Idempotent, sealing: SealIn | None = None
) -> SealingOut:
    """Seal posted entries: they get journal numbers and a place in the hash chain."""
    wanted = sealing or SealIn()

    async def seal() -> SealingOut:
        until = wanted.until or seals.due_until(clock.today())
        made = await seals.seal_all(session, until=until, by=caller)
        remaining = await seals.count_unsealed(session, until=until)
        return SealingOut(until=until, seals=[SealOut.of(row) for row in made], remaining=remaining)

    return await idempotency.run(key, session, wanted, seal)


@router.get("/seals")
async def list_seals(
    session: Session, page: paging.Paging, _caller: Reader
) -> paging.Page[SealOut]:
    """All seals, the latest first."""
    rows = await seals.find(session, page)
    return rows.page(SealOut.of)


@router.get("/exports/journal", response_class=StreamingResponse)
async def export_journal(request: Request, caller: Reader) -> StreamingResponse:
    """The sealed journal as JSON lines, to be checked by `python -m valero.fibu.verify`."""
    lines = _export(request.app.state.database, caller.tenant_id)
    headers = {"Content-Disposition": 'attachment; filename="journal.jsonl"'}
    return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)


async def _export(database: Database, tenant: UUID) -> AsyncIterator[bytes]:
    """In a transaction of its own: that of the request ends before the answer begins."""
    async with database.transaction(tenant=tenant) as session:
        async for line in seals.export(session, tenant):
            yield line
