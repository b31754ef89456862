"""Posting by keyboard, and taking an entry back."""

from collections.abc import Callable
from contextlib import closing

import pytest
from e2e.browser import drop
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def test_a_posted_entry_is_taken_back_by_a_reversal(
    stack, visit: Callable[..., Page], invoices
) -> None:
    # One document is open, with its proposal.
    page = visit("/fibu/belege")
    drop(page, [invoices[0].path])
    expect(page.get_by_role("region", name="Hochladen")).to_contain_text("1 Datei verarbeitet")
    page.goto(f"/fibu/belege/{open_document(stack)}?state=all")
    expect(page.get_by_role("button", name="Buchen")).to_be_visible()

    # It is posted by keyboard.
    page.keyboard.press("Control+Enter")
    booked = page.get_by_role("status").filter(has_text="Gebucht am")
    expect(booked).to_be_visible()

    # In the journal it is reversed, which opens the document again.
    page.get_by_role("link", name="Buchung ansehen").click()
    entry = page.get_by_role("complementary", name="Buchung")
    entry.get_by_role("button", name="Stornieren").click()
    dialog = page.get_by_role("dialog", name="Buchung stornieren")
    dialog.get_by_label("Grund").fill("doppelt erfasst")
    dialog.get_by_role("button", name="Stornieren").click()
    expect(entry.get_by_text("Storniert", exact=True)).to_be_visible()
    entry.get_by_role("link", name="Beleg ansehen").click()

    # And it can be posted once more.
    page.get_by_role("button", name="Buchen").click()
    expect(booked).to_be_visible()


def test_an_entry_that_does_not_balance_is_not_sent(
    stack, visit: Callable[..., Page], invoices
) -> None:
    page = visit("/fibu/belege")
    drop(page, [invoices[0].path])
    expect(page.get_by_role("region", name="Hochladen")).to_contain_text("1 Datei verarbeitet")
    page.goto(f"/fibu/belege/{open_document(stack)}?state=all")
    page.get_by_role("textbox", name="Soll, Zeile 1").fill("0,01")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Soll und Haben müssen gleich sein.")
    assert not [address for address in sent if address.endswith("/posting")]

    # Leaving asks first; the proposal can be had back.
    page.get_by_role("link", name="Journal").click()
    page.get_by_role("dialog", name="Änderungen verwerfen?").get_by_role(
        "button", name="Weiter bearbeiten"
    ).click()
    page.get_by_role("button", name="Vorschlag wiederherstellen").click()
    expect(page.get_by_text("Ausgeglichen")).to_be_visible()
    page.get_by_role("button", name="Buchen").click()
    expect(page.get_by_role("status").filter(has_text="Gebucht am")).to_be_visible()


def open_document(stack) -> str:
    """The newest invoice; if it is booked, its entry is reversed."""
    with closing(stack.sign_in()) as client:
        documents = client.get("/api/beleg/documents", params={"limit": 500}).json()["items"]
        document = next(item for item in documents if item["invoice"])
        if document["entry_id"]:
            key = {"Idempotency-Key": document["entry_id"]}
            address = f"/api/fibu/entries/{document['entry_id']}/reversal"
            assert client.post(address, headers=key, json={}).status_code == 201
    return str(document["id"])
