"""What the database itself refuses, whoever asks: changes, bad entries, foreign tenants."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from valero.fibu import accounts, journal, periods, trial_balance
from valero.kit import clock

FORBIDDEN = [
    "update entries set text = 'x'",
    "update lines set amount = amount",
    "delete from lines",
    "delete from entries",
    "truncate lines",
    "truncate entries cascade",
    "truncate accounts cascade",
]


async def test_the_role_of_the_service_owns_the_tables(books) -> None:
    """So what it is refused below, it is refused as owner."""
    owner = "select pg_get_userbyid(relowner) = current_user from pg_class where oid = :t::regclass"
    async with books.open() as session:
        for table in ("entries", "lines"):
            assert await session.scalar(text(owner.replace(":t", f"'{table}'")))


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_owner_of_the_tables_cannot_change_what_is_posted(
    books, draft, statement
) -> None:
    await books.post(draft())
    with pytest.raises(Exception, match="append-only"):
        async with books.open() as session:
            await session.execute(text(statement))


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_not_even_a_superuser_changes_what_is_posted_in_passing(
    books, draft, statement, fibu_database
) -> None:
    await books.post(draft())
    engine = create_async_engine(fibu_database.admin_url, poolclass=NullPool)

    async def attempt() -> None:
        async with engine.begin() as connection:
            await connection.execute(text("set search_path = fibu"))
            await connection.execute(text("set session_replication_role = replica"))
            await connection.execute(text(statement))

    with pytest.raises(Exception, match="append-only"):
        await attempt()
    await engine.dispose()


async def insert(session, lines, **fields):
    """An entry by plain SQL, past Python and past post_entries."""
    values = {
        "id": clock.new_id(),
        "day": date(2026, 3, 2),
        "reverses": None,
        "source_id": None,
        "count": len(lines),
        **fields,
    }
    await session.execute(
        text(
            "insert into entries (id, posted_on, document_on, document_number, text, currency,"
            " source, source_id, reverses_id, line_count, posted_by, posted_by_name)"
            " values (:id, :day, :day, 'RE-1', '', 'EUR', 'beleg', :source_id, :reverses, :count,"
            " :id, '')"
        ),
        values,
    )
    for position, (account, amount) in enumerate(lines, 1):
        await add_line(session, values["id"], position, account, amount)
    return values["id"]


async def add_line(session, entry_id, position, account, amount) -> None:
    await session.execute(
        text(
            "insert into lines (entry_id, position, account, amount, currency)"
            " values (:entry, :position, :account, :amount, 'EUR')"
        ),
        {
            "entry": entry_id,
            "position": position,
            "account": account,
            "amount": Decimal(amount),
        },
    )


async def test_plain_sql_may_post_what_is_right(books, draft) -> None:
    await books.post(draft())
    async with books.open() as session:
        await insert(session, [("1000", "-1.00"), ("1200", "1.00")])


@pytest.mark.parametrize(
    ("lines", "count", "words"),
    [
        ([], 2, "0 lines instead of 2"),
        ([("1000", "0.00")], 2, "1 lines instead of 2"),
        ([("1000", "-1.00"), ("1200", "1.00")], 3, "2 lines instead of 3"),
        ([("1000", "-1.00")], 1, "ck_entries_line_count"),
        ([("1000", "-1.00"), ("1200", "1.01")], 2, "does not sum to zero"),
        ([("1000", "-1.00"), ("9999", "1.00")], 2, "fk_lines_account"),
    ],
)
async def test_plain_sql_cannot_post_what_is_wrong(books, draft, lines, count, words) -> None:
    await books.post(draft())
    with pytest.raises(Exception, match=words):
        async with books.open() as session:
            await insert(session, lines, count=count)


async def test_nothing_can_be_added_to_a_posted_entry(books, draft) -> None:
    entry = await books.post(draft())
    for position in (4, 5):
        with pytest.raises(Exception, match="outside of its entry"):
            async with books.open() as session:
                await add_line(session, entry.id, position, "1000", "0.00")


async def test_an_early_check_opens_no_gap(books, draft) -> None:
    await books.post(draft())

    async def attempt() -> None:
        async with books.open() as session:
            entry_id = await insert(session, [("1000", "-1.00"), ("1200", "1.00")])
            await session.execute(text("set constraints all immediate"))
            await add_line(session, entry_id, 3, "1200", "1.00")

    with pytest.raises(Exception, match="outside of its entry"):
        await attempt()


async def test_an_entry_that_claims_a_document_cannot_hide_it(books, draft) -> None:
    await books.post(draft())
    with pytest.raises(Exception, match="does not claim its document"):
        async with books.open() as session:
            await insert(session, [("1000", "-1.00"), ("1200", "1.00")], source_id="doc-1")


async def test_another_tenant_sees_and_reaches_nothing(books, new_books, draft) -> None:
    entry = await books.post(draft())
    other = new_books()
    await other.post(draft(("1000", "5.00"), ("1200", "-5.00")))
    async with other.open() as session:
        (sheet,) = await trial_balance.read(session, as_of=date(2030, 1, 1))
        assert {row.account for row in sheet.rows} == {"1000", "1200"}
        with pytest.raises(journal.EntryNotFound):
            await journal.get(session, entry.id)
        with pytest.raises(journal.EntryNotFound):
            await journal.reverse(session, entry.id, by=other.keeper)


async def test_a_forged_tenant_writes_nothing(books, new_books, draft) -> None:
    await books.post(draft())
    forged = new_books()
    with pytest.raises(Exception, match="row-level security"):
        async with forged.open() as session:
            await session.execute(
                text("insert into ledgers (tenant_id, chart, chart_version) values (:id, '', '')"),
                {"id": books.tenant},
            )


async def test_a_tenant_changed_before_the_end_is_refused(books, new_books, draft) -> None:
    """The check at commit cannot be fooled by looking for the lines elsewhere."""
    await books.post(draft())
    elsewhere = {"id": str(new_books().tenant)}

    async def attempt() -> None:
        async with books.open() as session:
            await insert(session, [("1000", "-1.00"), ("1200", "2.00")])
            await session.execute(text("select set_config('valero.tenant', :id, true)"), elsewhere)

    with pytest.raises(Exception, match="0 lines instead of 2"):
        await attempt()


async def test_without_a_tenant_there_is_nothing(books, draft) -> None:
    await books.post(draft())
    async with books.database.transaction() as session:
        assert await session.scalar(text("select count(*) from entries")) == 0


async def test_a_closed_account_is_refused_by_the_database_too(books) -> None:
    async with books.open() as session:
        await accounts.open_ledger(session)
        await periods.open_years(session, [date(2025, 1, 1)])
    with pytest.raises(Exception, match="closed account 8195"):
        async with books.open() as session:
            await insert(session, [("8195", "-1.00"), ("1000", "1.00")], day=date(2025, 1, 1))


async def test_a_closed_month_is_refused_by_the_database_too(books, draft) -> None:
    await books.post(draft())
    async with books.open() as session:
        await periods.close(session, date(2026, 3, 1))
    with pytest.raises(Exception, match="no open period"):
        async with books.open() as session:
            await insert(session, [("1000", "-1.00"), ("1200", "1.00")])


async def test_a_reversal_that_does_not_mirror_its_original_is_refused(books, draft) -> None:
    original = await books.post(draft())
    with pytest.raises(Exception, match="does not undo"):
        async with books.open() as session:
            await insert(session, [("4930", "-1.00"), ("1600", "1.00")], reverses=original.id)


async def test_a_reversal_of_a_reversal_is_refused_by_the_database_too(books, draft) -> None:
    original = await books.post(draft())
    async with books.open() as session:
        reversal = await journal.reverse(session, original.id, by=books.keeper)
    lines = [(line.account, str(line.amount)) for line in original.lines]
    with pytest.raises(Exception, match="reverses a reversal"):
        async with books.open() as session:
            await insert(session, lines, day=reversal.posted_on, reverses=reversal.id)
