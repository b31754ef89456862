"""The journal on a real PostgreSQL: what it accepts, what it refuses, and that nothing changes."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from valero.fibu import account_sheet, accounts, journal, periods, trial_balance
from valero.fibu.drafts import Source, imbalances
from valero.kit import clock
from valero.kit.paging import PageQuery

DOCUMENT = Source("beleg", "doc-1", "0" * 64)
ACCOUNTS = st.sampled_from(["1200", "1600", "4930", "1576", "8400"])
AMOUNTS = st.decimals("-9999999.99", "9999999.99", places=2)
MOVEMENTS = st.lists(st.tuples(ACCOUNTS, AMOUNTS), min_size=1, max_size=8)


async def balances(session, as_of=date(2030, 1, 1)) -> dict[str, Decimal]:
    sheets = await trial_balance.read(session, as_of=as_of)
    return {row.account: row.balance for sheet in sheets for row in sheet.rows}


async def outbox(books) -> list[str]:
    async with books.open() as session:
        rows = await session.execute(
            text("select type from outbox where tenant_id = :tenant order by id"),
            {"tenant": books.tenant},
        )
        return [row.type for row in rows]


async def test_an_entry_is_posted_and_reported(books, draft) -> None:
    entry = await books.post(draft())
    async with books.open() as session:
        found = await journal.get(session, entry.id)
        assert [(line.account, line.amount) for line in found.lines] == [
            ("4930", Decimal("100.00")),
            ("1576", Decimal("19.00")),
            ("1600", Decimal("-119.00")),
        ]
        assert found.posted_at == entry.posted_at
        assert found.posted_by_name == "Erika Mustermann"
        assert journal.total(found) == Decimal("119.00")
    assert await outbox(books) == ["fibu.entry_posted.v1"]


async def test_nothing_is_reported_of_what_is_undone(books, draft) -> None:
    async def post_and_fail() -> None:
        async with books.open() as session:
            await journal.post(session, draft(), by=books.keeper)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await post_and_fail()
    assert await outbox(books) == []


async def test_first_use_opens_the_books_once_even_in_a_race(books, draft) -> None:
    await asyncio.gather(*(books.post(draft(document_number=f"RE-{n}")) for n in range(5)))
    async with books.open() as session:
        assert await session.scalar(text("select count(*) from ledgers")) == 1
        assert await session.scalar(text("select count(*) from accounts")) > 900
        assert await session.scalar(text("select count(*) from periods")) == 12
        assert (await balances(session))["1600"] == Decimal("-595.00")


@settings(max_examples=30, deadline=None)
@given(movements=MOVEMENTS)
async def test_whatever_is_balanced_is_accepted(new_books, draft, movements) -> None:
    books = new_books()
    rest = -sum((amount for _, amount in movements), Decimal("0.00"))
    balanced = draft(
        *((account, str(amount)) for account, amount in movements), ("1000", str(rest))
    )
    entry = await books.post(balanced)
    async with books.open() as session:
        found = await journal.get(session, entry.id)
        assert [line.amount for line in found.lines] == [line.amount for line in balanced.lines]
        (sheet,) = await trial_balance.read(session, as_of=date(2030, 1, 1))
        assert sheet.is_balanced
        assert sum(row.balance for row in sheet.rows) == 0


@settings(max_examples=30, deadline=None)
@given(movements=MOVEMENTS)
async def test_whatever_is_unbalanced_is_refused_by_us_and_by_the_database(
    new_books, draft, movements
) -> None:
    lines = [(account, str(amount)) for account, amount in movements]
    unbalanced = draft(*lines, ("1000", "0.01"), ("1000", "0.00"))
    assume(imbalances(unbalanced.lines))
    books = new_books()
    with pytest.raises(journal.EntryUnbalanced):
        await books.post(unbalanced)
    await refused_at_commit(books, unbalanced, "does not sum to zero")


async def refused_at_commit(books, bad, words) -> None:
    """Write past Python's checks and see the transaction fail at its end."""
    async with books.open() as session:
        await accounts.open_ledger(session)
        await periods.open_years(session, [bad.posted_on])
    with pytest.raises(Exception, match=words) as caught:
        async with books.open() as session:
            await journal._write(session, [journal._Posting(clock.new_id(), bad)], books.keeper)
    assert caught.value.orig.sqlstate == "23514"
    async with books.open() as session:
        assert await session.scalar(text("select count(*) from entries")) == 0


async def test_an_amount_is_balanced_in_its_own_currency_only(books, draft) -> None:
    euro, dollar = draft(("4930", "10.00"), ("1600", "-10.00")).lines
    mixed = replace(draft(), lines=(euro, replace(dollar, currency="USD")))
    with pytest.raises(journal.EntryUnbalanced):
        await books.post(mixed)
    await refused_at_commit(books, mixed, "does not sum to zero")


async def test_an_entry_needs_two_lines(books, draft) -> None:
    with pytest.raises(journal.EntryTooShort):
        await books.post(draft(("1000", "0.00")))


async def test_unknown_accounts_are_named_with_their_lines(books, draft) -> None:
    with pytest.raises(accounts.AccountUnknown) as caught:
        await books.post(draft(("4930", "1.00"), ("9999", "-1.00")))
    assert "9999" in caught.value.detail_de
    assert [error.pointer for error in caught.value.errors] == ["/lines/1/account"]


async def test_an_account_accepts_postings_only_while_it_is_valid(books, draft) -> None:
    lines = (("8195", "-1.00"), ("1000", "1.00"))
    await books.post(draft(*lines, posted_on=date(2024, 12, 31)))
    late = draft(*lines, posted_on=date(2025, 1, 1))
    with pytest.raises(accounts.AccountClosed):
        await books.post(late)


async def test_an_unknown_tax_code_is_refused(books, draft) -> None:
    first, *others = draft().lines
    wrong = replace(draft(), lines=(replace(first, tax_code="V20"), *others))
    with pytest.raises(journal.TaxCodeUnknown):
        await books.post(wrong)


@pytest.mark.parametrize("day", [date(1999, 1, 1), date(2206, 3, 1), date.max])
async def test_a_slip_of_the_pen_opens_no_year(books, draft, day) -> None:
    with pytest.raises(periods.PeriodUnknown):
        await books.post(draft(posted_on=day))


async def test_a_closed_month_accepts_nothing_until_it_is_reopened(books, draft) -> None:
    await books.post(draft())
    async with books.open() as session:
        await periods.close(session, date(2026, 3, 1))
    with pytest.raises(periods.PeriodClosed):
        await books.post(draft())
    await books.post(draft(posted_on=date(2026, 4, 1)))
    async with books.open() as session:
        await periods.reopen(session, date(2026, 3, 1))
    await books.post(draft())
    async with books.open() as session:
        actions = await session.scalars(text("select action from audit_log order by id"))
        assert list(actions) == ["period_closed", "period_open"]


async def test_closing_waits_for_postings_under_way(books, draft) -> None:
    await books.post(draft())
    async with books.open() as session:
        await journal.post(session, draft(), by=books.keeper)

        async def close() -> None:
            async with books.open() as other:
                await periods.close(other, date(2026, 3, 1))

        closing = asyncio.create_task(close())
        await until_waiting(books)
        assert not closing.done()
    await closing
    with pytest.raises(periods.PeriodClosed):
        await books.post(draft())


async def until_waiting(books) -> None:
    """Until some session of the database waits for an advisory lock."""
    waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
    async with asyncio.timeout(10):
        while True:
            async with books.open() as session:
                if await session.scalar(waiting):
                    return


async def test_a_document_is_booked_once_until_reversed(books, draft) -> None:
    first = await books.post(draft(source=DOCUMENT))
    with pytest.raises(journal.DuplicatePosting):
        await books.post(draft(source=DOCUMENT))
    async with books.open() as session:
        await journal.reverse(session, first.id, by=books.keeper)
    second = await books.post(draft(source=DOCUMENT))
    async with books.open() as session:
        assert (await balances(session))["1600"] == Decimal("-119.00")
        with pytest.raises(journal.DuplicatePosting):
            await journal.post(session, draft(source=DOCUMENT), by=books.keeper)
    assert second.id != first.id


async def test_of_ten_who_book_one_document_at_once_one_succeeds(books, draft) -> None:
    await books.post(draft())
    results = await asyncio.gather(
        *(books.post(draft(source=DOCUMENT)) for _ in range(10)), return_exceptions=True
    )
    refused = [result for result in results if isinstance(result, journal.DuplicatePosting)]
    assert len(refused) == 9


async def test_a_document_twice_in_one_batch_is_refused(books, draft) -> None:
    twice = [draft(source=DOCUMENT), draft(source=DOCUMENT)]
    with pytest.raises(journal.DuplicatePosting):
        async with books.open() as session:
            await journal.post_many(session, twice, by=books.keeper)


async def test_twenty_postings_side_by_side_all_stand_in_the_journal(books, draft) -> None:
    entries = await asyncio.gather(*(books.post(draft()) for _ in range(20)))
    assert len({entry.id for entry in entries}) == 20
    async with books.open() as session:
        rows = await journal.find(session, PageQuery(limit=500, total=True))
        assert rows.total == 20
        assert (await balances(session))["1576"] == Decimal("380.00")


async def test_many_entries_are_posted_together_or_not_at_all(books, draft) -> None:
    batch = [draft(document_number=f"RE-{n}") for n in range(200)]
    async with books.open() as session:
        assert len(await journal.post_many(session, batch, by=books.keeper)) == 200
    wrong = [*batch, draft(("9999", "1.00"), ("1000", "-1.00"))]
    with pytest.raises(accounts.AccountUnknown):
        async with books.open() as session:
            await journal.post_many(session, wrong, by=books.keeper)
    async with books.open() as session:
        assert (await balances(session))["1600"] == Decimal("-23800.00")


async def test_a_reversal_takes_back_both_sides_and_names_its_original(books, draft) -> None:
    original = await books.post(draft())
    async with books.open() as session:
        reversal = await journal.reverse(session, original.id, by=books.keeper)
        assert reversal.reverses_id == original.id
        assert reversal.posted_on == max(clock.today(), original.posted_on)
        assert journal.total(reversal) == Decimal("-119.00")
        assert await journal.find_reversals(session, [original.id]) == {original.id: reversal.id}
    async with books.open() as session:
        (sheet,) = await trial_balance.read(session, as_of=date(2099, 1, 1))
        assert [(row.debit, row.credit) for row in sheet.rows] == [(0, 0)] * 3
    assert await outbox(books) == ["fibu.entry_posted.v1", "fibu.entry_reversed.v1"]


async def test_a_second_reversal_conflicts(books, draft) -> None:
    original = await books.post(draft())

    async def reverse():
        async with books.open() as session:
            return await journal.reverse(session, original.id, by=books.keeper)

    results = await asyncio.gather(*(reverse() for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, journal.AlreadyReversed) for result in results) == 4
    with pytest.raises(journal.AlreadyReversed):
        await reverse()


async def test_a_reversal_of_a_reversal_conflicts(books, draft) -> None:
    original = await books.post(draft())
    async with books.open() as session:
        reversal = await journal.reverse(session, original.id, by=books.keeper)
    with pytest.raises(journal.ReversalFinal):
        async with books.open() as session:
            await journal.reverse(session, reversal.id, by=books.keeper)


async def test_a_reversal_before_its_original_is_refused(books, draft) -> None:
    original = await books.post(draft())
    day = original.posted_on - timedelta(days=1)
    with pytest.raises(journal.ReversalTooEarly):
        async with books.open() as session:
            await journal.reverse(session, original.id, by=books.keeper, posted_on=day)


async def test_an_entry_on_an_account_closed_since_can_be_reversed(books, draft) -> None:
    lines = (("8195", "-1.00"), ("1000", "1.00"))
    original = await books.post(draft(*lines, posted_on=date(2024, 12, 31)))
    async with books.open() as session:
        await journal.reverse(session, original.id, by=books.keeper)


async def test_an_unknown_entry_is_not_found(books) -> None:
    async with books.open() as session:
        with pytest.raises(journal.EntryNotFound):
            await journal.get(session, uuid4())


async def test_the_journal_is_listed_by_account_day_and_words(books, draft) -> None:
    for month in range(1, 5):
        day = date(2026, month, 15)
        await books.post(draft(posted_on=day, document_number=f"RE-{month}", text="100 % da"))
    await books.post(draft(("1000", "1.00"), ("1200", "-1.00"), text="Abhebung"))
    async with books.open() as session:

        async def numbers(**wanted) -> list[str]:
            rows = await journal.find(session, PageQuery(), journal.Filter(**wanted))
            return [entry.document_number for entry in rows.items]

        assert await numbers(account="4930") == ["RE-4", "RE-3", "RE-2", "RE-1"]
        assert await numbers(from_=date(2026, 3, 15)) == ["RE-4", "RE-3"]
        assert await numbers(to=date(2026, 1, 31)) == ["RE-1"]
        assert await numbers(q="re-2") == ["RE-2"]
        assert await numbers(q="100 %") == ["RE-4", "RE-3", "RE-2", "RE-1"]
        assert await numbers(q="1%a") == []
        assert await numbers(q="Abhebung") == ["RE-1"]


async def test_pages_of_the_journal_join_without_gap_or_overlap(books, draft) -> None:
    async with books.open() as session:
        await journal.post_many(session, [draft() for _ in range(7)], by=books.keeper)
    seen: list[object] = []
    async with books.open() as session:
        page = PageQuery(limit=3)
        while True:
            rows = await journal.find(session, page)
            seen += [entry.id for entry in rows.items]
            if rows.next is None:
                break
            page = PageQuery(limit=3, after=rows.next)
    assert len(seen) == len(set(seen)) == 7


async def test_the_trial_balance_ends_with_its_day(books, draft) -> None:
    await books.post(draft(posted_on=date(2026, 1, 31)))
    await books.post(draft(posted_on=date(2026, 2, 1)))
    async with books.open() as session:
        assert (await balances(session, date(2026, 1, 31)))["4930"] == Decimal("100.00")
        assert (await balances(session, date(2026, 2, 1)))["4930"] == Decimal("200.00")


async def test_currencies_have_sheets_of_their_own(books, draft) -> None:
    await books.post(draft())
    await books.post(draft(("4930", "7.00"), ("1600", "-7.00"), currency="USD"))
    async with books.open() as session:
        sheets = await trial_balance.read(session, as_of=date(2030, 1, 1))
    assert [(sheet.currency, sheet.total_debit) for sheet in sheets] == [
        ("EUR", Decimal("119.00")),
        ("USD", Decimal("7.00")),
    ]


async def test_the_account_sheet_runs_its_balance_over_pages(books, draft) -> None:
    for amount in ("1.00", "2.00", "3.00"):
        await books.post(draft(("1000", amount), ("1200", f"-{amount}")))
    async with books.open() as session:
        span = account_sheet.Span()
        first, after = await account_sheet.read(session, "1000", span, PageQuery(limit=2))
        second, end = await account_sheet.read(
            session, "1000", span, PageQuery(limit=2, after=after)
        )
    assert [posting.balance for posting in (*first, *second)] == [1, 3, 6]
    assert end is None


async def test_the_account_sheet_of_a_span_keeps_the_balance_from_before(books, draft) -> None:
    for month in range(1, 5):
        day = date(2026, month, 15)
        await books.post(draft(("1000", "1.00"), ("1200", "-1.00"), posted_on=day))
    span = account_sheet.Span(from_=date(2026, 2, 15), to=date(2026, 3, 15))
    async with books.open() as session:
        found, _ = await account_sheet.read(session, "1000", span, PageQuery())
        abroad = account_sheet.Span(currency="USD")
        assert (await account_sheet.read(session, "1000", abroad, PageQuery()))[0] == []
    assert [(posting.posted_on.month, posting.balance) for posting in found] == [(2, 2), (3, 3)]
