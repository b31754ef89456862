import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from valero.kit import migrate, provision
from valero.kit.testing.postgres import PostgresProcess, ServiceDatabase

SECOND = """
from alembic import op

revision = "2026_01_02_second"
down_revision = "2026_01_01_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table notes add column colour text")
    {more}
"""


@pytest.fixture
async def empty(service_database: Any) -> ServiceDatabase:
    described: ServiceDatabase = await service_database.empty("probe")
    return described


async def scalar(url: str, statement: str) -> Any:
    engine = create_async_engine(url, poolclass=sa.NullPool)
    async with engine.connect() as connection:
        result = await connection.scalar(sa.text(statement))
    await engine.dispose()
    return result


def with_second(versions: Path, folder: Path, more: str = "") -> Path:
    for file in versions.glob("*.py"):
        (folder / file.name).write_text(file.read_text("utf8"), "utf8")
    (folder / "2026_01_02_second.py").write_text(SECOND.format(more=more), "utf8")
    return folder


async def test_migrations_can_run_twice(empty: ServiceDatabase, versions: Path) -> None:
    await migrate.upgrade("probe", empty.url, versions=versions)
    await migrate.upgrade("probe", empty.url, versions=versions)
    found = await scalar(empty.url, "select version_num from probe.schema_version")
    assert found == "2026_01_01_first"


async def test_starters_at_the_same_time_do_not_collide(
    empty: ServiceDatabase, versions: Path
) -> None:
    upgrades = [migrate.upgrade("probe", empty.url, versions=versions) for _ in range(4)]
    await asyncio.gather(*upgrades)
    assert await scalar(empty.url, "select count(*) from probe.schema_version") == 1


async def test_a_failing_migration_leaves_its_predecessor_done_and_nothing_of_itself(
    empty: ServiceDatabase, versions: Path, tmp_path: Path
) -> None:
    broken = with_second(versions, tmp_path, 'op.execute("select 1 / 0")')
    with pytest.raises(sa.exc.DBAPIError, match="division"):
        await migrate.upgrade("probe", empty.url, versions=broken)
    found = await scalar(empty.url, "select version_num from probe.schema_version")
    assert found == "2026_01_01_first"
    colour = "select count(*) from information_schema.columns where column_name = 'colour'"
    assert await scalar(empty.url, colour) == 0


async def test_a_migration_does_not_wait_for_ever_behind_a_reader(
    empty: ServiceDatabase, versions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate.upgrade("probe", empty.url, versions=versions)
    monkeypatch.setattr(migrate, "WAIT_FOR_LOCK", "100ms")
    engine = create_async_engine(empty.url, poolclass=sa.NullPool)
    async with engine.connect() as reader:
        await reader.execute(sa.text("select * from notes"))
        with pytest.raises(sa.exc.DBAPIError, match="lock timeout"):
            await migrate.upgrade("probe", empty.url, versions=with_second(versions, tmp_path))
    await engine.dispose()
    await migrate.upgrade("probe", empty.url, versions=with_second(versions, tmp_path))


async def test_a_role_without_a_schema_is_told_so(
    postgres: PostgresProcess, versions: Path
) -> None:
    name = "without_schema"
    await provision.create_database(postgres.admin_url, name)
    engine = create_async_engine(postgres.url(name), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(sa.text("drop schema public"))
    await engine.dispose()
    with pytest.raises(migrate.SchemaMissing):
        await migrate.upgrade("probe", postgres.url(name), versions=versions)


async def test_models_and_migrations_can_be_compared(
    probe_database: ServiceDatabase, probe: Any
) -> None:
    assert await migrate.differences(probe_database.url, probe.Base.metadata) == []
    other = sa.MetaData()
    sa.Table("notes", other, sa.Column("id", sa.Uuid, primary_key=True))
    assert await migrate.differences(probe_database.url, other)


async def test_provisioning_can_run_twice_and_changes_the_password(
    postgres: PostgresProcess,
) -> None:
    for password in ("first", 'it\'s: a "secret"'):
        await provision.provision(postgres.admin_url, "twice", password, database="twice")
    address = sa.engine.make_url(postgres.admin_url).set(
        username="twice", password='it\'s: a "secret"', database="twice"
    )
    url = address.render_as_string(hide_password=False)
    assert await scalar(url, "select current_schema()") == "twice"
    assert (
        await scalar(
            url, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
        )
        is False
    )


def test_the_migrations_of_a_service_are_found_beside_its_source() -> None:
    with pytest.raises(LookupError, match="not installed"):
        migrate.folder("nonexistent")
