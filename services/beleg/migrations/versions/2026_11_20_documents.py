"""Documents, their history and bookings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from valero.kit.database import CURRENT_TENANT, enable_tenant_isolation, forbid_changes
from valero.kit.migrate import create_kit_tables

revision = "2026_11_20_documents"
down_revision = None
branch_labels = None
depends_on = None


def _tenant() -> sa.Column[sa.Uuid]:
    return sa.Column("tenant_id", sa.Uuid(), server_default=sa.text(CURRENT_TENANT), nullable=False)


def upgrade() -> None:
    create_kit_tables(op)
    _create_documents()
    _create_history()
    _create_bookings()
    _protect_receipts()


def _create_documents() -> None:
    op.create_table(
        "documents",
        _tenant(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("retention", sa.Text(), nullable=False),
        sa.Column("deletable_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("problem_de", sa.Text(), nullable=True),
        sa.Column("problem_en", sa.Text(), nullable=True),
        sa.Column("findings", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("syntax", sa.Text(), nullable=True),
        sa.Column("type_code", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("seller_key", sa.Text(), nullable=True),
        sa.Column("seller_name", sa.Text(), nullable=True),
        sa.Column("buyer_name", sa.Text(), nullable=True),
        sa.Column("tax_inclusive", sa.Numeric(18, 2), nullable=True),
        sa.Column("payable", sa.Numeric(18, 2), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_documents_tenant_id_id"),
        sa.UniqueConstraint("tenant_id", "sha256", name="uq_documents_tenant_id_sha256"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "duplicate_of"],
            ["documents.tenant_id", "documents.id"],
            name="fk_documents_tenant_id_duplicate_of",
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="ck_documents_sha256"),
        sa.CheckConstraint("size_bytes > 0", name="ck_documents_size_bytes"),
        sa.CheckConstraint(
            "state in ('received', 'booked', 'rejected', 'unreadable')", name="ck_documents_state"
        ),
        sa.CheckConstraint(
            "(state = 'booked') = (entry_id is not null)", name="ck_documents_entry_if_booked"
        ),
        sa.CheckConstraint(
            "(syntax is null) = (number is null)", name="ck_documents_invoice_whole"
        ),
        sa.CheckConstraint(
            "state <> 'received' or number is not null", name="ck_documents_received_is_invoice"
        ),
        sa.CheckConstraint(
            "number is not null or problem_de is not null", name="ck_documents_problem_explained"
        ),
    )
    op.create_index("ix_documents_tenant_id_state_id", "documents", ["tenant_id", "state", "id"])
    op.create_index(
        "ix_documents_tenant_id_seller_key_number",
        "documents",
        ["tenant_id", "seller_key", "number"],
    )
    enable_tenant_isolation(op, "documents")


def _create_history() -> None:
    op.create_table(
        "document_history",
        _tenant(),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column(
            "changed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("note_de", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_document_history"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"],
            ["documents.tenant_id", "documents.id"],
            name="fk_document_history_tenant_id_document_id",
        ),
    )
    op.create_index("ix_document_history_tenant_id_id", "document_history", ["tenant_id", "id"])
    op.create_index(
        "ix_document_history_tenant_id_document_id_id",
        "document_history",
        ["tenant_id", "document_id", "id"],
    )
    enable_tenant_isolation(op, "document_history")
    forbid_changes(op, "document_history")


def _create_bookings() -> None:
    op.create_table(
        "bookings",
        _tenant(),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "entry_id", name="pk_bookings"),
    )
    op.create_index("ix_bookings_tenant_id_document_id", "bookings", ["tenant_id", "document_id"])
    enable_tenant_isolation(op, "bookings")


def _protect_receipts() -> None:
    """The receipt is frozen, the state is not; forbid_change() exists since document_history."""
    op.execute(
        "create trigger forbid_change before delete or update of tenant_id, id, sha256, filename, "
        "kind, media_type, size_bytes, received_at, received_by, retention, deletable_on, "
        "duplicate_of, problem_de, problem_en, findings, syntax, type_code, number, issued_on, "
        "due_on, currency, seller_key, seller_name, buyer_name, tax_inclusive, payable "
        "on documents for each row execute function forbid_change()"
    )
    op.execute(
        "create trigger forbid_truncate before truncate on documents "
        "for each statement execute function forbid_change()"
    )
