"""Verdicts on received invoices, one per document and rule pack, append-only."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from valero.kit.database import CURRENT_TENANT, enable_tenant_isolation, forbid_changes

revision = "2026_11_21_examinations"
down_revision = "2026_11_20_documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "examinations",
        sa.Column("tenant_id", sa.Uuid(), server_default=sa.text(CURRENT_TENANT), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("rule_pack", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column(
            "examined_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("tenant_id", "document_id", "rule_pack", name="pk_examinations"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"],
            ["documents.tenant_id", "documents.id"],
            name="fk_examinations_tenant_id_document_id",
        ),
        sa.CheckConstraint(
            "verdict in ('valid', 'rule_errors', 'content_errors', 'format_errors')",
            name="ck_examinations_verdict",
        ),
    )
    enable_tenant_isolation(op, "examinations")
    forbid_changes(op, "examinations")
