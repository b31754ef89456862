"""Schema migrations of all services, with one Alembic environment, and the tables kit itself needs.

A service's first migration calls `create_kit_tables(op)`. Migrations go forward only.
`python -m valero.kit.migrate <service>` brings the schema of one service up to date.
"""

import asyncio
import importlib.util
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from valero.kit.database import CURRENT_TENANT, enable_tenant_isolation, forbid_changes
from valero.kit.settings import Settings

ENVIRONMENT = Path(__file__).parent / "migrations"
KIT_TABLES = frozenset(
    {"outbox", "inbox", "idempotency_keys", "audit_log", "known_tenants", "schema_version"}
)

KEY_DAYS = 30
"""How long an Idempotency-Key is remembered."""

WAIT_FOR_OTHER_STARTER = "120s"
WAIT_FOR_LOCK = "5s"


class SchemaMissing(RuntimeError):  # noqa: N818
    """The role has no schema of its own; provisioning has not run."""


def folder(service: str) -> Path:
    """Where the migrations of `service` are: beside its `src`, or inside the installed package.

    Raises LookupError if there are none.
    """
    spec = importlib.util.find_spec(f"valero.{service}")
    if spec is None or spec.origin is None:
        raise LookupError(f"valero.{service} is not installed")
    package = Path(spec.origin).parent
    for candidate in (package / "migrations", package.parents[2] / "migrations"):
        if (candidate / "versions").is_dir():
            return candidate / "versions"
    raise LookupError(f"valero.{service} has no migrations/versions")


async def upgrade(service: str, url: str, *, versions: Path | None = None) -> None:
    """Bring the schema of the role in `url` to the newest revision; does nothing if it is there.

    Two starters at once take turns through an advisory lock. A migration that cannot lock its
    table within WAIT_FOR_LOCK fails and leaves its predecessors done. Raises SchemaMissing.
    """
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            schema = await connection.scalar(text("select current_schema()"))
            if schema is None:
                raise SchemaMissing(f"the role of {service} has no schema in its search_path")
            await connection.execute(text(f"set lock_timeout = '{WAIT_FOR_OTHER_STARTER}'"))
            await connection.execute(
                text("select pg_advisory_lock(hashtextextended(:name, 0))"),
                {"name": f"valero.migrate.{schema}"},
            )
            await connection.execute(text(f"set lock_timeout = '{WAIT_FOR_LOCK}'"))
            await connection.commit()
            await connection.run_sync(_upgrade, versions or folder(service))
    finally:
        await engine.dispose()


async def differences(url: str, metadata: MetaData) -> list[Any]:
    """What Alembic sees differ between the migrated schema at `url` and a service's models."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_compare, metadata)
    finally:
        await engine.dispose()


def _config(versions: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", _escaped(ENVIRONMENT))
    config.set_main_option("version_locations", _escaped(versions))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    return config


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _upgrade(connection: Connection, versions: Path) -> None:
    config = _config(versions)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _compare(connection: Connection, metadata: MetaData) -> list[Any]:
    def include(_object: Any, name: str | None, kind: str, *_rest: Any) -> bool:
        return not (kind == "table" and name in KIT_TABLES)

    context = MigrationContext.configure(
        connection, opts={"include_object": include, "compare_server_default": False}
    )
    return list(compare_metadata(context, metadata))


def create_kit_tables(op: Any) -> None:
    """In a service's first migration: outbox, inbox, idempotency_keys and audit_log.

    The table known_tenants fills itself from outbox, inbox and audit_log.
    """
    for statement in (OUTBOX, INBOX, IDEMPOTENCY_KEYS, AUDIT_LOG, KNOWN_TENANTS, KNOW_TENANT):
        op.execute(statement)
    for table in ("outbox", "inbox", "audit_log"):
        op.execute(
            f"create trigger know_tenant after insert on {table} "
            f"for each row when (new.tenant_id <> '{NOBODY}') execute function know_tenant()"
        )
    op.execute("create index ix_outbox_unsent on outbox (id) where sent_at is null")
    op.execute("create index ix_audit_log_subject on audit_log (tenant_id, subject, id)")
    op.execute("create index ix_inbox_received_at on inbox (received_at)")
    op.execute("create index ix_idempotency_keys_created_at on idempotency_keys (created_at)")
    enable_tenant_isolation(op, "idempotency_keys")
    op.execute(
        "create policy expiry on idempotency_keys for delete "
        f"using (created_at < now() - interval '{KEY_DAYS} days')"
    )
    enable_tenant_isolation(op, "audit_log", tenant=TENANT_OR_NOBODY)
    forbid_changes(op, "audit_log")
    for table in ("outbox", "inbox"):
        _isolate_writes(op, table)


def _isolate_writes(op: Any, table: str) -> None:
    """Rows are written only for the own tenant, but the relay and the clean-up see all of them."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy tenant on {table} for insert with check (tenant_id = {CURRENT_TENANT})"
    )
    op.execute(f"create policy relay_reads on {table} for select using (true)")
    op.execute(f"create policy relay_removes on {table} for delete using (true)")
    op.execute(f"create policy relay_marks on {table} for update using (true)")


NOBODY = UUID(int=0)
TENANT_OR_NOBODY = f"coalesce({CURRENT_TENANT}, '{NOBODY}')"
"""What happens outside of any tenant, such as a failed sign-in, is recorded for nobody's eyes."""

OUTBOX = f"""
create table outbox (
    id bigint generated always as identity primary key,
    event_id uuid not null unique,
    tenant_id uuid not null default {CURRENT_TENANT},
    type text not null,
    subject text not null,
    envelope jsonb not null,
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    sent_to text
)
"""
"""A sent row stays a minute: should the broker lose power before its disk has it, it is sent again.
`sent_to` is the incarnation of the broker that confirmed it."""

INBOX = f"""
create table inbox (
    consumer text not null,
    event_id uuid not null,
    tenant_id uuid not null default {CURRENT_TENANT},
    received_at timestamptz not null default now(),
    primary key (consumer, event_id)
)
"""

IDEMPOTENCY_KEYS = f"""
create table idempotency_keys (
    tenant_id uuid not null default {CURRENT_TENANT},
    operation text not null,
    key text not null check (length(key) between 1 and 200),
    input_sha256 bytea not null,
    status smallint not null,
    answer text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, operation, key)
)
"""

AUDIT_LOG = f"""
create table audit_log (
    id bigint generated always as identity primary key,
    tenant_id uuid not null default {TENANT_OR_NOBODY},
    recorded_at timestamptz not null default now(),
    user_id uuid,
    user_name text,
    action text not null,
    subject text not null,
    before jsonb,
    after jsonb,
    trace_id text
)
"""


KNOWN_TENANTS = """
create table known_tenants (
    tenant_id uuid primary key,
    known_since timestamptz not null default now()
)
"""
"""Whose books are here: without this list no background check could enter each tenant in turn."""

KNOW_TENANT = """
create function know_tenant() returns trigger language plpgsql as $$
begin
    insert into known_tenants (tenant_id) values (new.tenant_id) on conflict do nothing;
    return null;
end $$
"""


def main() -> None:
    """Migrate the service named on the command line, with the settings of its environment."""
    settings = Settings(service=sys.argv[1])
    if settings.database_url is None:
        raise SystemExit("VALERO_DATABASE_URL is not set")
    asyncio.run(upgrade(settings.service, settings.database_url))


if __name__ == "__main__":
    main()
