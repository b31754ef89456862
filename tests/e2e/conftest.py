"""A browser as a person uses it: German, in Berlin, every script error is a failure."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from e2e.browser import Person
from playwright.sync_api import Browser, Page, Playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield running
    running.close()


@pytest.fixture
def open_page(browser: Browser, stack) -> Iterator[Callable[..., Page]]:
    """`open_page(dark=True, width=360)`: a page in a fresh context on the stack's interface."""
    contexts, errors = [], []

    def open_(*, dark: bool = False, width: int = 1440, height: int = 900) -> Page:
        context = browser.new_context(
            base_url=stack.ui,
            locale="de-DE",
            timezone_id="Europe/Berlin",
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def admit(stack) -> Callable[..., Person]:
    """`admit("Berta Buch", "buchhaltung")`: a user who has not signed in yet."""

    def admit_(name: str, *roles: str) -> Person:
        email = f"{uuid4().hex[:12]}@example.com"
        with closing(stack.sign_in()) as administrator:
            user = {"name": name, "email": email, "roles": list(roles)}
            answer = administrator.post("/api/auth/users", json=user)
        assert answer.status_code == 201, answer.text
        return Person(name=name, email=email, password=answer.json()["one_time_password"])

    return admit_


@pytest.fixture
def visit(stack, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """`visit("/fibu/konten", width=360)`: a page of the administrator, signed in."""

    def visit_(address: str, **look: int | bool) -> Page:
        page = open_page(**look)
        credentials = {"email": stack.email, "password": stack.password}
        answer = page.request.post(
            "/api/auth/login", data=credentials, headers={"Origin": stack.ui}
        )
        assert answer.ok, answer.text()
        page.goto(address)
        page.get_by_role("heading", level=1).first.wait_for()
        return page

    return visit_
