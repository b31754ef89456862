"""Sealing (Festschreibung): journal numbers, hash chain, and totals per account and month.

`unsealed` lists what still waits, so that neither sealing nor the trial balance searches the
journal. A trigger fills it for every way of posting; entries posted before are filled in here.
"""

from alembic import op

from valero.kit.database import enable_tenant_isolation, forbid_changes

revision = "2026_11_21_seals"
down_revision = "2026_11_20_ledger"

TENANT = "tenant_id uuid not null default nullif(current_setting('valero.tenant', true), '')::uuid"

TABLES = {
    "unsealed": f"""
        {TENANT},
        entry_id uuid not null,
        constraint pk_unsealed primary key (tenant_id, entry_id),
        constraint fk_unsealed_tenant_id foreign key (tenant_id, entry_id)
            references entries (tenant_id, id)
    """,
    "seals": f"""
        {TENANT},
        number integer not null,
        until date not null,
        first_number bigint not null,
        last_number bigint not null,
        sealed_at timestamptz not null,
        sealed_by uuid not null,
        sealed_by_name text not null,
        hash text not null,
        constraint pk_seals primary key (tenant_id, number),
        constraint ck_seals_hash check (hash ~ '^[0-9a-f]{{64}}$'),
        constraint ck_seals_span check (last_number >= first_number)
    """,
    "sealed_entries": f"""
        {TENANT},
        number bigint not null,
        entry_id uuid not null,
        seal_number integer not null,
        hash text not null,
        constraint pk_sealed_entries primary key (tenant_id, number),
        constraint uq_sealed_entries_entry_id unique (tenant_id, entry_id),
        constraint fk_sealed_entries_tenant_id foreign key (tenant_id, entry_id)
            references entries (tenant_id, id),
        constraint fk_sealed_entries_seal_number foreign key (tenant_id, seal_number)
            references seals (tenant_id, number),
        constraint ck_sealed_entries_hash check (hash ~ '^[0-9a-f]{{64}}$'),
        constraint ck_sealed_entries_number check (number >= 1)
    """,
    "period_totals": f"""
        {TENANT},
        month date not null,
        currency text not null,
        account text not null,
        debit numeric(24, 2) not null,
        credit numeric(24, 2) not null,
        constraint pk_period_totals primary key (tenant_id, month, currency, account)
    """,
}

AWAIT_SEALING = """
create function await_sealing() returns trigger language plpgsql as $$
begin
    insert into unsealed (tenant_id, entry_id) select tenant_id, id from added;
    return null;
end $$
"""

# Numbers and seals continue where the last ones ended, whoever writes them.
CHECK_SEALED = """
create function check_sealed() returns trigger language plpgsql as $$
declare
    wrong uuid;
begin
    select added.tenant_id into wrong from added
    group by added.tenant_id
    having count(*) <> max(added.number) - min(added.number) + 1
        or min(added.number) <> 1 + coalesce((
            select max(s.number) from sealed_entries s
            where s.tenant_id = added.tenant_id and s.number < min(added.number)
        ), 0)
    limit 1;
    if wrong is not null then
        raise exception 'journal numbers of % have a gap', wrong using errcode = 'check_violation';
    end if;
    return null;
end $$
"""

TRIGGERS = (
    """
    create trigger await_sealing after insert on entries
    referencing new table as added for each statement execute function await_sealing()
    """,
    """
    create trigger check_sealed after insert on sealed_entries
    referencing new table as added for each statement execute function check_sealed()
    """,
)


def upgrade() -> None:
    """Add the tables; what is posted already waits for its first seal."""
    for table, columns in TABLES.items():
        op.execute(f"create table {table} ({columns})")
    op.execute("alter table entries no force row level security")
    op.execute("insert into unsealed (tenant_id, entry_id) select tenant_id, id from entries")
    op.execute("alter table entries force row level security")
    for table in TABLES:
        enable_tenant_isolation(op, table)
    for function in (AWAIT_SEALING, CHECK_SEALED):
        op.execute(function)
    for trigger in TRIGGERS:
        op.execute(trigger)
    for table in ("seals", "sealed_entries"):
        forbid_changes(op, table)
        for name in ("forbid_change", "forbid_truncate"):
            op.execute(f"alter table {table} enable always trigger {name}")
    op.execute("alter table entries enable always trigger await_sealing")
    op.execute("alter table sealed_entries enable always trigger check_sealed")
