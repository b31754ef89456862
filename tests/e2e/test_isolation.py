"""Whatever happens to one module or service, the rest of the product goes on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]
SCRIPTS = "**/ui/observer/assets/*.js*"


def missing(route: Route) -> None:
    route.fulfill(status=404)


def throwing(route: Route) -> None:
    route.fulfill(content_type="text/javascript", body="throw new Error('kaputt')")


def broken(route: Route) -> None:
    route.fulfill(content_type="text/javascript", body="export default {")


def crashing(route: Route) -> None:
    route.fulfill(
        content_type="text/javascript",
        body="""export default { contract: 1, id: 'observer',
            App: async () => ({ default: () => { throw new Error('kaputt') } }) }""",
    )


def foreign(route: Route) -> None:
    route.fulfill(
        content_type="text/javascript",
        body="export default { contract: 99, id: 'observer', App: async () => ({}) }",
    )


@pytest.mark.parametrize(
    "failure", [missing, throwing, broken, crashing, foreign], ids=lambda one: one.__name__
)
def test_a_module_that_fails_can_be_tried_again(
    visit: Callable[..., Page], failure: Callable[[Route], None]
) -> None:
    page = visit("/fibu/konten")
    page.route(SCRIPTS, failure)
    page.goto("/observer")
    alert = page.get_by_role("alert").filter(has_text="System konnte nicht geladen werden")
    expect(alert).to_be_visible()

    # Everything else goes on.
    page.get_by_role("link", name="Journal").click()
    expect(page.get_by_role("heading", name="Journal")).to_be_visible()

    # Coming back tries again; once it is repaired, one click is enough.
    page.get_by_role("link", name="Observer").click()
    expect(alert).to_be_visible()
    page.unroute(SCRIPTS)
    page.get_by_role("button", name="Erneut versuchen").click()
    expect(page.get_by_role("heading", name="Observer", exact=True)).to_be_visible()


def test_a_repaired_module_is_there_when_one_comes_back(visit: Callable[..., Page]) -> None:
    page = visit("/fibu/konten")
    page.route(SCRIPTS, missing)
    page.goto("/observer")
    expect(page.get_by_role("button", name="Erneut versuchen")).to_be_visible()
    page.get_by_role("link", name="Journal").click()
    page.unroute(SCRIPTS)
    page.get_by_role("link", name="Observer").click()
    expect(page.get_by_role("heading", name="Observer", exact=True)).to_be_visible()


def test_a_module_that_hangs_is_given_up(visit: Callable[..., Page]) -> None:
    page = visit("/fibu/konten")
    waiting: list[Route] = []
    page.route(SCRIPTS, lambda route: waiting.append(route))
    page.goto("/observer")
    expect(page.get_by_text("Das Laden hat zu lange gedauert.")).to_be_visible()
    page.get_by_role("link", name="Saldenliste").click()
    expect(page.get_by_role("heading", name="Saldenliste")).to_be_visible()
    for route in waiting:
        route.abort()


def test_a_service_that_does_not_answer_says_so_and_recovers(visit: Callable[..., Page]) -> None:
    page = visit("/observer")
    accounts = "**/api/fibu/accounts*"
    page.route(accounts, lambda route: route.fulfill(status=503, body="no healthy upstream"))
    page.get_by_role("link", name="Konten").click()
    expect(page.get_by_role("alert")).to_contain_text("Der Dienst antwortet gerade nicht")
    page.unroute(accounts)
    page.get_by_role("button", name="Erneut versuchen").click()
    expect(page.get_by_role("grid", name="Konten")).to_be_visible()
