"""Every page: without barriers in both schemes, on a telephone, and alone when its module fails."""

import pytest
from e2e.browser import sign_in, violations
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]
PAGES = {
    "/": "Guten",
    "/fibu/belege": "Belegeingang",
    "/fibu/journal": "Journal",
    "/fibu/salden": "Saldenliste",
    "/fibu/konten": "Konten",
    "/observer": "Observer",
}


@pytest.fixture
def signed_in(stack, open_page):
    """`signed_in(dark=True)`: a page of the administrator."""

    def signed_in_(**look) -> Page:
        page = open_page(**look)
        sign_in(page, stack.email, stack.password)
        expect(page.get_by_role("link", name="Belegeingang").or_(menu(page)).first).to_be_visible()
        return page

    return signed_in_


def menu(page: Page):
    return page.get_by_role("button", name="Menü")


def test_a_stranger_sees_a_sign_in_form_without_barriers(open_page) -> None:
    for dark in (False, True):
        page = open_page(dark=dark)
        page.goto("/fibu/belege")
        expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
        assert violations(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_has_barriers(signed_in, dark: bool) -> None:
    page = signed_in(dark=dark)
    found = {}
    for address, heading in PAGES.items():
        page.goto(address)
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        page.wait_for_load_state("load")
        if wrong := violations(page):
            found[address] = wrong
    assert found == {}


def test_every_page_fits_a_telephone(signed_in) -> None:
    page = signed_in(width=360, height=760)
    too_wide = {}
    for address, heading in PAGES.items():
        page.goto(address)
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            too_wide[address] = width
    assert too_wide == {}


def test_a_module_that_cannot_be_loaded_leaves_the_rest_usable(signed_in) -> None:
    page = signed_in()
    page.route("**/ui/observer/assets/**", lambda route: route.abort())
    page.goto("/observer")
    expect(page.get_by_role("button", name="Erneut versuchen")).to_be_visible()
    page.get_by_role("link", name="Saldenliste").click()
    expect(page.get_by_role("heading", name="Saldenliste")).to_be_visible()
    page.get_by_role("link", name="Observer").click()
    expect(page.get_by_role("button", name="Erneut versuchen")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Erneut versuchen").click()
    expect(page.get_by_role("heading", name="Observer")).to_be_visible()


def test_a_killed_service_is_seen_and_comes_back(stack, signed_in) -> None:
    page = signed_in()
    page.goto("/observer")
    expect(page.get_by_text("Alles läuft.")).to_be_visible()
    assert stack.kill("fibu-1") > 0
    expect(page.get_by_text("fibu-1").first).to_be_visible()
    expect(page.get_by_text("Alles läuft.")).to_be_visible(timeout=60_000)
    assert stack.pid_of("fibu-1") != 0
