"""Row level security is the second wall: it holds even where the code forgets the tenant."""

from typing import Any

import pytest
import sqlalchemy as sa

from valero.kit import audit, auth
from valero.kit.database import Database, enter_tenant
from valero.kit.testing.clients import AppClient
from valero.kit.testing.tokens import OTHER_TENANT, TENANT, USER

COLUMNS = {
    "notes": ("id, number, text", "gen_random_uuid(), 1, ''"),
    "outbox": ("event_id, type, subject, envelope", "gen_random_uuid(), 'a', 'b', '{}'"),
    "inbox": ("consumer, event_id", "'a', gen_random_uuid()"),
    "idempotency_keys": ("operation, key, input_sha256, status, answer", "'a', 'b', '', 1, '1'"),
    "audit_log": ("action, subject", "'a', 'b'"),
}
SECRET = ("notes", "idempotency_keys", "audit_log")


def writing(table: str, tenant: Any) -> sa.TextClause:
    columns, values = COLUMNS[table]
    return sa.text(f"insert into {table} (tenant_id, {columns}) values ('{tenant}', {values})")


async def number_of(db: Database, table: str, tenant: Any) -> int:
    async with db.transaction(tenant=tenant) as session:
        return await session.scalar(sa.text(f"select count(*) from {table}")) or 0


@pytest.mark.parametrize("table", SECRET)
async def test_a_forged_tenant_reads_nothing(database: Database, table: str) -> None:
    async with database.transaction(tenant=TENANT) as session:
        await session.execute(writing(table, TENANT))
    assert await number_of(database, table, TENANT) == 1
    assert await number_of(database, table, OTHER_TENANT) == 0
    assert await number_of(database, table, None) == 0


@pytest.mark.parametrize("table", COLUMNS)
async def test_a_row_for_a_foreign_tenant_is_refused(database: Database, table: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="row-level security"):
        async with database.transaction(tenant=TENANT) as session:
            await session.execute(writing(table, OTHER_TENANT))


@pytest.mark.parametrize("table", COLUMNS)
async def test_a_row_without_a_tenant_in_force_is_refused(database: Database, table: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="row-level security"):
        async with database.transaction() as session:
            await session.execute(writing(table, TENANT))


async def test_foreign_rows_are_neither_changed_nor_deleted(database: Database) -> None:
    async with database.transaction(tenant=TENANT) as session:
        await session.execute(writing("notes", TENANT))
    async with database.transaction(tenant=OTHER_TENANT) as session:
        changed: Any = await session.execute(sa.text("update notes set number = 9"))
        deleted: Any = await session.execute(sa.text("delete from notes"))
    assert (changed.rowcount, deleted.rowcount) == (0, 0)


async def test_a_row_cannot_be_moved_to_a_foreign_tenant(database: Database) -> None:
    async with database.transaction(tenant=TENANT) as session:
        await session.execute(writing("notes", TENANT))
    with pytest.raises(sa.exc.DBAPIError, match="row-level security"):
        async with database.transaction(tenant=TENANT) as session:
            await session.execute(sa.text(f"update notes set tenant_id = '{OTHER_TENANT}'"))


async def test_the_outbox_is_read_for_all_tenants(database: Database) -> None:
    for tenant in (TENANT, OTHER_TENANT):
        async with database.transaction(tenant=tenant) as session:
            await session.execute(writing("outbox", tenant))
    assert await number_of(database, "outbox", None) == 2


async def test_the_tenant_does_not_outlive_its_transaction(probe_database: Any) -> None:
    one_connection = Database(probe_database.url, pool_size=1, overflow=0)
    async with one_connection.transaction(tenant=TENANT) as session:
        await session.execute(writing("notes", TENANT))
    async with one_connection.engine.connect() as connection:
        assert await connection.scalar(sa.text("select count(*) from notes")) == 0
    await one_connection.close()


async def test_a_transaction_can_enter_a_tenant_later(database: Database) -> None:
    async with database.transaction(tenant=TENANT) as session:
        await session.execute(writing("notes", TENANT))
    async with database.transaction() as session:
        assert await session.scalar(sa.text("select count(*) from notes")) == 0
        await enter_tenant(session, TENANT)
        assert await session.scalar(sa.text("select count(*) from notes")) == 1


async def test_one_service_may_not_look_into_another(
    service_database: Any, probe_database: Any
) -> None:
    await service_database.empty("intruder")
    foreign = Database(probe_database.url.replace("//probe:", "//intruder:"))
    with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
        async with foreign.transaction() as session:
            await session.execute(sa.text("select * from probe.notes"))
    await foreign.close()


async def test_callers_see_only_what_belongs_to_their_tenant(client: AppClient) -> None:
    mine = client.as_user("probe:read", "probe:write")
    theirs = client.as_user("probe:read", "probe:write", tenant=OTHER_TENANT)
    await mine.post("/api/probe/notes", json={"number": 1, "text": "mine"})
    await theirs.post("/api/probe/notes", json={"number": 1, "text": "theirs"})
    assert [n["text"] for n in (await mine.get("/api/probe/notes")).json()["items"]] == ["mine"]
    assert [n["text"] for n in (await theirs.get("/api/probe/notes")).json()["items"]] == ["theirs"]


@pytest.mark.parametrize(
    "change",
    [
        "update audit_log set action = 'forged'",
        "delete from audit_log",
        "truncate audit_log",
        "update seals set state = 'open'",
        "delete from seals",
        "truncate seals",
    ],
)
async def test_history_cannot_be_changed(
    database: Database, probe_database: Any, change: str
) -> None:
    async with database.transaction(tenant=TENANT) as session:
        await session.execute(writing("audit_log", TENANT))
        await session.execute(sa.text("insert into seals values (1, 'closed')"))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        async with database.transaction(tenant=TENANT) as session:
            await session.execute(sa.text(change))


async def test_rows_outside_the_condition_may_still_change(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(sa.text("insert into seals values (1, 'open')"))
        await session.execute(sa.text("update seals set state = 'closed'"))
        assert await session.scalar(sa.text("select state from seals")) == "closed"


async def test_the_audit_log_says_who_changed_what(client: AppClient, database: Database) -> None:
    await client.as_user("probe:write").post("/api/probe/notes", json={"number": 7, "text": "Ä"})
    async with database.transaction(tenant=TENANT) as session:
        row = (await session.execute(sa.text("select * from audit_log"))).one()
    assert (row.user_id, row.user_name) == (USER, "Erika Mustermann")
    assert (row.action, row.subject) == ("note_written", "7")
    assert (row.before, row.after) == (None, {"number": 7, "text": "Ä"})
    assert len(row.trace_id) == 32


async def test_what_happens_outside_of_any_tenant_is_recorded_too(database: Database) -> None:
    async with database.transaction() as session:
        await audit.record(session, "sign_in_failed", "nobody@example.com")
    assert await number_of(database, "audit_log", None) == 1
    assert await number_of(database, "audit_log", TENANT) == 0


async def test_a_page_of_a_large_table_is_read_from_an_index(database: Database) -> None:
    """A cleverer policy than a plain equality made this a thousand times slower."""
    async with database.transaction(tenant=TENANT) as session:
        many = "insert into notes (id, number, text) select gen_random_uuid(), n, '' from "
        await session.execute(sa.text(many + "generate_series(1, 5000) as n"))
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text("analyze notes"))
    page = "explain (costs off) select * from notes where number > 100 order by number limit 100"
    async with database.transaction(tenant=TENANT) as session:
        plan = "\n".join(await session.scalars(sa.text(page)))
    assert "Index Scan" in plan
    assert "Sort" not in plan


async def test_a_background_session_acts_for_its_principal(database: Database) -> None:
    principal = auth.Principal(USER, TENANT, "Erika", "", (), frozenset(), "s")
    async with database.transaction(principal=principal) as session:
        current = await session.scalar(sa.text("select current_setting('valero.tenant')"))
        user = await session.scalar(sa.text("select current_setting('valero.user')"))
    assert (current, user) == (str(TENANT), str(USER))
