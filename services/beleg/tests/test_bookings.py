"""Bookings: the state of a document follows from what fibu reports, in any order."""

import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from valero.beleg.consumers import consumers
from valero.beleg.sample import Sample
from valero.contracts.envelope import Event
from valero.contracts.fibu import EntryPosted, EntryReversed
from valero.kit import clock, events
from valero.kit.testing.tokens import OTHER_TENANT, TENANT

SAMPLE = Sample(number="RE-1")
DAY = date(2026, 11, 20)


def posted(document_id: Any, *, source: str = "beleg", entry_id: UUID | None = None) -> EntryPosted:
    return EntryPosted(
        entry_id=entry_id or clock.new_id(),
        posted_on=DAY,
        document_number="RE-1",
        source=source,
        source_id=None if document_id is None else str(document_id),
        total=Decimal("119.00"),
        currency="EUR",
    )


def reversed_(entry: EntryPosted, *, by: UUID | None = None) -> EntryReversed:
    return EntryReversed(entry_id=by or clock.new_id(), original_id=entry.entry_id, posted_on=DAY)


async def deliver(beleg: Any, *facts: Event, tenant: UUID = TENANT, times: int = 2) -> None:
    """Each fact `times` times, as a broker may."""
    for fact in facts:
        envelope = events.wrap(fact, tenant=tenant)
        for _ in range(times):
            await consumers.deliver(beleg.app.state.database, envelope)


async def state(beleg: Any, document: dict[str, Any]) -> tuple[str, str | None]:
    detail = await beleg.get(document["id"])
    return detail["state"], detail["entry_id"]


async def actions(beleg: Any, document: dict[str, Any]) -> list[str]:
    return [step["action"] for step in (await beleg.get(document["id"]))["history"]]


async def test_a_posted_entry_books_its_document_once(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    entry = posted(document["id"])
    await deliver(beleg, entry)
    assert await state(beleg, document) == ("booked", str(entry.entry_id))
    assert await actions(beleg, document) == ["received", "booked"]


async def test_a_reversal_opens_the_document_again_with_a_note(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    entry = posted(document["id"])
    await deliver(beleg, entry, reversed_(entry))
    assert await state(beleg, document) == ("received", None)
    assert await actions(beleg, document) == ["received", "booked", "reversed"]
    note = (await beleg.get(document["id"]))["history"][-1]["note"]
    assert str(entry.entry_id) in note
    assert "storniert" in note


async def test_a_document_can_be_booked_again_after_a_reversal(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    first, second = posted(document["id"]), posted(document["id"])
    await deliver(beleg, first, reversed_(first), second)
    assert await state(beleg, document) == ("booked", str(second.entry_id))


async def test_a_scan_booked_by_hand_is_unreadable_again_after_a_reversal(beleg: Any) -> None:
    document = await beleg.receive(b"%PDF-1.7")
    entry = posted(document["id"])
    await deliver(beleg, entry)
    assert (await state(beleg, document))[0] == "booked"
    await deliver(beleg, reversed_(entry))
    assert await state(beleg, document) == ("unreadable", None)


async def test_news_in_any_order_ends_in_the_same_state(beleg: Any) -> None:
    """Every order of: first posting, its reversal, the reversal's own posting, a new posting."""
    for number, order in enumerate(itertools.permutations(range(4))):
        document = await beleg.receive(replace(SAMPLE, number=f"RE-{number}"))
        first, storno = posted(document["id"]), posted(document["id"])
        second = posted(document["id"])
        news = [first, reversed_(first, by=storno.entry_id), storno, second]
        await deliver(beleg, *(news[index] for index in order))
        assert await state(beleg, document) == ("booked", str(second.entry_id)), order


async def test_the_posting_of_a_reversal_books_nothing(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    first, storno = posted(document["id"]), posted(document["id"])
    await deliver(beleg, first, storno, reversed_(first, by=storno.entry_id))
    assert await state(beleg, document) == ("received", None)


async def test_while_one_of_two_entries_stands_the_document_is_booked(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    first, second = posted(document["id"]), posted(document["id"])
    await deliver(beleg, first, second, reversed_(first))
    assert await state(beleg, document) == ("booked", str(second.entry_id))


async def test_entries_of_other_sources_do_not_concern_documents(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    manual = posted(document["id"], source="manual")
    await deliver(beleg, manual, posted(None), posted("keine-uuid"), reversed_(manual))
    assert await actions(beleg, document) == ["received"]


async def test_an_entry_of_another_tenant_cannot_book_a_document(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    await deliver(beleg, posted(document["id"]), tenant=OTHER_TENANT)
    assert await state(beleg, document) == ("received", None)


async def test_a_booked_document_is_found_by_its_state(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    await deliver(beleg, posted(document["id"]))
    answer = await beleg.user.get("/api/beleg/documents", params={"state": "booked"})
    assert [item["id"] for item in answer.json()["items"]] == [document["id"]]
