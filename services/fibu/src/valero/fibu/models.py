"""Tables of the ledger. Constraints that must always hold stand here and in the migration.

Posted entries and their lines are never changed (triggers forbid it). Everything belongs to a
tenant; row level security is forced for the owner too.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from valero.kit import database


class Base(DeclarativeBase):
    """All tables of fibu."""

    metadata = database.metadata()
    type_annotation_map = database.TYPES


class Ledger(database.TenantRow, Base):
    """The books of one tenant: which chart they were opened with."""

    __tablename__ = "ledgers"
    __table_args__ = (PrimaryKeyConstraint("tenant_id"),)

    chart: Mapped[str]
    chart_version: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))


class Account(database.TenantRow, Base):
    """An account; postings are possible on dates within its validity."""

    __tablename__ = "accounts"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "number"),
        CheckConstraint("number ~ '^[0-9]{4,9}$'", name="number"),
        CheckConstraint(
            "type in ('asset', 'liability', 'equity', 'revenue', 'expense')", name="type"
        ),
    )

    number: Mapped[str]
    name: Mapped[str]
    type: Mapped[str]
    tax: Mapped[str]
    automatic: Mapped[bool]
    tax_code: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class FiscalYear(database.TenantRow, Base):
    """A fiscal year; in the skeleton always the calendar year."""

    __tablename__ = "fiscal_years"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "starts_on"),
        CheckConstraint("ends_on > starts_on", name="order"),
    )

    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Period(database.TenantRow, Base):
    """A month of a fiscal year; postings need it open."""

    __tablename__ = "periods"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "starts_on"),
        ForeignKeyConstraint(
            ["tenant_id", "fiscal_year_on"], ["fiscal_years.tenant_id", "fiscal_years.starts_on"]
        ),
        CheckConstraint("state in ('open', 'closed')", name="state"),
        CheckConstraint("extract(day from starts_on) = 1", name="starts_on"),
        CheckConstraint(
            "ends_on = (starts_on + interval '1 month' - interval '1 day')::date", name="ends_on"
        ),
    )

    starts_on: Mapped[date]
    ends_on: Mapped[date]
    fiscal_year_on: Mapped[date]
    state: Mapped[str] = mapped_column(server_default=sql("'open'"))


class Entry(database.TenantRow, Base):
    """A posted entry. `reverses_id` names the entry that this one undoes (Generalumkehr)."""

    __tablename__ = "entries"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "reverses_id", name="uq_entries_reverses_id"),
        ForeignKeyConstraint(
            ["tenant_id", "reverses_id"],
            ["entries.tenant_id", "entries.id"],
            name="fk_entries_reverses_id",
        ),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("line_count >= 2", name="line_count"),
        CheckConstraint("document_number <> ''", name="document_number"),
        CheckConstraint("reverses_id <> id", name="reverses_id"),
        Index("ix_entries_posted_on", "tenant_id", "posted_on", "id"),
    )

    id: Mapped[UUID]
    posted_on: Mapped[date]
    document_on: Mapped[date]
    document_number: Mapped[str]
    text: Mapped[str]
    currency: Mapped[str]
    source: Mapped[str]
    source_id: Mapped[str | None]
    source_sha256: Mapped[str | None]
    reverses_id: Mapped[UUID | None]
    line_count: Mapped[int]
    posted_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    posted_by: Mapped[UUID]
    posted_by_name: Mapped[str]

    lines: Mapped[list["EntryLine"]] = relationship(
        order_by="EntryLine.position", lazy="selectin", viewonly=True
    )


class EntryLine(database.TenantRow, Base):
    """One line; `amount` in units of `currency`, debit positive."""

    __tablename__ = "lines"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "entry_id", "position"),
        ForeignKeyConstraint(["tenant_id", "entry_id"], ["entries.tenant_id", "entries.id"]),
        ForeignKeyConstraint(
            ["tenant_id", "account"],
            ["accounts.tenant_id", "accounts.number"],
            name="fk_lines_account",
        ),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        Index("ix_lines_account", "tenant_id", "account", "entry_id"),
    )

    entry_id: Mapped[UUID]
    position: Mapped[int]
    account: Mapped[str]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    tax_code: Mapped[str | None]
    cost_centre: Mapped[str | None]
    partner: Mapped[str | None]
    text: Mapped[str | None]


class Booking(database.TenantRow, Base):
    """Which entry books a document now. The row goes when the entry is reversed."""

    __tablename__ = "bookings"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "source", "source_id"),
        ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["entries.tenant_id", "entries.id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        UniqueConstraint("tenant_id", "entry_id", name="uq_bookings_entry_id"),
    )

    source: Mapped[str]
    source_id: Mapped[str]
    entry_id: Mapped[UUID]


class Proposal(database.TenantRow, Base):
    """An invoice as beleg reported it; the proposed entry is worked out when asked for."""

    __tablename__ = "proposals"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "document_id"),
        Index("ix_proposals_received_at", "tenant_id", "received_at", "document_id"),
    )

    document_id: Mapped[UUID]
    received_at: Mapped[datetime]
    invoice: Mapped[dict[str, Any]]


class Unsealed(database.TenantRow, Base):
    """A posted entry that waits for sealing; written by a trigger, removed by the seal."""

    __tablename__ = "unsealed"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "entry_id"),
        ForeignKeyConstraint(["tenant_id", "entry_id"], ["entries.tenant_id", "entries.id"]),
    )

    entry_id: Mapped[UUID]


class Seal(database.TenantRow, Base):
    """A batch of entries sealed together; `hash` links it to everything before (seal.py)."""

    __tablename__ = "seals"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "number"),
        CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name="hash"),
        CheckConstraint("last_number >= first_number", name="span"),
    )

    number: Mapped[int]
    until: Mapped[date]
    first_number: Mapped[int] = mapped_column(BigInteger)
    last_number: Mapped[int] = mapped_column(BigInteger)
    sealed_at: Mapped[datetime]
    sealed_by: Mapped[UUID]
    sealed_by_name: Mapped[str]
    hash: Mapped[str]


class SealedEntry(database.TenantRow, Base):
    """The gapless journal number of a sealed entry, and its place in the hash chain."""

    __tablename__ = "sealed_entries"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "entry_id", name="uq_sealed_entries_entry_id"),
        ForeignKeyConstraint(["tenant_id", "entry_id"], ["entries.tenant_id", "entries.id"]),
        ForeignKeyConstraint(
            ["tenant_id", "seal_number"],
            ["seals.tenant_id", "seals.number"],
            name="fk_sealed_entries_seal_number",
        ),
        CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name="hash"),
        CheckConstraint("number >= 1", name="number"),
    )

    number: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[UUID]
    seal_number: Mapped[int]
    hash: Mapped[str]


class PeriodTotal(database.TenantRow, Base):
    """What the sealed lines of one account and month add up to, both sides positive."""

    __tablename__ = "period_totals"
    __table_args__ = (PrimaryKeyConstraint("tenant_id", "month", "currency", "account"),)

    month: Mapped[date]
    currency: Mapped[str]
    account: Mapped[str]
    debit: Mapped[Decimal] = mapped_column(Numeric(24, 2))
    credit: Mapped[Decimal] = mapped_column(Numeric(24, 2))


class Statement(database.TenantRow, Base):
    """A bank's report on one account. `imbalance` is closing - opening - lines, null if unknown.

    `line_count` counts booked lines, `known_count` those that an earlier file brought already,
    `pending_count` those the bank has not booked and that are not kept.
    """

    __tablename__ = "statements"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "sha256", "part", name="uq_statements_sha256"),
        Index("ix_statements_imported_at", "tenant_id", "imported_at", "id"),
    )

    id: Mapped[UUID]
    sha256: Mapped[str]
    part: Mapped[int]
    filename: Mapped[str]
    kind: Mapped[str]
    identifier: Mapped[str]
    sequence: Mapped[int | None]
    account: Mapped[str]
    currency: Mapped[str | None]
    created_at: Mapped[datetime]
    imported_at: Mapped[datetime]
    opening: Mapped[Decimal | None]
    closing: Mapped[Decimal | None]
    imbalance: Mapped[Decimal | None]
    line_count: Mapped[int]
    known_count: Mapped[int]
    pending_count: Mapped[int]


class StatementLine(database.TenantRow, Base):
    """One booked movement; `amount` as the account owner sees it, money in is positive."""

    __tablename__ = "statement_lines"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "fingerprint", name="uq_statement_lines_fingerprint"),
        ForeignKeyConstraint(
            ["tenant_id", "statement_id"], ["statements.tenant_id", "statements.id"]
        ),
        Index("ix_statement_lines_booked_on", "tenant_id", "booked_on", "id"),
        Index("ix_statement_lines_statement_id", "tenant_id", "statement_id", "position"),
    )

    id: Mapped[UUID]
    statement_id: Mapped[UUID]
    position: Mapped[int]
    fingerprint: Mapped[str]
    account: Mapped[str]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    booked_on: Mapped[date]
    value_on: Mapped[date | None]
    bank_reference: Mapped[str | None]
    end_to_end_id: Mapped[str | None]
    counterparty: Mapped[str | None]
    counterparty_iban: Mapped[str | None]
    remittance: Mapped[str]
    is_reversal: Mapped[bool]
    return_code: Mapped[str | None]
    transactions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class OpenItem(database.TenantRow, Base):
    """A claim of a debtor or creditor line; `amount` as in the ledger, debit positive."""

    __tablename__ = "open_items"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "entry_id", "position", name="uq_open_items_entry_id"),
        ForeignKeyConstraint(["tenant_id", "entry_id"], ["entries.tenant_id", "entries.id"]),
        CheckConstraint("side in ('creditor', 'debtor')", name="side"),
        Index("ix_open_items_due_on", "tenant_id", "due_on", "id"),
    )

    id: Mapped[UUID]
    entry_id: Mapped[UUID]
    position: Mapped[int]
    side: Mapped[str]
    account: Mapped[str]
    partner: Mapped[str | None]
    document_number: Mapped[str]
    document_on: Mapped[date]
    posted_on: Mapped[date]
    due_on: Mapped[date]
    amount: Mapped[Decimal]
    currency: Mapped[str]


class Settlement(database.TenantRow, Base):
    """What one act took off an item: `amount` as in the ledger, opposite to the item's.

    `entry_id` is the entry that paid, null for a clearing of items against each other. If that
    entry is reversed, the settlement no longer counts.
    """

    __tablename__ = "settlements"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "id"),
        ForeignKeyConstraint(["tenant_id", "item_id"], ["open_items.tenant_id", "open_items.id"]),
        ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["entries.tenant_id", "entries.id"],
            name="fk_settlements_entry_id",
        ),
        Index("ix_settlements_item_id", "tenant_id", "item_id"),
        Index("ix_settlements_entry_id", "tenant_id", "entry_id"),
    )

    id: Mapped[UUID]
    act_id: Mapped[UUID]
    item_id: Mapped[UUID]
    amount: Mapped[Decimal]
    settled_on: Mapped[date]
    entry_id: Mapped[UUID | None]


class VatReturn(database.TenantRow, Base):
    """A VAT return as filed; `number` 1 is the first of its period, later ones correct it."""

    __tablename__ = "vat_returns"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "period", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    period: Mapped[str]
    number: Mapped[int]
    form: Mapped[str]
    amounts: Mapped[dict[str, Any]]
    filed_at: Mapped[datetime]
    filed_by: Mapped[UUID]
    filed_by_name: Mapped[str]
