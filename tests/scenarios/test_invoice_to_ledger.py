"""A bookkeeper's morning: invoices arrive, are checked, booked, and the books add up."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from uuid import uuid4

import httpx
import pytest

pytestmark = pytest.mark.stack
CREDITORS = "1600"


@pytest.fixture
def bookkeeper(stack) -> Iterator[httpx.Client]:
    with closing(stack.sign_in()) as client:
        yield client


def until(ask: Callable[[], httpx.Response], *, seconds: float = 15) -> httpx.Response:
    """The first 200 answer; facts travel between services as events, so it may take a moment."""
    deadline = time.monotonic() + seconds
    while (answer := ask()).status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert answer.status_code == 200, answer.text
    return answer


def upload(client: httpx.Client, path) -> httpx.Response:
    return client.post("/api/beleg/documents", files={"file": (path.name, path.read_bytes())})


def balances(client: httpx.Client, currency: str = "EUR") -> dict[str, Decimal]:
    """Balance by account, debit positive; the sheet must add up and say so."""
    answer = client.get("/api/fibu/trial-balance", params={"currency": currency})
    assert answer.status_code == 200, answer.text
    sheet = answer.json()
    assert sheet["balanced"]
    assert sheet["total_debit"] == sheet["total_credit"]
    found = {row["account"]: Decimal(row["balance"]) for row in sheet["accounts"]}
    assert sum(found.values()) == 0
    return found


def test_every_invoice_goes_from_upload_to_the_ledger(bookkeeper, invoices) -> None:
    currencies = {invoice.currency for invoice in invoices}
    before = {currency: balances(bookkeeper, currency) for currency in currencies}
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in invoices:
        # The invoice is dropped into the inbox and read to the cent.
        document = upload(bookkeeper, invoice.path)
        assert document.status_code in {200, 201}, f"{invoice.path.name}: {document.text}"
        body = document.json()
        assert Decimal(body["invoice"]["tax_inclusive"]) == invoice.tax_inclusive, invoice.path.name
        assert Decimal(body["invoice"]["payable"]) == invoice.payable, invoice.path.name

        # A proposal arrives in accounting and is booked as it stands.
        address = f"/api/fibu/proposals/{body['id']}"
        until(lambda: bookkeeper.get(address))  # noqa: B023
        key = {"Idempotency-Key": str(uuid4())}
        posted = bookkeeper.post(f"{address}/posting", headers=key)
        assert posted.status_code == 201, f"{invoice.path.name}: {posted.text}"

        # Booking it again with the same key is the same booking.
        again = bookkeeper.post(f"{address}/posting", headers=key)
        assert again.json()["id"] == posted.json()["id"]
        owed[invoice.currency] += -invoice.payable if invoice.credit else invoice.payable

    # The books add up, and we owe exactly what the invoices ask for.
    for currency in currencies:
        after = balances(bookkeeper, currency)
        assert after[CREDITORS] - before[currency].get(CREDITORS, Decimal(0)) == -owed[currency]

    # The inbox knows which documents are booked.
    def all_booked() -> httpx.Response:
        answer = bookkeeper.get("/api/beleg/documents", params={"state": "received", "total": True})
        return answer if answer.json()["total"] == 0 else httpx.Response(425, text=answer.text)

    until(all_booked)


def test_the_same_file_twice_is_one_document(bookkeeper, invoices) -> None:
    first, second = (upload(bookkeeper, invoices[0].path) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert second.status_code == 200


def test_without_a_token_nothing_is_shown(stack) -> None:
    with httpx.Client(base_url=stack.api) as stranger:
        for address in (
            "/api/beleg/documents",
            "/api/fibu/trial-balance",
            "/api/observer/services",
        ):
            answer = stranger.get(address)
            assert answer.status_code == 401, address
            assert answer.headers["content-type"].startswith("application/problem+json")
