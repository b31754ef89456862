"""Dialogs, menus, empty and failed pages have no barriers either."""

from collections.abc import Callable

import pytest
from e2e.browser import violations
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
def test_what_opens_over_a_page_has_no_barriers(
    visit: Callable[..., Page], dark: bool, width: int
) -> None:
    page = visit("/fibu/konten", dark=dark, width=width)
    page.get_by_role("grid").wait_for()
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Tastenkürzel").wait_for()
    found = {"shortcuts": violations(page)}
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.get_by_role("dialog", name="Suchen").wait_for()
    found["palette"] = violations(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    if width < 700:
        page.get_by_role("button", name="Menü öffnen").click()
    page.get_by_role("button", name="Konto:").click()
    page.get_by_role("menuitemradio", name="Dunkel").wait_for()
    found["menu"] = violations(page)
    assert {part: problems for part, problems in found.items() if problems} == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_with_nothing_to_show_have_no_barriers(
    visit: Callable[..., Page], dark: bool
) -> None:
    page = visit("/fibu/belege?q=gibtesnicht", dark=dark)
    expect(page.get_by_text("Kein Beleg passt zu")).to_be_visible()
    found = {"no match": violations(page)}
    page.goto("/gibtesnicht")
    expect(page.get_by_role("heading", name="Diese Seite gibt es nicht")).to_be_visible()
    found["not found"] = violations(page)
    page.route("**/api/fibu/entries*", lambda route: route.fulfill(status=500))
    page.goto("/fibu/journal")
    expect(page.get_by_role("alert")).to_contain_text("Unerwarteter Fehler im Server")
    found["failed"] = violations(page)
    assert {part: problems for part, problems in found.items() if problems} == {}
