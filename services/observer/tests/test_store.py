"""The Observer's own database: transactions, trouble, retention, and a size that is kept."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from valero.observer import samples
from valero.observer.policy import Keeping
from valero.observer.samples import MEGABYTE, Sample
from valero.observer.store import HistoryUnavailable, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def count(table):
    return lambda connection: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


async def test_readers_work_while_the_writer_writes(store):
    assert await store.read(lambda c: c.execute("PRAGMA journal_mode").fetchone()[0]) == "wal"


async def test_a_change_that_fails_leaves_nothing(store):
    def change(connection):
        connection.execute("INSERT INTO samples (at, instance) VALUES (1, 'fibu-1')")
        raise KeyError("a defect")

    with pytest.raises(KeyError):
        await store.write(change)
    assert await store.read(count("samples")) == 0


async def test_a_locked_database_is_trouble_until_a_write_succeeds(store):
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await samples.keep(store, [Sample(1, "fibu-1")])
    assert "locked" in store.trouble
    other.execute("ROLLBACK")
    other.close()
    await samples.keep(store, [Sample(1, "fibu-1")])
    assert store.trouble is None


async def test_a_file_that_is_no_database_is_put_aside(tmp_path):
    path = tmp_path / "observer.sqlite"
    path.write_bytes(b"not a database at all" * 500)
    opened = await Store.open(path)
    assert await opened.read(count("events")) == 0
    await opened.close()
    assert [kept.name for kept in tmp_path.glob("*.broken-*")]


async def test_a_query_that_fails_says_so_to_people(store):
    with pytest.raises(HistoryUnavailable):
        await store.read(lambda connection: connection.execute("SELECT * FROM nothing"))


async def test_old_samples_go_and_young_ones_stay(store):
    old = int((NOW - timedelta(hours=25)).timestamp())
    young = int((NOW - timedelta(hours=23)).timestamp())
    await samples.keep(store, [Sample(old, "fibu-1"), Sample(young, "fibu-1")])
    assert await samples.prune(store, Keeping(sample_hours=24), NOW) == 1
    left = await store.read(lambda c: [row[0] for row in c.execute("SELECT at FROM samples")])
    assert left == [young]


async def test_the_file_never_stays_above_its_limit(store):
    start = int(NOW.timestamp()) - 60_000
    for instance in ("beleg-1", "fibu-1"):
        await samples.keep(
            store, [Sample(start + n, instance, 1.5, 80.25, 3.125, 4.5) for n in range(30_000)]
        )
    assert store.path.stat().st_size > MEGABYTE
    removed = await samples.prune(store, Keeping(sample_hours=100, max_megabytes=1), NOW)
    assert removed >= 20_000
    assert store.path.stat().st_size <= MEGABYTE
    oldest = await store.read(lambda c: c.execute("SELECT min(at) FROM samples").fetchone()[0])
    assert oldest > start


async def test_a_series_is_the_mean_of_its_steps(store):
    await samples.keep(
        store,
        [
            Sample(100, "fibu-1", cpu_percent=10.0, memory_mb=50.0),
            Sample(105, "fibu-1", cpu_percent=20.0),
            Sample(110, "fibu-1", cpu_percent=5.0),
            Sample(105, "auth-1", cpu_percent=1.0),
        ],
    )
    found = await samples.series(store, since=0, step_seconds=10)
    assert found["fibu-1"].at == [100, 110]
    assert found["fibu-1"].cpu_percent == [15.0, 5.0]
    assert found["fibu-1"].memory_mb == [50.0, None]
    assert (await samples.series(store, since=0, step_seconds=10, instance="auth-1")).keys() == {
        "auth-1"
    }
