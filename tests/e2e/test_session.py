"""Sessions end, connections break, languages change: nobody loses what they were doing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]
UNREADABLE = {
    "name": "tankbeleg.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n%%EOF\n",
}


def test_an_expired_session_loses_no_draft(stack, visit: Callable[..., Page]) -> None:
    # She is writing an entry for a document that no machine can read.
    page = visit("/fibu/belege?state=unreadable")
    page.locator("input[type=file]").set_input_files(UNREADABLE)
    page.get_by_role("gridcell", name="tankbeleg.pdf").click()
    text = page.get_by_label("Buchungstext")
    account = page.get_by_role("textbox", name=re.compile("^Konto, Zeile 1"))
    text.fill("Noch nicht gebucht")

    # The session ends behind her back, and the next request meets a locked door.
    page.context.clear_cookies()
    account.fill("4930")
    again = page.get_by_role("dialog", name="Bitte erneut anmelden")
    expect(again).to_be_visible()

    # She signs in where she is; the draft is untouched and the request goes on.
    again.get_by_label("Kennwort", exact=True).fill(stack.password)
    again.get_by_role("button", name="Anmelden", exact=True).click()
    expect(again).to_be_hidden()
    expect(text).to_have_value("Noch nicht gebucht")
    expect(account).to_have_value(re.compile("4930 · "))


def test_a_lost_connection_is_said_and_healed(visit: Callable[..., Page]) -> None:
    page = visit("/fibu/konten")
    page.get_by_role("grid").wait_for()
    page.context.set_offline(True)
    page.get_by_role("searchbox").fill("nebenkasse")
    expect(page.get_by_text("Keine Verbindung zum Server.").first).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Wieder verbunden.")).to_be_visible()
    expect(page.get_by_role("gridcell", name=re.compile("Nebenkasse")).first).to_be_visible()


def test_the_language_changes_without_a_reload(visit: Callable[..., Page]) -> None:
    page = visit("/fibu/salden")
    page.evaluate("window.isStillTheSamePage = true")
    page.get_by_role("button", name="Konto:").click()
    page.get_by_role("menuitemradio", name="English").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Trial balance")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate("window.isStillTheSamePage")
    page.reload()
    expect(page.get_by_role("heading", name="Trial balance")).to_be_visible()


def test_signing_out_locks_every_tab(visit: Callable[..., Page]) -> None:
    page = visit("/fibu/konten")
    other = page.context.new_page()
    other.goto("/observer")
    other.get_by_role("heading", name="Observer", exact=True).wait_for()
    page.get_by_role("button", name="Konto:").click()
    page.get_by_role("menuitem", name="Abmelden").click()
    for tab in (page, other):
        expect(tab.get_by_role("heading", name="Anmelden")).to_be_visible()
