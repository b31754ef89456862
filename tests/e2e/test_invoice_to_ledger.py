"""What a bookkeeper does on the first morning, in a browser."""

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from e2e.browser import drop, sign_in
from playwright.sync_api import expect

pytestmark = [pytest.mark.stack, pytest.mark.browser]
CHOSEN = "ein ganz anderer Satz"


def german(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def creditors(client: Any) -> Decimal:
    rows = client.get("/api/fibu/trial-balance").json()["accounts"]
    return sum((Decimal(row["balance"]) for row in rows if row["account"] == "1600"), Decimal(0))


def test_a_bookkeeper_signs_in_drops_invoices_books_them_and_the_books_add_up(
    stack, open_page, admit, invoices
) -> None:
    with_token = stack.sign_in()
    before = creditors(with_token)
    known = {d["sha256"] for d in with_token.get("/api/beleg/documents?limit=500").json()["items"]}

    # At the first sign-in a password of one's own must be chosen.
    page = open_page()
    berta = admit("Berta Buch", "buchhaltung")
    sign_in(page, berta.email, berta.password)
    expect(page.get_by_role("heading", name="Neues Kennwort festlegen")).to_be_visible()
    page.get_by_label("Bisheriges Kennwort", exact=True).fill(berta.password)
    page.get_by_label("Neues Kennwort", exact=True).fill(CHOSEN)
    page.get_by_label("Neues Kennwort wiederholen", exact=True).fill(CHOSEN)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Berta Buch").first).to_be_visible()

    # She drops every invoice into the inbox at once.
    page.get_by_role("link", name="Belegeingang").click()
    expect(page.get_by_role("button", name="Belege hochladen").first).to_be_visible()
    drop(page, [invoice.path for invoice in invoices])
    tray = page.get_by_role("region", name="Hochladen")
    expect(tray.get_by_role("status")).not_to_contain_text("von", timeout=60_000)

    # Those not booked yet are booked as proposed.
    fresh = [invoice for invoice in invoices if sha256(invoice.path) not in known]
    if fresh:
        page.goto("/fibu/belege")
        page.get_by_label("Alle geladenen Zeilen auswählen").click()
        page.get_by_role("button", name="Vorschl").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Belege mit Hinweisen auslassen").uncheck()
        dialog.get_by_role("button", name="Jetzt buchen").click()
        expect(dialog.get_by_text("Alle gewählten Belege sind gebucht.")).to_be_visible(
            timeout=120_000
        )
        page.keyboard.press("Escape")

    # The trial balance adds up, and creditors are owed exactly what the invoices ask for.
    page.goto("/fibu/salden")
    expect(page.get_by_text("Ausgeglichen")).to_be_visible()
    owed = sum((-i.payable if i.credit else i.payable for i in fresh), Decimal(0))
    assert creditors(with_token) == before - owed
    expect(page.get_by_role("row").filter(has_text="1600")).to_contain_text(
        german(abs(before - owed))
    )
    with_token.close()
