"""The whole way by keyboard: jump, search, move, open, go back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def test_the_palette_finds_pages_and_records(visit: Callable[..., Page]) -> None:
    page = visit("/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("textbox", name="Suchen")
    expect(field).to_be_focused()
    field.press_sequentially("Saldenl")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Saldenliste")).to_be_visible()

    page.keyboard.press("Control+k")
    field.press_sequentially("Bürobedarf")
    expect(page.get_by_role("button", name=re.compile("4930 · Bürobedarf"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()


def test_two_letters_jump_to_a_page_but_never_from_a_field(visit: Callable[..., Page]) -> None:
    page = visit("/")
    page.get_by_role("link", name="Konten").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Konten")).to_be_visible()
    page.get_by_role("searchbox").press_sequentially("gj")
    expect(page.get_by_role("searchbox")).to_have_value("gj")
    expect(page.get_by_role("heading", name="Konten")).to_be_visible()


def test_a_long_list_is_walked_by_keyboard_and_keeps_its_place(
    visit: Callable[..., Page],
) -> None:
    page = visit("/fibu/konten")
    grid = page.get_by_role("grid", name="Konten")
    grid.focus()
    for _ in range(3):
        page.keyboard.press("Control+End")
    assert page.get_by_role("row").count() < 80
    active = page.locator(f"[id='{grid.get_attribute('aria-activedescendant')}']")
    expect(active).to_be_visible()
    number = active.inner_text()

    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Journal")).to_be_visible()
    page.go_back()
    grid.wait_for()
    expect(grid).to_be_focused()
    restored = page.locator(f"[id='{grid.get_attribute('aria-activedescendant')}']")
    expect(restored).to_have_text(number)


def test_the_sheet_lists_what_works_here(visit: Callable[..., Page]) -> None:
    page = visit("/fibu/konten")
    page.get_by_role("grid").wait_for()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Tastenkürzel")
    expect(sheet).to_contain_text("Suchen und springen")
    expect(sheet).to_contain_text("Saldenliste")
