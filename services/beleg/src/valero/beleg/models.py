"""Tables of beleg, and what must always hold in them."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from valero.kit import database


class Base(DeclarativeBase):
    """Parent of all tables of beleg."""

    metadata = database.metadata()
    type_annotation_map = database.TYPES


class State(StrEnum):
    """Where a document stands; follows from its reading and its bookings."""

    RECEIVED = "received"
    """An e-invoice that waits for its booking."""
    BOOKED = "booked"
    """An entry in the journal rests on it."""
    REJECTED = "rejected"
    """Returned to the sender."""
    UNREADABLE = "unreadable"
    """Archived, but no e-invoice that we can read; to be booked by hand."""


class Document(database.TenantRow, Base):
    """A document as received. Only `state` and `entry_id` ever change; a trigger sees to that."""

    __tablename__ = "documents"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    """Names the file in the archive."""
    filename: Mapped[str]
    kind: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    received_by: Mapped[UUID | None]
    retention: Mapped[str]
    deletable_on: Mapped[date]

    state: Mapped[str]
    entry_id: Mapped[UUID | None]
    duplicate_of: Mapped[UUID | None]
    problem_de: Mapped[str | None]
    problem_en: Mapped[str | None]
    findings: Mapped[list[dict[str, str]]] = mapped_column(JSONB, server_default=text("'[]'"))

    syntax: Mapped[str | None]
    type_code: Mapped[str | None]
    number: Mapped[str | None]
    issued_on: Mapped[date | None]
    due_on: Mapped[date | None]
    currency: Mapped[str | None]
    seller_key: Mapped[str | None]
    """Identity of the seller for the search of duplicates."""
    seller_name: Mapped[str | None]
    buyer_name: Mapped[str | None]
    tax_inclusive: Mapped[Decimal | None]
    payable: Mapped[Decimal | None]

    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "sha256"),
        ForeignKeyConstraint(
            ["tenant_id", "duplicate_of"], ["documents.tenant_id", "documents.id"]
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        CheckConstraint(f"state in ({', '.join(repr(str(s)) for s in State)})", name="state"),
        CheckConstraint("(state = 'booked') = (entry_id is not null)", name="entry_if_booked"),
        CheckConstraint("(syntax is null) = (number is null)", name="invoice_whole"),
        CheckConstraint("state <> 'received' or number is not null", name="received_is_invoice"),
        CheckConstraint("number is not null or problem_de is not null", name="problem_explained"),
        Index(None, "tenant_id", "state", "id"),
        Index(None, "tenant_id", "seller_key", "number"),
    )


class Change(database.TenantRow, Base):
    """One step in the life of a document, append-only; its ids number the live stream."""

    __tablename__ = "document_history"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    document_id: Mapped[UUID]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    action: Mapped[str]
    state: Mapped[str]
    entry_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None]
    note_de: Mapped[str]
    note_en: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "document_id"], ["documents.tenant_id", "documents.id"]),
        Index(None, "tenant_id", "id"),
        Index(None, "tenant_id", "document_id", "id"),
    )


class Examination(Base):
    """The verdict on a document under one pack of rules, append-only."""

    __tablename__ = "examinations"

    tenant_id: Mapped[UUID] = mapped_column(
        primary_key=True, server_default=text(database.CURRENT_TENANT)
    )
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    rule_pack: Mapped[str] = mapped_column(primary_key=True)
    """Names and versions of the rules that were applied."""
    verdict: Mapped[str]
    findings: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    examined_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "document_id"], ["documents.tenant_id", "documents.id"]),
        CheckConstraint(
            "verdict in ('valid', 'rule_errors', 'content_errors', 'format_errors')",
            name="verdict",
        ),
    )


class Booking(Base):
    """What fibu reported about an entry; the news may arrive in any order."""

    __tablename__ = "bookings"

    tenant_id: Mapped[UUID] = mapped_column(
        primary_key=True, server_default=text(database.CURRENT_TENANT)
    )
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID | None]
    """Unknown while only the reversal of the entry was reported, or not a document of ours."""
    reverses: Mapped[UUID | None]
    """The entry cancelled by this one."""
    reversed_by: Mapped[UUID | None]
    """The entry that cancelled this one."""

    __table_args__ = (Index(None, "tenant_id", "document_id"),)
