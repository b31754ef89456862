"""Routes of bank statements."""

import asyncio
from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Response, UploadFile
from pydantic import BaseModel, ConfigDict

from valero.fibu import statements
from valero.fibu.api.fields import Poster, Reader
from valero.kit import paging
from valero.kit.database import Session
from valero.kit.money import Amount

router = APIRouter()


class StatementOut(BaseModel):
    """A bank's report on one account; an `imbalance` other than zero needs a person.

    `known_count` of its `line_count` booked lines came with earlier files; `pending_count` are
    not booked by the bank and not kept.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    filename: str
    kind: str
    identifier: str
    sequence: int | None
    account: str
    currency: str | None
    created_at: datetime
    imported_at: datetime
    opening: Amount | None
    closing: Amount | None
    imbalance: Amount | None
    line_count: int
    known_count: int
    pending_count: int


class ImportOut(BaseModel):
    """What a file brought; `is_new` is false if the same file was imported before."""

    is_new: bool
    statements: list[StatementOut]


class StatementLineOut(BaseModel):
    """One movement; money in is positive."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    statement_id: UUID
    account: str
    amount: Amount
    currency: str
    booked_on: date
    value_on: date | None
    bank_reference: str | None
    end_to_end_id: str | None
    counterparty: str | None
    counterparty_iban: str | None
    remittance: str
    is_reversal: bool
    return_code: str | None


@router.post("/statements", status_code=201)
async def import_statements(
    file: UploadFile, session: Session, _caller: Poster, response: Response
) -> ImportOut:
    """Import a camt.052, .053 or .054 file; 200 if this very file was imported before."""
    data, name = await file.read(), file.filename or "camt.xml"
    found = await asyncio.to_thread(statements.read, data, name=name)
    stored, is_new = await statements.load(session, found)
    if not is_new:
        response.status_code = 200
    return ImportOut(is_new=is_new, statements=[StatementOut.model_validate(one) for one in stored])


@router.get("/statements")
async def list_statements(
    session: Session, page: paging.Paging, _caller: Reader
) -> paging.Page[StatementOut]:
    """Imported statements, the latest first."""
    rows = await statements.find(session, page)
    return rows.page(StatementOut.model_validate)


@router.get("/statements/{statement_id}/lines")
async def list_statement_lines(
    statement_id: UUID, session: Session, page: paging.Paging, _caller: Reader
) -> paging.Page[StatementLineOut]:
    """The lines that one statement brought first, latest booking first."""
    await statements.get(session, statement_id)
    rows = await statements.find_lines(session, page, statement_id=statement_id)
    return rows.page(StatementLineOut.model_validate)
