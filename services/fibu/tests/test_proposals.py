"""From the event of an incoming invoice to the booked document."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from valero.contracts.beleg import InvoiceReceived
from valero.fibu import journal, periods, proposals, trial_balance
from valero.fibu.consumers import consumers
from valero.kit import clock, events
from valero.kit.paging import PageQuery


async def deliver(books, invoice: InvoiceReceived, *, times: int = 1) -> None:
    envelope = events.wrap(invoice, tenant=books.tenant)
    for _ in range(times):
        await consumers.deliver(books.database, envelope)


async def find(books, **wanted) -> list[proposals.Suggestion]:
    async with books.open() as session:
        return list((await proposals.find(session, PageQuery(), **wanted)).items)


async def book(books, document_id, **fields):
    async with books.open() as session:
        return await proposals.post(session, document_id, by=books.keeper, **fields)


async def test_an_invoice_received_becomes_an_open_proposal(books, invoice) -> None:
    received = invoice()
    await deliver(books, received)
    (found,) = await find(books)
    assert found.state == "open"
    assert found.invoice == received
    assert found.entry.source.id == str(received.document_id)
    assert found.entry.source.sha256 == received.sha256


async def test_proposals_are_found_by_their_documents(books, invoice) -> None:
    first, second = invoice(), invoice()
    await deliver(books, first)
    await deliver(books, second)
    (found,) = await find(books, documents=[second.document_id])
    assert found.invoice.document_id == second.document_id


async def test_an_event_delivered_twice_changes_nothing(books, invoice) -> None:
    await deliver(books, invoice(), times=2)
    assert len(await find(books)) == 1


async def test_the_same_fact_in_two_events_is_one_proposal(books, invoice) -> None:
    received = invoice()
    await deliver(books, received)
    await deliver(books, received.model_copy(update={"number": "other"}))
    (found,) = await find(books)
    assert found.invoice.number == received.number


async def test_a_late_event_does_not_open_what_is_booked(books, invoice) -> None:
    received = invoice()
    await deliver(books, received)
    await book(books, received.document_id)
    await deliver(books, received)
    (found,) = await find(books)
    assert found.state == "booked"


async def test_an_event_of_a_document_booked_by_hand_is_not_open(books, invoice, draft) -> None:
    received = invoice()
    source = journal.Source("beleg", str(received.document_id))
    await books.post(draft(source=source))
    await deliver(books, received)
    (found,) = await find(books)
    assert found.state == "booked"


async def test_booking_posts_the_proposal_and_names_the_document(books, invoice) -> None:
    received = invoice()
    await deliver(books, received)
    entry = await book(books, received.document_id)
    assert (entry.source, entry.source_id) == ("beleg", str(received.document_id))
    assert entry.source_sha256 == received.sha256
    assert journal.total(entry) == Decimal("119.00")
    (found,) = await find(books, state=proposals.State.BOOKED)
    assert found.entry_id == entry.id
    assert await find(books, state=proposals.State.OPEN) == []
    with pytest.raises(journal.DuplicatePosting):
        await book(books, received.document_id)


async def test_the_fact_of_the_booking_names_the_document(books, invoice) -> None:
    received = invoice()
    await deliver(books, received)
    await book(books, received.document_id)
    async with books.open() as session:
        data = await session.scalar(
            text("select envelope -> 'data' from outbox where tenant_id = :tenant"),
            {"tenant": books.tenant},
        )
    assert data["source"] == "beleg"
    assert data["source_id"] == str(received.document_id)
    assert data["source_sha256"] == received.sha256
    assert data["total"] == "119.00"
    assert data.get("number") is None


async def test_a_reversal_opens_the_proposal_again(books, invoice) -> None:
    received = invoice()
    await deliver(books, received)
    entry = await book(books, received.document_id)
    async with books.open() as session:
        await journal.reverse(session, entry.id, by=books.keeper)
    (found,) = await find(books, state=proposals.State.OPEN)
    assert found.entry_id is None
    await book(books, received.document_id)


async def test_an_edited_entry_is_booked_for_the_document_whatever_it_says(
    books, invoice, draft
) -> None:
    received = invoice()
    await deliver(books, received)
    edited = draft(source=journal.Source("manual", "something else"))
    entry = await book(books, received.document_id, entry=edited)
    assert (entry.source, entry.source_id) == ("beleg", str(received.document_id))


async def test_a_document_of_a_closed_period_is_posted_today(books, invoice, draft) -> None:
    received = invoice(issued_on=date(2026, 3, 1))
    await books.post(draft())
    async with books.open() as session:
        await periods.close(session, date(2026, 3, 1))
    await deliver(books, received)
    (found,) = await find(books)
    assert found.entry.posted_on == clock.today()
    assert found.entry.document_on == date(2026, 3, 1)
    assert any("geschlossen" in reason for reason in found.reasons)


async def test_an_unknown_document_has_no_proposal(books, invoice) -> None:
    async with books.open() as session:
        with pytest.raises(proposals.ProposalNotFound):
            await proposals.get(session, invoice().document_id)


async def test_another_tenant_does_not_see_the_proposal(books, new_books, invoice) -> None:
    await deliver(books, invoice())
    assert await find(new_books()) == []


async def test_every_official_invoice_can_be_booked_and_the_books_add_up(
    books, official_invoices
) -> None:
    assert len(official_invoices) == 66
    owed: dict[str, Decimal] = {}
    for received in official_invoices:
        await deliver(books, received)
        await book(books, received.document_id)
        sign = -1 if received.type_code == "381" else 1
        sum_ = owed.get(received.currency, Decimal("0.00"))
        owed[received.currency] = sum_ + sign * received.payable
    async with books.open() as session:
        sheets = await trial_balance.read(session, as_of=date(2030, 1, 1))
    assert {sheet.currency for sheet in sheets} == set(owed)
    for sheet in sheets:
        assert sheet.is_balanced
        assert sum(row.balance for row in sheet.rows) == 0
        (creditors,) = (row for row in sheet.rows if row.account == "1600")
        assert creditors.balance == -owed[sheet.currency]
        assert "1792" not in {row.account for row in sheet.rows}
