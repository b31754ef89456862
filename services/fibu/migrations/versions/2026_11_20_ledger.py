"""The ledger: chart, periods, entries that nobody can change, and the one function that posts."""

from alembic import op

from valero.kit.database import enable_tenant_isolation, forbid_changes
from valero.kit.migrate import create_kit_tables

revision = "2026_11_20_ledger"
down_revision = None

TENANT = "tenant_id uuid not null default nullif(current_setting('valero.tenant', true), '')::uuid"

TABLES = {
    "ledgers": f"""
        {TENANT},
        chart text not null,
        chart_version text not null,
        opened_at timestamptz not null default now(),
        constraint pk_ledgers primary key (tenant_id)
    """,
    "accounts": f"""
        {TENANT},
        number text not null,
        name text not null,
        type text not null,
        tax text not null,
        automatic boolean not null,
        tax_code text,
        valid_from date,
        valid_to date,
        constraint pk_accounts primary key (tenant_id, number),
        constraint ck_accounts_number check (number ~ '^[0-9]{{4,9}}$'),
        constraint ck_accounts_type
            check (type in ('asset', 'liability', 'equity', 'revenue', 'expense'))
    """,
    "fiscal_years": f"""
        {TENANT},
        starts_on date not null,
        ends_on date not null,
        constraint pk_fiscal_years primary key (tenant_id, starts_on),
        constraint ck_fiscal_years_order check (ends_on > starts_on)
    """,
    "periods": f"""
        {TENANT},
        starts_on date not null,
        ends_on date not null,
        fiscal_year_on date not null,
        state text not null default 'open',
        constraint pk_periods primary key (tenant_id, starts_on),
        constraint fk_periods_tenant_id foreign key (tenant_id, fiscal_year_on)
            references fiscal_years (tenant_id, starts_on),
        constraint ck_periods_state check (state in ('open', 'closed')),
        constraint ck_periods_starts_on check (extract(day from starts_on) = 1),
        constraint ck_periods_ends_on
            check (ends_on = (starts_on + interval '1 month' - interval '1 day')::date)
    """,
    "entries": f"""
        {TENANT},
        id uuid not null,
        posted_on date not null,
        document_on date not null,
        document_number text not null,
        text text not null,
        currency text not null,
        source text not null,
        source_id text,
        source_sha256 text,
        reverses_id uuid,
        line_count integer not null,
        posted_at timestamptz not null default clock_timestamp(),
        posted_by uuid not null,
        posted_by_name text not null,
        constraint pk_entries primary key (tenant_id, id),
        constraint uq_entries_reverses_id unique (tenant_id, reverses_id),
        constraint fk_entries_reverses_id foreign key (tenant_id, reverses_id)
            references entries (tenant_id, id),
        constraint ck_entries_currency check (currency ~ '^[A-Z]{{3}}$'),
        constraint ck_entries_line_count check (line_count >= 2),
        constraint ck_entries_document_number check (document_number <> ''),
        constraint ck_entries_reverses_id check (reverses_id <> id)
    """,
    "lines": f"""
        {TENANT},
        entry_id uuid not null,
        position integer not null,
        account text not null,
        amount numeric(18, 2) not null,
        currency text not null,
        tax_code text,
        cost_centre text,
        partner text,
        text text,
        constraint pk_lines primary key (tenant_id, entry_id, position),
        constraint fk_lines_tenant_id foreign key (tenant_id, entry_id)
            references entries (tenant_id, id),
        constraint fk_lines_account foreign key (tenant_id, account)
            references accounts (tenant_id, number),
        constraint ck_lines_position check (position >= 1),
        constraint ck_lines_currency check (currency ~ '^[A-Z]{{3}}$')
    """,
    "bookings": f"""
        {TENANT},
        source text not null,
        source_id text not null,
        entry_id uuid not null,
        constraint pk_bookings primary key (tenant_id, source, source_id),
        constraint uq_bookings_entry_id unique (tenant_id, entry_id),
        constraint fk_bookings_tenant_id foreign key (tenant_id, entry_id)
            references entries (tenant_id, id) deferrable initially deferred
    """,
    "proposals": f"""
        {TENANT},
        document_id uuid not null,
        received_at timestamptz not null,
        invoice jsonb not null,
        constraint pk_proposals primary key (tenant_id, document_id)
    """,
}

INDEXES = (
    "create index ix_entries_posted_on on entries (tenant_id, posted_on, id)",
    "create index ix_lines_account on lines (tenant_id, account, entry_id)",
    "create index ix_proposals_received_at on proposals (tenant_id, received_at, document_id)",
)

# An account is open on a day within its validity. A period's lock lets postings run side by side
# and makes closing wait for them, without a row that all of them would touch.
HELPERS = (
    """
create function account_is_open(account accounts, day date) returns boolean
language sql immutable as $$
    select coalesce(day >= account.valid_from, true) and coalesce(day <= account.valid_to, true)
$$
""",
    """
create function period_lock(tenant uuid, month date) returns bigint
language sql immutable as $$
    select hashtextextended('fibu.period:' || tenant || ':' || to_char(month, 'YYYY-MM'), 0)
$$
""",
)

# Input: {"entries": [...], "lines": [...]}, lines with entry_id and position from 1. Posts all or
# nothing. Output: {"posted_at": instant}, or {"error": name, ...} without having written anything
# that the caller's rollback would not undo. The tenant is the transaction's; it is named in every
# condition and accounts are looked up one by one, so that the primary keys are used at any size.
POST_ENTRIES = """
create function post_entries(batch jsonb) returns jsonb language plpgsql as $$
declare
    tenant uuid := nullif(current_setting('valero.tenant', true), '')::uuid;
    posted_now timestamptz := clock_timestamp();
    found jsonb;
    closed jsonb;
    written integer;
begin
    if not exists (select from ledgers where tenant_id = tenant) then
        return jsonb_build_object('error', 'ledger_missing');
    end if;

    perform pg_advisory_xact_lock_shared(key) from (
        select distinct period_lock(tenant, e.posted_on) as key
        from jsonb_to_recordset(batch -> 'entries') as e (posted_on date) order by key
    ) as keys;
    select jsonb_agg(posted_on) filter (where state is null),
        jsonb_agg(posted_on) filter (where state <> 'open') into found, closed
    from (
        select day.posted_on, (
            select p.state from periods p
            where p.tenant_id = tenant and p.starts_on = date_trunc('month', day.posted_on)::date
        ) as state
        from (
            select distinct e.posted_on
            from jsonb_to_recordset(batch -> 'entries') as e (posted_on date)
        ) as day
    ) as days;
    if found is not null then
        return jsonb_build_object('error', 'period_missing', 'found', found);
    elsif closed is not null then
        return jsonb_build_object('error', 'period_closed', 'found', closed);
    end if;

    select jsonb_agg(distinct account) filter (where is_open is null),
        jsonb_agg(distinct account) filter (where not is_open and reverses_id is null)
        into found, closed
    from (
        select l.account, e.reverses_id, (
            select account_is_open(a, e.posted_on) from accounts a
            where a.tenant_id = tenant and a.number = l.account
        ) as is_open
        from jsonb_to_recordset(batch -> 'lines') as l (entry_id uuid, account text)
        join jsonb_to_recordset(batch -> 'entries') as e (id uuid, posted_on date, reverses_id uuid)
            on e.id = l.entry_id
    ) as used;
    if found is not null then
        return jsonb_build_object('error', 'account_unknown', 'found', found);
    elsif closed is not null then
        return jsonb_build_object('error', 'account_closed', 'found', closed);
    end if;

    delete from bookings where tenant_id = tenant and entry_id in (
        select e.reverses_id from jsonb_to_recordset(batch -> 'entries') as e (reverses_id uuid)
    );
    insert into bookings (source, source_id, entry_id)
    select e.source, e.source_id, e.id
    from jsonb_to_recordset(batch -> 'entries')
        as e (id uuid, source text, source_id text, reverses_id uuid)
    where e.source_id is not null and e.reverses_id is null
    order by e.source, e.source_id
    on conflict on constraint pk_bookings do nothing;
    select jsonb_agg(id) into found
    from jsonb_to_recordset(batch -> 'entries')
        as e (id uuid, source text, source_id text, reverses_id uuid)
    where e.source_id is not null and e.reverses_id is null and e.id is distinct from (
        select b.entry_id from bookings b
        where b.tenant_id = tenant and b.source = e.source and b.source_id = e.source_id
    );
    if found is not null then
        return jsonb_build_object('error', 'duplicate');
    end if;

    insert into entries (id, posted_on, document_on, document_number, text, currency, source,
        source_id, source_sha256, reverses_id, line_count, posted_at, posted_by, posted_by_name)
    select e.id, e.posted_on, e.document_on, e.document_number, e.text, e.currency, e.source,
        e.source_id, e.source_sha256, e.reverses_id, e.line_count, posted_now, e.posted_by,
        e.posted_by_name
    from jsonb_to_recordset(batch -> 'entries') as e (
        id uuid, posted_on date, document_on date, document_number text, text text, currency text,
        source text, source_id text, source_sha256 text, reverses_id uuid, line_count integer,
        posted_by uuid, posted_by_name text)
    order by e.reverses_id
    on conflict on constraint uq_entries_reverses_id do nothing;
    get diagnostics written = row_count;
    if written <> jsonb_array_length(batch -> 'entries') then
        return jsonb_build_object('error', 'already_reversed');
    end if;

    insert into lines (entry_id, position, account, amount, currency, tax_code, cost_centre,
        partner, text)
    select l.entry_id, l.position, l.account, l.amount, l.currency, l.tax_code, l.cost_centre,
        l.partner, l.text
    from jsonb_to_recordset(batch -> 'lines') as l (
        entry_id uuid, position integer, account text, amount numeric(18, 2), currency text,
        tax_code text, cost_centre text, partner text, text text);
    return jsonb_build_object('posted_at', posted_now);
end $$
"""

# The same rules once more, at commit, for whoever writes without the function above.
CHECK_ENTRY = """
create function check_entry() returns trigger language plpgsql as $$
declare
    counted integer;
    found text;
begin
    select count(*) into counted from lines where tenant_id = new.tenant_id and entry_id = new.id;
    if counted <> new.line_count then
        raise exception 'entry % has % lines instead of %', new.id, counted, new.line_count
            using errcode = 'check_violation';
    end if;
    select currency into found from lines
    where tenant_id = new.tenant_id and entry_id = new.id
    group by currency having sum(amount) <> 0 limit 1;
    if found is not null then
        raise exception 'entry % does not sum to zero in %', new.id, found
            using errcode = 'check_violation';
    end if;
    perform pg_advisory_xact_lock_shared(period_lock(new.tenant_id, new.posted_on));
    if not exists (
        select from periods
        where tenant_id = new.tenant_id and state = 'open'
            and starts_on = date_trunc('month', new.posted_on)::date
    ) then
        raise exception 'entry % lies in no open period', new.id using errcode = 'check_violation';
    end if;
    if new.reverses_id is not null then
        perform check_reversal(new);
        return null;
    end if;
    select l.account into found from lines l
    where l.tenant_id = new.tenant_id and l.entry_id = new.id and not (
        select account_is_open(a, new.posted_on) from accounts a
        where a.tenant_id = l.tenant_id and a.number = l.account
    )
    limit 1;
    if found is not null then
        raise exception 'entry % uses the closed account %', new.id, found
            using errcode = 'check_violation';
    end if;
    if new.source_id is not null and not exists (
        select from bookings where tenant_id = new.tenant_id and entry_id = new.id
            and source = new.source and source_id = new.source_id
    ) then
        raise exception 'entry % does not claim its document', new.id
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""

CHECK_REVERSAL = """
create function check_reversal(entry entries) returns void language plpgsql as $$
begin
    if exists (
        select from entries where tenant_id = entry.tenant_id and id = entry.reverses_id
            and reverses_id is not null
    ) then
        raise exception 'entry % reverses a reversal', entry.id using errcode = 'check_violation';
    end if;
    if exists (
        select position, account, -amount, currency, tax_code, cost_centre, partner
        from lines where tenant_id = entry.tenant_id and entry_id = entry.reverses_id
        except
        select position, account, amount, currency, tax_code, cost_centre, partner
        from lines where tenant_id = entry.tenant_id and entry_id = entry.id
    ) or entry.line_count <> (
        select line_count from entries
        where tenant_id = entry.tenant_id and id = entry.reverses_id
    ) then
        raise exception 'entry % does not undo %', entry.id, entry.reverses_id
            using errcode = 'check_violation';
    end if;
end $$
"""

# Positions are unique and the count is fixed, so nothing can be added once all lines are there:
# not later, and not after the check above was made early with SET CONSTRAINTS.
CHECK_POSITIONS = """
create function check_positions() returns trigger language plpgsql as $$
begin
    if exists (
        select from added join entries e on e.tenant_id = added.tenant_id and e.id = added.entry_id
        where added.position > e.line_count
    ) then
        raise exception 'a line lies outside of its entry' using errcode = 'check_violation';
    end if;
    return null;
end $$
"""

TRIGGERS = (
    """
    create constraint trigger check_entry after insert on entries
    deferrable initially deferred for each row execute function check_entry()
    """,
    """
    create trigger check_positions after insert on lines
    referencing new table as added for each statement execute function check_positions()
    """,
)


def upgrade() -> None:
    """Create everything; nothing of fibu exists before."""
    create_kit_tables(op)
    for table, columns in TABLES.items():
        op.execute(f"create table {table} ({columns})")
        enable_tenant_isolation(op, table)
    for statement in INDEXES:
        op.execute(statement)
    for function in (*HELPERS, POST_ENTRIES, CHECK_REVERSAL, CHECK_ENTRY):
        op.execute(function)
    op.execute(CHECK_POSITIONS)
    for trigger in TRIGGERS:
        op.execute(trigger)
    for table in ("entries", "lines"):
        forbid_changes(op, table)
        for trigger_name in ("forbid_change", "forbid_truncate"):
            op.execute(f"alter table {table} enable always trigger {trigger_name}")
    op.execute("alter table entries enable always trigger check_entry")
    op.execute("alter table lines enable always trigger check_positions")
