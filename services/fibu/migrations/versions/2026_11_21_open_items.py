"""Open items of debtors and creditors, and what settles them.

Items of entries posted before are filled in here; they are due at once (§ 271 Abs. 1 BGB).
"""

from alembic import op

from valero.kit.database import enable_tenant_isolation, forbid_changes

revision = "2026_11_21_open_items"
down_revision = "2026_11_21_statements"

TENANT = "tenant_id uuid not null default nullif(current_setting('valero.tenant', true), '')::uuid"

TABLES = {
    "open_items": f"""
        {TENANT},
        id uuid not null,
        entry_id uuid not null,
        position integer not null,
        side text not null,
        account text not null,
        partner text,
        document_number text not null,
        document_on date not null,
        posted_on date not null,
        due_on date not null,
        amount numeric(18, 2) not null,
        currency text not null,
        constraint pk_open_items primary key (tenant_id, id),
        constraint uq_open_items_entry_id unique (tenant_id, entry_id, position),
        constraint fk_open_items_tenant_id foreign key (tenant_id, entry_id)
            references entries (tenant_id, id),
        constraint ck_open_items_side check (side in ('creditor', 'debtor'))
    """,
    "settlements": f"""
        {TENANT},
        id uuid not null,
        act_id uuid not null,
        item_id uuid not null,
        amount numeric(18, 2) not null,
        settled_on date not null,
        entry_id uuid,
        constraint pk_settlements primary key (tenant_id, id),
        constraint fk_settlements_tenant_id foreign key (tenant_id, item_id)
            references open_items (tenant_id, id),
        constraint fk_settlements_entry_id foreign key (tenant_id, entry_id)
            references entries (tenant_id, id)
    """,
}
INDEXES = (
    "create index ix_open_items_due_on on open_items (tenant_id, due_on, id)",
    "create index ix_settlements_item_id on settlements (tenant_id, item_id)",
    "create index ix_settlements_entry_id on settlements (tenant_id, entry_id)",
)
FILL = """
insert into open_items (tenant_id, id, entry_id, position, side, account, partner,
    document_number, document_on, posted_on, due_on, amount, currency)
select l.tenant_id, gen_random_uuid(), l.entry_id, l.position,
    case l.account when '1400' then 'debtor' else 'creditor' end, l.account, l.partner,
    e.document_number, e.document_on, e.posted_on, e.document_on, l.amount, l.currency
from lines l join entries e on e.tenant_id = l.tenant_id and e.id = l.entry_id
where l.account in ('1400', '1600') and e.reverses_id is null and l.amount <> 0
"""


def upgrade() -> None:
    """Add the tables and the items of what is posted already."""
    for table, columns in TABLES.items():
        op.execute(f"create table {table} ({columns})")
    for table in ("entries", "lines"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(FILL)
    for table in ("entries", "lines"):
        op.execute(f"alter table {table} force row level security")
    for table in TABLES:
        enable_tenant_isolation(op, table)
        forbid_changes(op, table)
        for name in ("forbid_change", "forbid_truncate"):
            op.execute(f"alter table {table} enable always trigger {name}")
    for statement in INDEXES:
        op.execute(statement)
