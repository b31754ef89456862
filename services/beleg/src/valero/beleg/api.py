"""HTTP routes of beleg."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, StreamingResponse
from pydantic import BaseModel

from valero.beleg import documents, examinations, history, letter, rendering, uploads
from valero.beleg.feed import Feed
from valero.beleg.findings import TITLES, ErrorClass, Finding, Level, Verdict
from valero.beleg.intake import Intake
from valero.beleg.invoice import Invoice
from valero.beleg.models import Change, Document, Examination, State
from valero.kit import clock, errors, etag, paging
from valero.kit.auth import Principal, require
from valero.kit.database import Session
from valero.kit.money import Amount

PERMISSIONS = {
    "beleg:read": "Belege ansehen und herunterladen",
    "beleg:receive": "Belege hochladen",
    "beleg:approve": "Belege freigeben oder zurückweisen",
}

ORIGINAL_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [uploads.FIELD],
                    "properties": {uploads.FIELD: {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}

router = APIRouter(prefix="/api/beleg", tags=["beleg"])


class NothingToReject(errors.Conflict):
    """No finding justifies sending the document back."""


class InvoiceSummary(BaseModel):
    """What a list shows of an e-invoice."""

    syntax: str
    type_code: str
    number: str
    issued_on: date
    due_on: date | None
    currency: str
    seller_name: str
    buyer_name: str
    tax_inclusive: Amount
    payable: Amount


class DocumentOut(BaseModel):
    """A received document; `problem` says in the caller's language what to do about it."""

    id: UUID
    sha256: str
    filename: str
    media_type: str
    size_bytes: int
    received_at: datetime
    state: State
    invoice: InvoiceSummary | None
    duplicate_of: UUID | None
    entry_id: UUID | None
    problem: str | None


class FindingOut(BaseModel):
    """A broken rule; `message` names field and remedy in the caller's language."""

    rule: str
    field: str
    level: Level
    error_class: ErrorClass
    message: str

    @classmethod
    def of(cls, one: Finding, *, german: bool) -> Self:
        """In one language."""
        message = one.de if german else one.en
        return cls(
            rule=one.rule,
            field=one.field,
            level=one.level,
            error_class=one.error_class,
            message=message,
        )


class VerdictOut(BaseModel):
    """What all rules together say; while it is `pending`, the findings are our own only."""

    state: Literal["pending", "done"]
    verdict: Verdict | None = None
    title: str | None = None
    rule_pack: str | None = None
    examined_at: datetime | None = None

    @classmethod
    def of(cls, document: Document, found: Examination | None, *, german: bool) -> Self | None:
        """None for a document to which no rules apply."""
        if found is None:
            return cls(state="pending") if examinations.is_due(document) else None
        de, en = TITLES[Verdict(found.verdict)]
        return cls(
            state="done",
            verdict=Verdict(found.verdict),
            title=de if german else en,
            rule_pack=found.rule_pack,
            examined_at=found.examined_at,
        )


class StepOut(BaseModel):
    """A step in the life of a document."""

    at: datetime
    action: str
    state: State
    entry_id: UUID | None
    user_id: UUID | None
    note: str

    @classmethod
    def of(cls, step: Change, *, german: bool) -> Self:
        """From the history table."""
        return cls(
            at=step.changed_at,
            action=step.action,
            state=State(step.state),
            entry_id=step.entry_id,
            user_id=step.user_id,
            note=step.note_de if german else step.note_en,
        )


class DocumentDetailOut(DocumentOut):
    """A document with its retention, verdict, findings and history."""

    retention: str
    deletable_on: date
    verdict: VerdictOut | None
    findings: list[FindingOut]
    history: list[StepOut]


class InvoiceOut(BaseModel):
    """Everything read from the archived bytes, literally."""

    document_id: UUID
    sha256: str
    findings: list[FindingOut]
    invoice: Invoice


def wants_german(accept_language: Annotated[str, Header()] = "") -> bool:
    """Whether the caller prefers German."""
    return errors.preferred_language(accept_language) == "de"


def find_intake(request: Request) -> Intake:
    """The way in of this process."""
    intake: Intake = request.app.state.intake
    return intake


German = Annotated[bool, Depends(wants_german)]
TheIntake = Annotated[Intake, Depends(find_intake)]
Reader = Annotated[Principal, require("beleg:read")]
Receiver = Annotated[Principal, require("beleg:receive")]


@router.post(
    "/documents",
    status_code=201,
    response_model=DocumentOut,
    responses={200: {"model": DocumentOut, "description": "The same bytes are there already."}},
    openapi_extra=UPLOAD_BODY,
)
async def receive_document(
    request: Request, response: Response, caller: Receiver, intake: TheIntake, german: German
) -> DocumentOut:
    """Archive one file, byte for byte, and read the e-invoice in it if there is one."""
    content_type = request.headers.get("content-type", "")
    with intake.open() as incoming:
        filename = await uploads.receive(content_type, request.stream(), incoming)
        document, is_new = await intake.take(incoming, filename=filename, principal=caller)
    if not is_new:
        response.status_code = 200
    response.headers["Location"] = f"{router.prefix}/documents/{document.id}"
    return DocumentOut(**_document(document, german=german))


@router.get("/documents")
async def list_documents(
    session: Session,
    page: paging.Paging,
    _caller: Reader,
    german: German,
    state: State | None = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
    ids: Annotated[Sequence[UUID], Query(alias="id", max_length=200)] = (),
) -> paging.Page[DocumentOut]:
    """Documents, newest first; `q` searches number, names and file name, `id` may be repeated."""
    rows = await paging.read(
        session,
        documents.search(state=state, words=q, ids=ids),
        page,
        by=[Document.id],
        descending=True,
    )
    return rows.page(lambda row: DocumentOut(**_document(row, german=german)))


@router.get("/documents/{document_id}")
async def get_document(
    document_id: UUID, session: Session, _caller: Reader, german: German
) -> DocumentDetailOut:
    """One document with its history."""
    document = await documents.get(session, document_id)
    steps = await history.of(session, document_id)
    examined = await examinations.latest(session, document_id)
    return DocumentDetailOut(
        **_document(document, german=german),
        retention=document.retention,
        deletable_on=document.deletable_on,
        verdict=VerdictOut.of(document, examined, german=german),
        findings=[FindingOut.of(one, german=german) for one in _known_findings(document, examined)],
        history=[StepOut.of(step, german=german) for step in steps],
    )


@router.get("/documents/{document_id}/original", response_class=FileResponse)
async def get_original(
    document_id: UUID,
    request: Request,
    response: Response,
    caller: Reader,
    intake: TheIntake,
) -> FileResponse:
    """The bytes as received, checked against their hash, to be saved and never displayed."""
    document = await intake.find(document_id, principal=caller)
    etag.conditional(request, response, document.sha256)
    path = await asyncio.to_thread(intake.archive.intact_path, document.sha256)
    name = quote(document.filename, safe="")
    return FileResponse(
        path,
        media_type=document.media_type,
        headers={
            **ORIGINAL_HEADERS,
            "ETag": response.headers["ETag"],
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        },
    )


@router.get("/documents/{document_id}/invoice")
async def get_invoice(
    document_id: UUID, caller: Reader, intake: TheIntake, german: German
) -> InvoiceOut:
    """All fields of the e-invoice, read anew from the archived bytes."""
    document = await intake.find(document_id, principal=caller)
    reading = await intake.read(document.sha256)
    if reading.invoice is None:
        raise documents.InvoiceMissing(de=reading.problem_de or "", en=reading.problem_en or "")
    return InvoiceOut(
        document_id=document.id,
        sha256=document.sha256,
        findings=[FindingOut.of(one, german=german) for one in reading.findings],
        invoice=reading.invoice,
    )


@router.get("/documents/{document_id}/rendering", response_class=HTMLResponse)
async def get_rendering(document_id: UUID, caller: Reader, intake: TheIntake) -> HTMLResponse:
    """The e-invoice as a printable German page without scripts, with its findings."""
    document, examined = await intake.find_examined(document_id, principal=caller)
    reading = await intake.read(document.sha256)
    if reading.invoice is None:
        raise documents.InvoiceMissing(de=reading.problem_de or "", en=reading.problem_en or "")
    page = rendering.page(
        reading.invoice,
        _known_findings(document, examined),
        title=TITLES[Verdict(examined.verdict)][0] if examined else None,
    )
    policy = rendering.content_security_policy()
    return HTMLResponse(page, headers=ORIGINAL_HEADERS | {"Content-Security-Policy": policy})


@router.get(
    "/documents/{document_id}/rejection-letter",
    response_class=PlainTextResponse,
    responses={409: {"description": "Nothing is wrong with the document."}},
)
async def get_rejection_letter(
    document_id: UUID, caller: Reader, intake: TheIntake
) -> PlainTextResponse:
    """A letter to the sender in German, with every fatal finding, ready to be sent."""
    document, examined = await intake.find_examined(document_id, principal=caller)
    found = _known_findings(document, examined)
    if not any(one.level is Level.FATAL for one in found):
        raise NothingToReject(
            de="An diesem Beleg wurde kein Fehler gefunden, der eine Zurückweisung begründet.",
            en="No error was found that would justify a rejection.",
        )
    reading = await intake.read(document.sha256)
    text = letter.rejection(
        found,
        invoice=reading.invoice,
        filename=document.filename,
        received_on=document.received_at.astimezone(clock.BERLIN).date(),
    )
    return PlainTextResponse(text, headers={"X-Content-Type-Options": "nosniff"})


@router.get("/stream", response_class=StreamingResponse)
async def stream_changes(
    request: Request, caller: Reader, last_event_id: Annotated[str, Header()] = ""
) -> StreamingResponse:
    """Changes to documents of the caller's tenant as server-sent events of type `document`."""
    feed: Feed = request.app.state.feed
    known = last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19
    return StreamingResponse(
        feed.stream(caller.tenant_id, int(last_event_id) if known else None),
        media_type="text/event-stream",
        headers=STREAM_HEADERS,
    )


def _document(document: Document, *, german: bool) -> dict[str, Any]:
    """The fields of DocumentOut."""
    return {
        "id": document.id,
        "sha256": document.sha256,
        "filename": document.filename,
        "media_type": document.media_type,
        "size_bytes": document.size_bytes,
        "received_at": document.received_at,
        "state": document.state,
        "invoice": InvoiceSummary.model_validate(document, from_attributes=True)
        if document.number is not None
        else None,
        "duplicate_of": document.duplicate_of,
        "entry_id": document.entry_id,
        "problem": document.problem_de if german else document.problem_en,
    }


def _known_findings(document: Document, examined: Examination | None) -> list[Finding]:
    """Those of the verdict; our own of the receipt until there is one."""
    return [Finding.load(one) for one in (examined.findings if examined else document.findings)]
