"""Bank statements: imported once, in whatever portions they come."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from valero.fibu import statements
from valero.kit.paging import PageQuery

DATA = Path(__file__).parents[4] / "shared" / "data" / "camt"


async def load(books, data: bytes):
    file = statements.read(data, name="auszug.xml")
    async with books.open() as session:
        return await statements.load(session, file)


async def lines(books):
    async with books.open() as session:
        return (await statements.find_lines(session, PageQuery(limit=500))).items


async def test_a_statement_brings_its_lines(books, camt053, movement) -> None:
    data = camt053(movement("-119.00", "RE-1"), closing="881.00")
    (stored,), is_new = await load(books, data)
    assert is_new
    assert (stored.opening, stored.closing, stored.imbalance) == (1000, 881, 0)
    (line,) = await lines(books)
    assert (line.amount, line.counterparty, line.remittance) == (-119, "Muster GmbH", "RE-1")


async def test_the_same_file_twice_adds_nothing(books, camt053, movement) -> None:
    data = camt053(movement("-119.00"), movement("-119.00"), closing="762.00")
    first, _ = await load(books, data)
    second, is_new = await load(books, data)
    assert ([one.id for one in first], is_new) == ([one.id for one in second], False)
    assert len(await lines(books)) == 2, "two equal payments are two"


async def test_overlapping_files_add_only_what_is_new(books, camt053, movement) -> None:
    shared = [movement("-1.00", "a"), movement("-1.00", "a")]
    await load(books, camt053(*shared, identifier="S1"))
    (stored,), _ = await load(books, camt053(*shared, movement("-2.00", "b"), identifier="S2"))
    assert (stored.line_count, stored.known_count) == (3, 2)
    assert sorted(line.amount for line in await lines(books)) == [-2, -1, -1]


async def test_the_same_file_from_five_sides_at_once_is_imported_once(
    books, camt053, movement
) -> None:
    data = camt053(movement("-119.00"), closing="881.00")
    results = await asyncio.gather(*(load(books, data) for _ in range(5)), return_exceptions=True)
    assert [one for one in results if isinstance(one, BaseException)] == []
    assert len(await lines(books)) == 1


async def test_a_statement_that_does_not_add_up_is_kept_and_flagged(
    books, camt053, movement
) -> None:
    (stored,), _ = await load(books, camt053(movement("-119.00"), closing="880.99"))
    assert stored.imbalance == Decimal("-0.01")


async def test_what_is_pending_is_left_out_until_it_is_booked(books, camt053, movement) -> None:
    (stored,), _ = await load(books, camt053(movement("-5.00", status="PDNG")))
    assert (stored.pending_count, stored.line_count, await lines(books)) == (1, 0, [])


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"nothing", "not valid XML"), ("fine", "finer than a cent")],
)
def test_what_cannot_be_booked_is_refused(camt053, movement, data, said) -> None:
    data = camt053(movement("-1.005")) if data == "fine" else data
    with pytest.raises(statements.StatementInvalid, match=said):
        statements.read(data, name="x")


async def test_what_the_bank_said_cannot_be_changed(books, camt053, movement) -> None:
    await load(books, camt053(movement("-5.00")))
    for statement in ("update statement_lines set amount = 1", "delete from statements"):
        with pytest.raises(Exception, match="append-only"):
            async with books.open() as session:
                await session.execute(text(statement))


@pytest.mark.skipif(not DATA.is_dir(), reason="shared camt data is not beside the repository")
async def test_every_file_of_the_collection_is_imported_or_refused_with_a_reason(books) -> None:
    imported = 0
    for path in sorted(DATA.glob("*.xml")):
        try:
            await load(books, path.read_bytes())
        except statements.StatementInvalid:
            continue
        imported += 1
    assert imported >= 15
