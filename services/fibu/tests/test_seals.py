"""Sealing: gapless numbers under crashes, a chain that shows every change, totals that agree."""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from valero.fibu import invariants, journal, seals, trial_balance, verify
from valero.kit import clock

UNTIL = date(2026, 3, 31)

SEALER = """
import asyncio, sys
from datetime import date
from uuid import UUID
from valero.fibu import seals
from valero.kit.auth import Principal
from valero.kit.database import Database

async def main(url, tenant):
    database = Database(url)
    by = Principal(UUID(int=1), UUID(tenant), "Sealer", "", (), frozenset(), "", False)
    seals.BATCH = 3
    while True:
        async with database.transaction(tenant=UUID(tenant), principal=by) as session:
            await seals.seal_next(session, until=date(2026, 3, 31), by=by)
        print("sealed", flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def seal_all(books, until=UNTIL):
    async with books.open() as session:
        return await seals.seal_all(session, until=until, by=books.keeper)


async def export(books) -> list[bytes]:
    async with books.open() as session:
        return [line async for line in seals.export(session, books.tenant)]


async def numbers(books) -> list[int]:
    async with books.open() as session:
        rows = await session.scalars(text("select number from sealed_entries order by number"))
        return list(rows)


async def test_sealing_numbers_entries_by_posting_date(books, draft) -> None:
    late = await books.post(draft(posted_on=date(2026, 3, 9)))
    early = await books.post(draft(posted_on=date(2026, 3, 2)))
    april = await books.post(draft(posted_on=date(2026, 4, 1)))
    (made,) = await seal_all(books)
    assert (made.number, made.first_number, made.last_number) == (1, 1, 2)
    async with books.open() as session:
        ids = [late.id, early.id, april.id]
        assert await seals.find_numbers(session, ids) == {early.id: 1, late.id: 2}
        assert await seals.count_unsealed(session, until=date(2026, 4, 30)) == 1
    assert await seal_all(books) == []


async def test_several_batches_are_one_chain_and_the_export_proves_it(
    books, draft, monkeypatch
) -> None:
    monkeypatch.setattr(seals, "BATCH", 2)
    for _ in range(5):
        await books.post(draft())
    made = await seal_all(books)
    assert [(row.first_number, row.last_number) for row in made] == [(1, 2), (3, 4), (5, 5)]
    report = verify.verify(await export(books), head=made[-1].hash)
    assert (report.findings, report.entries, report.seals) == ([], 5, 3)


async def test_books_without_seals_export_and_verify(books) -> None:
    report = verify.verify(await export(books))
    assert (report.findings, report.entries) == ([], 0)


async def test_days_to_come_cannot_be_sealed(books) -> None:
    with pytest.raises(seals.SealTooLate):
        await seal_all(books, until=clock.today() + timedelta(days=1))


@pytest.mark.parametrize(
    ("today", "until"),
    [
        (date(2026, 3, 10), date(2026, 1, 31)),
        (date(2026, 3, 11), date(2026, 2, 28)),
        (date(2026, 1, 5), date(2025, 11, 30)),
    ],
)
def test_fi_2_the_monthly_job_seals_with_the_vat_return(today, until) -> None:
    assert seals.due_until(today) == until


async def test_fi_1_sealed_rows_and_seals_cannot_be_changed_by_their_owner(books, draft) -> None:
    await books.post(draft())
    await seal_all(books)
    for statement in (
        "update seals set hash = hash",
        "delete from seals",
        "update sealed_entries set number = 7",
        "delete from sealed_entries",
    ):
        with pytest.raises(Exception, match="append-only"):
            async with books.open() as session:
                await session.execute(text(statement))


async def test_plain_sql_cannot_leave_a_gap_in_the_numbers(books, draft) -> None:
    await books.post(draft())
    await seal_all(books)
    entry = await books.post(draft())
    with pytest.raises(Exception, match="have a gap"):
        async with books.open() as session:
            await session.execute(
                text(
                    "insert into sealed_entries (number, entry_id, seal_number, hash)"
                    " values (3, :id, 1, repeat('0', 64))"
                ),
                {"id": entry.id},
            )


async def test_fifty_postings_beside_a_sealer_killed_again_and_again_leave_no_gap(
    books, draft, fibu_database
) -> None:
    await books.post(draft())
    chance = random.Random(7)

    async def post_some() -> None:
        for n in range(10):
            await asyncio.gather(*(books.post(draft(document_number=f"{n}")) for _ in range(5)))

    async def seal_and_be_killed() -> None:
        sealer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SEALER, fibu_database.url, str(books.tenant),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert sealer.stdout is not None
        assert await sealer.stdout.readline() == b"sealed\n"
        await asyncio.sleep(chance.uniform(0, 0.3))
        os.kill(sealer.pid, signal.SIGKILL)
        await sealer.wait()
        sealer._transport.close()

    posting = asyncio.create_task(post_some())
    for _ in range(3):
        await seal_and_be_killed()
    await posting
    before = len(await numbers(books))
    await seal_all(books)
    assert await numbers(books) == list(range(1, 52))
    assert before > 0, "the sealer finished no batch, so nothing was tested"
    assert verify.verify(await export(books)).findings == []


async def test_two_sealers_at_once_take_turns(books, draft, monkeypatch) -> None:
    monkeypatch.setattr(seals, "BATCH", 2)
    await asyncio.gather(*(books.post(draft()) for _ in range(12)))
    await asyncio.gather(*(seal_all(books) for _ in range(4)))
    assert await numbers(books) == list(range(1, 13))
    assert verify.verify(await export(books)).findings == []


@pytest.mark.parametrize(
    "damage",
    [
        "update lines set amount = -amount where position in (1, 3)",
        "update lines set tax_code = 'V7' where position = 1",
        "update entries set text = text || ' '",
        "update entries set posted_at = posted_at + interval '1 microsecond'",
        "update seals set sealed_by_name = 'Niemand'",
        "update sealed_entries set hash = md5('x') || md5('y') where number = 1",
        "delete from sealed_entries where number = 2",
    ],
)
async def test_damage_by_a_superuser_without_triggers_is_found(
    books, draft, fibu_database, damage
) -> None:
    await books.post(draft())
    await books.post(draft())
    await seal_all(books)
    tables = ("entries", "lines", "seals", "sealed_entries")
    engine = create_async_engine(fibu_database.admin_url, poolclass=NullPool)
    where = "and" if "where" in damage else "where"
    async with engine.begin() as connection:
        await connection.execute(text("set search_path = fibu"))
        for table in tables:
            await connection.execute(text(f"alter table {table} disable trigger forbid_change"))
        statement = text(f"{damage} {where} tenant_id = :tenant")
        await connection.execute(statement, {"tenant": books.tenant})
        for table in tables:
            enable = f"alter table {table} enable always trigger forbid_change"
            await connection.execute(text(enable))
    await engine.dispose()
    assert verify.verify(await export(books)).findings
    async with books.open() as session:
        assert not (await invariants.chain_intact.check(session)).ok


async def test_every_changed_byte_of_an_export_is_found(books, draft) -> None:
    await books.post(draft(text="Büro „Nord“"))
    await seal_all(books)
    whole = b"".join(await export(books))
    assert verify.verify(whole.splitlines(keepends=True)).is_intact
    for position in range(len(whole)):
        for flip in (1, 0x20):
            changed = bytearray(whole)
            changed[position] ^= flip
            lines = bytes(changed).splitlines(keepends=True)
            assert not verify.verify(lines).is_intact, position
        shorter = whole[:position] + whole[position + 1 :]
        assert not verify.verify(shorter.splitlines(keepends=True)).is_intact, position


async def test_the_verifier_is_a_command_without_database(books, draft, tmp_path) -> None:
    await books.post(draft())
    (made,) = await seal_all(books)
    file = tmp_path / "journal.jsonl"
    file.write_bytes(b"".join(await export(books)))
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "valero.fibu.verify", str(file), "--head", made.hash,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await run.communicate()
    run._transport.close()
    assert (run.returncode, said.startswith(b"intact: 1 entries, 1 seals")) == (0, True)
    assert verify.main([str(file), "--head", "0" * 64]) == 1
    assert verify.main([str(tmp_path / "missing")]) == 2


MOVES = st.lists(
    st.tuples(
        st.dates(date(2026, 1, 1), date(2026, 4, 30)),
        st.decimals("-99999.99", "99999.99", places=2),
        st.booleans(),
    ),
    max_size=6,
)


@settings(max_examples=12, deadline=None)
@given(moves=MOVES, until=st.dates(date(2026, 1, 1), date(2026, 4, 30)))
async def test_sealing_changes_no_trial_balance(new_books: Callable, draft, moves, until) -> None:
    books = new_books()
    for day, amount, reverse in moves:
        entry = await books.post(
            draft(("1200", f"{amount}"), ("1000", f"{-amount}"), posted_on=day)
        )
        if reverse:
            async with books.open() as session:
                await journal.reverse(session, entry.id, by=books.keeper, posted_on=day)
    days = [date(2026, 2, 28), date(2026, 3, 15), until, date(2026, 4, 30), date(2099, 1, 1)]
    async with books.open() as session:
        before = [await trial_balance.read(session, as_of=day) for day in days]
    await seal_all(books, until=until)
    async with books.open() as session:
        assert [await trial_balance.read(session, as_of=day) for day in days] == before
        assert (await invariants.totals_agree.check(session)).ok
        assert (await invariants.sealing_complete.check(session)).ok


async def test_wrong_totals_are_seen(books, draft) -> None:
    await books.post(draft())
    await seal_all(books)
    async with books.open() as session:
        await session.execute(text("update period_totals set debit = debit + 1"))
        assert not (await invariants.totals_agree.check(session)).ok
        (sheet,) = await trial_balance.read(session, as_of=UNTIL)
        assert sheet.total_debit == Decimal("122.00"), "the trial balance reads the totals"
        await session.rollback()


async def test_fi_3_an_exported_entry_has_all_that_a_journal_needs(books, draft) -> None:
    """GoBD Rz. 85-94; period and counter accounts follow from posting date and lines."""
    await books.post(draft())
    await seal_all(books)
    entry = json.loads((await export(books))[1])
    required = {
        "number", "posted_on", "document_on", "document_number", "text", "currency",
        "posted_at", "posted_by", "posted_by_name", "source", "hash",
    }  # fmt: skip
    assert {name for name in required if entry[name] in (None, "")} == set()
    for line in entry["lines"]:
        assert {"account", "amount", "currency", "tax_code"} <= line.keys()


@pytest.mark.parametrize(
    "column",
    ["posted_on", "document_on", "document_number", "text", "currency", "posted_at", "posted_by"],
)
async def test_fi_3_the_database_takes_no_entry_without(books, column) -> None:
    nullable = text(
        "select is_nullable from information_schema.columns"
        " where table_schema = 'fibu' and table_name = 'entries' and column_name = :column"
    )
    async with books.open() as session:
        assert await session.scalar(nullable, {"column": column}) == "NO"
