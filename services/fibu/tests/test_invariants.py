"""What Observer shows of the books: true for real books, false for broken ones."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from valero.fibu import invariants, journal, models
from valero.kit import migrate

DOCUMENT = journal.Source("beleg", "doc-1")


async def broken(books) -> set[str]:
    results = {}
    for one in invariants.ALL:
        async with books.open() as session:
            results[one.name] = await one.check(session)
    return {name for name, result in results.items() if not result.ok}


async def test_new_books_are_in_order(books) -> None:
    assert await broken(books) == set()


async def test_books_with_postings_and_reversals_are_in_order(books, draft) -> None:
    entry = await books.post(draft(source=DOCUMENT))
    async with books.open() as session:
        await journal.reverse(session, entry.id, by=books.keeper)
    await books.post(draft(source=DOCUMENT))
    assert await broken(books) == set()


@pytest.mark.parametrize(
    ("damage", "names"),
    [
        ("update lines set amount = amount + 1 where position = 1",
         {"ledger_sums_to_zero", "journal_balanced"}),
        ("delete from lines where position = 3",
         {"ledger_sums_to_zero", "journal_balanced", "entries_complete", "open_items_agree"}),
        ("delete from bookings", {"bookings_known"}),
    ],
)  # fmt: skip
async def test_damage_past_all_walls_is_seen(books, draft, fibu_database, damage, names) -> None:
    await books.post(draft(source=DOCUMENT))
    engine = create_async_engine(fibu_database.admin_url, poolclass=NullPool)
    where = "and" if "where" in damage else "where"
    async with engine.begin() as connection:
        await connection.execute(text("set search_path = fibu"))
        for table in ("lines", "entries"):
            await connection.execute(text(f"alter table {table} disable trigger forbid_change"))
        statement = text(f"{damage} {where} tenant_id = :tenant")
        await connection.execute(statement, {"tenant": books.tenant})
        for table in ("lines", "entries"):
            enable = f"alter table {table} enable always trigger forbid_change"
            await connection.execute(text(enable))
    await engine.dispose()
    assert await broken(books) == names


async def test_the_migrated_schema_is_that_of_the_models(fibu_database) -> None:
    assert await migrate.differences(fibu_database.url, models.Base.metadata) == []


async def test_every_table_of_a_tenant_is_isolated_even_from_its_owner(books) -> None:
    isolated = text(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'fibu'::regnamespace"
        " and relrowsecurity and relforcerowsecurity"
    )
    async with books.open() as session:
        found = set(await session.scalars(isolated))
    assert set(models.Base.metadata.tables) <= found
