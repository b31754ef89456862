"""Bank statements and their lines, as the bank delivered them."""

from alembic import op

from valero.kit.database import enable_tenant_isolation, forbid_changes

revision = "2026_11_21_statements"
down_revision = "2026_11_21_seals"

TENANT = "tenant_id uuid not null default nullif(current_setting('valero.tenant', true), '')::uuid"

TABLES = {
    "statements": f"""
        {TENANT},
        id uuid not null,
        sha256 text not null,
        part integer not null,
        filename text not null,
        kind text not null,
        identifier text not null,
        sequence integer,
        account text not null,
        currency text,
        created_at timestamptz not null,
        imported_at timestamptz not null,
        opening numeric(18, 2),
        closing numeric(18, 2),
        imbalance numeric(18, 2),
        line_count integer not null,
        known_count integer not null,
        pending_count integer not null,
        constraint pk_statements primary key (tenant_id, id),
        constraint uq_statements_sha256 unique (tenant_id, sha256, part)
    """,
    "statement_lines": f"""
        {TENANT},
        id uuid not null,
        statement_id uuid not null,
        position integer not null,
        fingerprint text not null,
        account text not null,
        amount numeric(18, 2) not null,
        currency text not null,
        booked_on date not null,
        value_on date,
        bank_reference text,
        end_to_end_id text,
        counterparty text,
        counterparty_iban text,
        remittance text not null,
        is_reversal boolean not null,
        return_code text,
        transactions jsonb not null,
        constraint pk_statement_lines primary key (tenant_id, id),
        constraint uq_statement_lines_fingerprint unique (tenant_id, fingerprint),
        constraint fk_statement_lines_tenant_id foreign key (tenant_id, statement_id)
            references statements (tenant_id, id)
    """,
}
INDEXES = (
    "create index ix_statements_imported_at on statements (tenant_id, imported_at, id)",
    "create index ix_statement_lines_booked_on on statement_lines (tenant_id, booked_on, id)",
    "create index ix_statement_lines_statement_id"
    " on statement_lines (tenant_id, statement_id, position)",
)


def upgrade() -> None:
    """Add the tables; what a bank has said never changes."""
    for table, columns in TABLES.items():
        op.execute(f"create table {table} ({columns})")
        enable_tenant_isolation(op, table)
        forbid_changes(op, table)
        for name in ("forbid_change", "forbid_truncate"):
            op.execute(f"alter table {table} enable always trigger {name}")
    for statement in INDEXES:
        op.execute(statement)
