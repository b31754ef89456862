"""A start skips migrations only when files and database both say that there are none."""

import shutil
from pathlib import Path

import asyncpg
import pytest

from valero.cli import revisions
from valero.cli.credentials import DATABASE, Vault
from valero.cli.home import Home
from valero.cli.revisions import Server
from valero.kit import provision

REVISION = "2026_01_01_first"


@pytest.fixture
async def home(tmp_path: Path, postgres) -> Home:
    """A home whose service `revised` has a role, a schema and a revision on a real server."""
    home = Home(tmp_path / "h")
    home.create()
    await provision.provision(
        postgres.admin_url, "revised", Vault(home).role("revised"), database=DATABASE
    )
    connection = await Server(home, postgres.server.port).connect("revised")
    await connection.execute("drop table if exists schema_version")
    await connection.execute("create table schema_version (version_num text)")
    await connection.execute("insert into schema_version values ($1)", REVISION)
    await connection.close()
    return home


@pytest.fixture
def root(tmp_path: Path) -> Path:
    versions = tmp_path / "services" / "revised" / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / f"{REVISION}.py").write_text("one")
    return tmp_path


@pytest.fixture
def current(home, root, postgres):
    """`await current()`: what a start would skip, after the migration was noted once."""
    files = revisions.fingerprint(root, "revised")
    revisions.remember(home, "revised", files, REVISION)
    server = Server(home, postgres.server.port)
    return lambda: revisions.find_current(server, root, ["revised", "never-seen"])


async def test_nothing_is_skipped_before_the_first_migration(home, root, postgres) -> None:
    server = Server(home, postgres.server.port)
    assert await revisions.find_current(server, root, ["revised"]) == []


async def test_a_migrated_schema_is_skipped(current) -> None:
    assert await current() == ["revised"]


async def test_a_new_migration_is_not_skipped(current, root) -> None:
    folder = root / "services" / "revised" / "migrations" / "versions"
    shutil.copy(folder / f"{REVISION}.py", folder / "2026_02_02_second.py")
    assert await current() == []


async def test_a_restored_older_database_is_not_skipped(current, home, postgres) -> None:
    connection = await Server(home, postgres.server.port).connect("revised")
    await connection.execute("update schema_version set version_num = 'older'")
    await connection.close()
    assert await current() == []


async def test_a_database_without_the_role_is_not_skipped(current, home, postgres) -> None:
    (home.secrets / "infrastructure" / "role-revised").write_text("another password")
    assert await current() == []


async def test_an_emptied_schema_is_not_skipped(current, home, postgres) -> None:
    connection: asyncpg.Connection = await Server(home, postgres.server.port).connect("revised")
    await connection.execute("drop table schema_version")
    await connection.close()
    assert await current() == []
