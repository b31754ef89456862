"""Open items: they arise with the entry, are settled in every way, and agree with the ledger."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valero.fibu import invariants, journal, open_items, settlements, statements
from valero.fibu.open_items import Filter
from valero.fibu.settlements import Share
from valero.kit.paging import PageQuery

LATER = date(2030, 1, 1)


async def items(books, as_of=LATER, **fields):
    async with books.open() as session:
        return await open_items.find_all(session, Filter(as_of, **fields))


async def bank(books, data: bytes):
    """The lines of a statement, imported, smallest amount first."""
    async with books.open() as session:
        await statements.load(session, statements.read(data, name="x"))
        rows = (await settlements.find_lines(session, PageQuery(), booked=False)).items
    return sorted(rows, key=lambda line: line.amount)


async def settle(books, line, *shares: Share):
    async with books.open() as session:
        return await settlements.settle(session, line.id, shares, by=books.keeper)


async def agree(books) -> bool:
    async with books.open() as session:
        return (await invariants.open_items_agree.check(session)).ok


async def test_an_invoice_opens_an_item_that_is_due_at_once_unless_it_says_otherwise(
    books, draft
) -> None:
    await books.post(draft(due_on=date(2026, 3, 31)))
    await books.post(draft(document_number="RE-2"))
    assert [(item.document_number, item.due_on, item.open) for item in await items(books)] == [
        ("RE-2", date(2026, 3, 1), 119),
        ("RE-1", date(2026, 3, 31), 119),
    ]


async def test_a_reversed_entry_has_no_open_item_from_that_day_on(books, draft) -> None:
    entry = await books.post(draft())
    async with books.open() as session:
        await journal.reverse(session, entry.id, by=books.keeper, posted_on=date(2026, 4, 2))
    assert await items(books) == []
    assert len(await items(books, as_of=date(2026, 4, 1))) == 1
    assert await agree(books)


async def test_a_partial_payment_leaves_the_rest_open(books, draft, camt053, movement) -> None:
    await books.post(draft())
    (line,) = await bank(books, camt053(movement("-100.00")))
    (item,) = await items(books)
    await settle(books, line, Share(item.id, Decimal("100.00")))
    assert [one.open for one in await items(books)] == [19]
    assert [one.open for one in await items(books, as_of=date(2026, 3, 30))] == [119]
    assert await agree(books)


async def test_one_payment_settles_several_invoices(books, draft, camt053, movement) -> None:
    await books.post(draft())
    await books.post(draft(document_number="RE-2"))
    (line,) = await bank(books, camt053(movement("-238.00")))
    await settle(books, line, *(Share(item.id, item.open) for item in await items(books)))
    assert await items(books) == []
    assert await agree(books)


async def test_a_debtor_pays_what_he_owes(books, draft, camt053, movement) -> None:
    await books.post(draft(("1400", "119.00"), ("8400", "-100.00"), ("1776", "-19.00")))
    (line,) = await bank(books, camt053(movement("119.00")))
    (item,) = await items(books)
    assert (item.side, item.open) == ("debtor", 119)
    await settle(books, line, Share(item.id, item.open))
    assert await items(books) == []
    assert await agree(books)


async def test_a_payment_that_comes_back_opens_the_item_again(
    books, draft, camt053, movement
) -> None:
    await books.post(draft(document_number="RE-4711"))
    back = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    data = camt053(movement("-119.00"), movement("119.00", "RE-4711", returned=back))
    out, returned = await bank(books, data)
    (item,) = await items(books)
    await settle(books, out, Share(item.id, item.open))
    async with books.open() as session:
        (match,) = await settlements.match(session, returned.id)
    assert match.claims == (item.id,)
    assert match.reasons[0].startswith("Rückgabe")
    await settle(books, returned, Share(item.id, Decimal("-119.00")))
    assert [one.open for one in await items(books)] == [119]
    assert await agree(books)


async def test_reversing_the_payment_opens_item_and_bank_line_again(
    books, draft, camt053, movement
) -> None:
    await books.post(draft())
    (line,) = await bank(books, camt053(movement("-119.00")))
    (item,) = await items(books)
    entry = await settle(books, line, Share(item.id, item.open))
    with pytest.raises(settlements.SettlementExceedsItem):
        await settle(books, line, Share(item.id, item.open))
    async with books.open() as session:
        await journal.reverse(session, entry.id, by=books.keeper)
    assert [one.open for one in await items(books)] == [119]
    await settle(books, line, Share(item.id, item.open))
    assert await agree(books)


async def test_a_bank_line_is_booked_once_even_in_a_race(books, draft, camt053, movement) -> None:
    for number in range(5):
        await books.post(draft(document_number=f"RE-{number}"))
    (line,) = await bank(books, camt053(movement("-119.00")))
    shares = [Share(item.id, item.open) for item in await items(books)]
    results = await asyncio.gather(
        *(settle(books, line, share) for share in shares), return_exceptions=True
    )
    assert sum(isinstance(one, journal.DuplicatePosting) for one in results) == 4
    assert len(await items(books)) == 4
    assert await agree(books)


async def test_an_item_is_settled_once_even_in_a_race(books, draft, camt053, movement) -> None:
    await books.post(draft())
    lines = await bank(books, camt053(*(movement("-119.00") for _ in range(4))))
    (item,) = await items(books)
    results = await asyncio.gather(
        *(settle(books, line, Share(item.id, item.open)) for line in lines), return_exceptions=True
    )
    assert sum(isinstance(one, settlements.SettlementExceedsItem) for one in results) == 3
    assert await agree(books)


async def test_ageing_counts_days_overdue_on_any_day(books, draft) -> None:
    await books.post(draft(due_on=date(2026, 3, 31)))
    for day, column in (
        (date(2026, 3, 31), 0),
        (date(2026, 4, 1), 1),
        (date(2026, 4, 30), 1),
        (date(2026, 5, 1), 2),
        (date(2026, 6, 29), 3),
        (date(2026, 6, 30), 4),
    ):
        (age,) = open_items.age(await items(books, as_of=day), as_of=day)
        assert [index for index, amount in enumerate(age.columns) if amount] == [column], day
        assert age.total == 119


async def test_items_come_in_pages_by_due_date(books, draft) -> None:
    for day in (3, 1, 2):
        await books.post(draft(due_on=date(2026, 3, day)))
    seen, after = [], None
    async with books.open() as session:
        while True:
            page = PageQuery(limit=2, after=after)
            found, after = await open_items.find(session, page, Filter(LATER))
            seen += [item.due_on.day for item in found]
            if after is None:
                break
    assert seen == [1, 2, 3]


AMOUNTS = st.lists(st.decimals("-500.00", "500.00", places=2), min_size=1, max_size=4)


@settings(max_examples=8, deadline=None)
@given(amounts=AMOUNTS, reversed_=st.sets(st.integers(0, 3)))
async def test_whatever_is_posted_the_open_items_agree(
    new_books, draft, amounts, reversed_
) -> None:
    books = new_books()
    for index, amount in enumerate(amounts):
        one = draft(("4930", f"{amount}"), ("1600", f"{-amount}"))
        entry = await books.post(replace(one, document_number=f"RE-{index}"))
        if index in reversed_:
            async with books.open() as session:
                await journal.reverse(session, entry.id, by=books.keeper)
    assert await agree(books)
