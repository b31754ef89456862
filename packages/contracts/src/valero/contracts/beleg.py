"""Facts reported by beleg: a document was archived, an e-invoice was received.

Names in capitals (BT-112) are business terms of EN 16931-1.
"""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from valero.contracts.envelope import Amount, Currency, Event, Part, Rate, Sha256


class DocumentArchived(Event):
    """A file is in the archive, byte for byte, and will stay there until its retention ends."""

    type: ClassVar[str] = "beleg.document_archived.v1"

    document_id: UUID
    sha256: Sha256
    media_type: str
    filename: str
    size_bytes: int = Field(gt=0)
    received_at: AwareDatetime

    @property
    def subject(self) -> str:
        return str(self.document_id)


class InvoiceTax(Part):
    """One group of the VAT breakdown (BG-23), as the document states it."""

    category: str = Field(min_length=1, max_length=3)
    """BT-118, UNTDID 5305: S standard, Z zero, E exempt, AE reverse charge, K intra-community
    supply, G export, O outside the scope of VAT."""
    rate: Rate
    """BT-119 in per cent; 0 where the document states none (category O)."""
    base: Amount
    """BT-116, taxable amount."""
    tax: Amount
    """BT-117, tax amount."""
    exemption_reason: str | None = None
    """BT-120, or the code BT-121 where only that is given."""


class InvoiceReceived(Event):
    """An archived document is an e-invoice to us; all amounts are the document's own."""

    type: ClassVar[str] = "beleg.invoice_received.v1"

    document_id: UUID
    sha256: Sha256
    syntax: Literal["cii", "ubl"]
    type_code: str
    """BT-3, UNTDID 1001: 380 invoice, 381 credit note, 384 corrected, 389 self-billed."""
    number: str
    """BT-1."""
    issued_on: date
    """BT-2."""
    due_on: date | None = None
    """BT-9."""
    currency: Currency
    """BT-5."""
    seller_name: str
    """BT-27."""
    seller_vat_id: str | None = None
    """BT-31."""
    seller_tax_number: str | None = None
    """BT-32."""
    buyer_name: str
    """BT-44."""
    line_total: Amount
    """BT-106, sum of line net amounts."""
    tax_exclusive: Amount
    """BT-109, total without VAT."""
    tax_total: Amount
    """BT-110, 0.00 where the document states none."""
    tax_inclusive: Amount
    """BT-112, total with VAT."""
    prepaid: Amount
    """BT-113, 0.00 where the document states none."""
    rounding: Amount
    """BT-114, 0.00 where the document states none."""
    payable: Amount
    """BT-115, amount due for payment."""
    taxes: tuple[InvoiceTax, ...]
    """BG-23, in the order of the document."""
    note: str | None = None
    """BT-22, first note."""
    duplicate_of: UUID | None = None
    """Earlier document of the same seller with the same number and other bytes."""
    findings: tuple[str, ...] = ()
    """Rules the document breaks although it can be read, for example "BR-CO-16"."""

    @property
    def subject(self) -> str:
        return str(self.document_id)
