"""Documents as received: each once per tenant, with what could be read from it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from valero.beleg import findings, history, retention
from valero.beleg.invoice import Invoice, Party
from valero.beleg.models import Document, State
from valero.beleg.reading import Reading
from valero.beleg.retention import Retention
from valero.contracts.beleg import DocumentArchived, InvoiceReceived, InvoiceTax
from valero.kit import clock, errors, events

_ZERO = Decimal("0.00")

_TAKE_NUMBER = text(
    "select pg_advisory_xact_lock(hashtextextended("
    "'valero.beleg.number.' || current_setting('valero.tenant') || :seller || chr(10) || :number,"
    " 0))"
)


class DocumentMissing(errors.NotFound):
    """No document of the tenant has this id."""


class InvoiceMissing(errors.NotFound):
    """The document is there, but it is no e-invoice that we can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that is in the archive already, and how it came."""

    sha256: str
    size_bytes: int
    filename: str
    received_at: datetime
    received_by: UUID | None


async def receive(
    session: AsyncSession, arrival: Arrival, reading: Reading
) -> tuple[Document, bool]:
    """Enter a file into the books of received documents; the flag says whether it is new.

    The same bytes again give the document that is there, and no event. Other bytes with the same
    seller and number are accepted and point to the first such document.
    """
    invoice = reading.invoice
    values = _receipt(arrival, reading)
    if invoice is not None:
        values |= _header(invoice)
        values["duplicate_of"] = await _first_with_number(session, values)
    statement = insert(Document).values(values)
    created = await session.scalar(
        statement.on_conflict_do_nothing(index_elements=["tenant_id", "sha256"]).returning(Document)
    )
    if created is None:
        known = await session.scalars(select(Document).where(Document.sha256 == arrival.sha256))
        return known.one(), False
    await _report(session, created, reading)
    await history.add(
        session,
        created,
        action="received",
        de="Empfangen und archiviert.",
        en="Received and archived.",
    )
    return created, True


async def get(session: AsyncSession, document_id: UUID) -> Document:
    """The tenant's document. Raises DocumentMissing."""
    found = await session.get(Document, document_id)
    if found is None:
        raise DocumentMissing(de="Diesen Beleg gibt es nicht.", en="There is no such document.")
    return found


def search(
    *, state: State | None = None, words: str | None = None, ids: Sequence[UUID] = ()
) -> Select[Document]:
    """Documents in a state, with every word in number, names or file name, of `ids` if any."""
    statement = select(Document)
    if ids:
        statement = statement.where(Document.id.in_(ids))
    if state is not None:
        statement = statement.where(Document.state == state)
    for word in (words or "").split()[:10]:
        columns = (Document.number, Document.seller_name, Document.buyer_name, Document.filename)
        statement = statement.where(
            or_(*(column.icontains(word, autoescape=True) for column in columns))
        )
    return statement


def seller_key(seller: Party) -> str:
    """What identifies a seller best: VAT id, else tax number, else name; for duplicates only."""
    if seller.vat_id:
        return "vat:" + re.sub(r"[^0-9A-Z]", "", seller.vat_id.upper())
    if seller.tax_number:
        return "tax:" + re.sub(r"[^0-9]", "", seller.tax_number)
    return "name:" + " ".join((seller.name or "").casefold().split())


def _receipt(arrival: Arrival, reading: Reading) -> dict[str, Any]:
    """Columns that every document has."""
    received_on = arrival.received_at.astimezone(clock.BERLIN).date()
    issued_on = reading.invoice.issued_on if reading.invoice else received_on
    return {
        **asdict(arrival),
        "id": clock.new_id(),
        "kind": reading.format.kind,
        "media_type": reading.format.media_type,
        "retention": Retention.VOUCHERS,
        # the later of both days: a late invoice belongs to the books of the year it arrived in
        "deletable_on": retention.deletable_on(
            Retention.VOUCHERS, dated_on=max(issued_on, received_on), on=received_on
        ),
        "state": State.RECEIVED if reading.invoice else State.UNREADABLE,
        "problem_de": reading.problem_de,
        "problem_en": reading.problem_en,
        "findings": [finding.dump() for finding in reading.findings],
    }


def _header(invoice: Invoice) -> dict[str, Any]:
    """Columns of an e-invoice, for lists, search and duplicates."""
    return {
        "syntax": invoice.syntax,
        "type_code": invoice.type_code,
        "number": invoice.number,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "currency": invoice.currency,
        "seller_key": seller_key(invoice.seller),
        "seller_name": invoice.seller.name,
        "buyer_name": invoice.buyer.name,
        "tax_inclusive": invoice.totals.tax_inclusive,
        "payable": invoice.totals.payable,
    }


async def _first_with_number(session: AsyncSession, header: Mapping[str, Any]) -> UUID | None:
    """The document of the same seller with the same number that is no duplicate itself.

    Two of them at the same time take turns, so that exactly one of them is the first: whoever
    had the turn, which its id, given before, does not tell.
    """
    seller, number = header["seller_key"], header["number"]
    await session.execute(_TAKE_NUMBER, {"seller": seller, "number": number})
    first: UUID | None = await session.scalar(
        select(Document.id)
        .where(Document.seller_key == seller, Document.number == number)
        .where(Document.duplicate_of.is_(None))
        .order_by(Document.id)
        .limit(1)
    )
    return first


async def _report(session: AsyncSession, document: Document, reading: Reading) -> None:
    await events.publish(
        session,
        DocumentArchived(
            document_id=document.id,
            sha256=document.sha256,
            media_type=document.media_type,
            filename=document.filename,
            size_bytes=document.size_bytes,
            received_at=document.received_at,
        ),
    )
    if reading.invoice is not None:
        rules = findings.fatal_rules(reading.findings)
        await events.publish(session, invoice_received(document, reading.invoice, rules))


def invoice_received(
    document: Document, invoice: Invoice, rules: Sequence[str] = ()
) -> InvoiceReceived:
    """The fact for others; absent totals are zero there, everything else is the document's own."""
    totals = invoice.totals
    return InvoiceReceived(
        document_id=document.id,
        sha256=document.sha256,
        syntax=invoice.syntax.value,
        type_code=invoice.type_code,
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        currency=invoice.currency,
        seller_name=invoice.seller.name or "",
        seller_vat_id=invoice.seller.vat_id,
        seller_tax_number=invoice.seller.tax_number,
        buyer_name=invoice.buyer.name or "",
        line_total=totals.lines,
        tax_exclusive=totals.tax_exclusive,
        tax_total=totals.tax or _ZERO,
        tax_inclusive=totals.tax_inclusive,
        prepaid=totals.prepaid or _ZERO,
        rounding=totals.rounding or _ZERO,
        payable=totals.payable,
        taxes=tuple(
            InvoiceTax(
                category=group.category,
                rate=_rate(group.rate),
                base=group.base,
                tax=group.tax,
                exemption_reason=group.exemption_reason or group.exemption_code,
            )
            for group in invoice.taxes
        ),
        note=invoice.notes[0].text if invoice.notes else None,
        duplicate_of=document.duplicate_of,
        findings=tuple(rules),
    )


def _rate(rate: Decimal | None) -> Decimal:
    """The rate with at most the six decimals of the event; reading has made sure that is exact."""
    value = rate or Decimal(0)
    exponent = value.as_tuple().exponent
    return round(value, 6) if isinstance(exponent, int) and exponent < -6 else value
