"""VAT returns as they were filed."""

from alembic import op

from valero.kit.database import enable_tenant_isolation, forbid_changes

revision = "2026_11_21_vat_returns"
down_revision = "2026_11_21_open_items"

TENANT = "tenant_id uuid not null default nullif(current_setting('valero.tenant', true), '')::uuid"

VAT_RETURNS = f"""
create table vat_returns (
    {TENANT},
    period text not null,
    number integer not null,
    form text not null,
    amounts jsonb not null,
    filed_at timestamptz not null,
    filed_by uuid not null,
    filed_by_name text not null,
    constraint pk_vat_returns primary key (tenant_id, period, number),
    constraint ck_vat_returns_number check (number >= 1)
)
"""


def upgrade() -> None:
    """Add the table; what was filed never changes, a correction is another return."""
    op.execute(VAT_RETURNS)
    enable_tenant_isolation(op, "vat_returns")
    forbid_changes(op, "vat_returns")
    for name in ("forbid_change", "forbid_truncate"):
        op.execute(f"alter table vat_returns enable always trigger {name}")
