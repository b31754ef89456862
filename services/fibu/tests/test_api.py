"""The HTTP interface: one test per outcome."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest

from valero.fibu import datev, verify
from valero.fibu.app import create
from valero.fibu.consumers import consumers
from valero.kit import events

ENTRY = {
    "posted_on": "2026-03-02",
    "document_on": "2026-03-01",
    "document_number": "RE-1",
    "text": "Büromaterial",
    "lines": [
        {"account": "4930", "debit": "100.00", "tax_code": "V19"},
        {"account": "1576", "debit": "19.00", "tax_code": "V19"},
        {"account": "1600", "credit": "119.00", "partner": "Muster GmbH"},
    ],
}


@pytest.fixture(scope="module")
async def service(app_client, fibu_database):
    async with app_client(create, database_url=fibu_database.url) as client:
        yield client


@pytest.fixture
async def keeper(service, books):
    user = service.as_user("fibu:read", "fibu:post", "fibu:configure", tenant=books.tenant)
    async with user:
        yield user


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def post(client, headers=None, **fields):
    return await client.post("/api/fibu/entries", json=ENTRY | fields, headers=headers or key())


async def test_several_entries_are_read_at_once_by_their_ids(keeper) -> None:
    posted = [(await post(keeper)).json()["id"] for _ in range(3)]
    wanted = {"id": [posted[0], posted[2], str(uuid4())]}
    found = (await keeper.get("/api/fibu/entries", params=wanted)).json()["items"]
    assert {entry["id"] for entry in found} == {posted[0], posted[2]}
    too_many = {"id": [str(uuid4()) for _ in range(201)]}
    assert (await keeper.get("/api/fibu/entries", params=too_many)).status_code == 422


async def test_an_entry_is_posted_shown_and_listed(keeper) -> None:
    posted = await post(keeper)
    assert posted.status_code == 201, posted.text
    entry = posted.json()
    assert entry["total"] == "119.00"
    assert entry["number"] is None
    assert entry["state"] == "posted"
    assert entry["source"] == "manual"
    assert entry["posted_by"]["name"] == "Erika Mustermann"
    assert entry["lines"][2] == {
        "account": "1600",
        "account_name": "Verbindlichkeiten aus Lieferungen und Leistungen",
        "debit": None,
        "credit": "119.00",
        "tax_code": None,
        "cost_centre": None,
        "partner": "Muster GmbH",
        "text": None,
    }
    shown = await keeper.get(f"/api/fibu/entries/{entry['id']}")
    assert shown.json() == entry
    listed = await keeper.get("/api/fibu/entries", params={"total": True, "account": "4930"})
    assert listed.json() == {"items": [entry], "next": None, "total": 1}
    empty = await keeper.get("/api/fibu/entries", params={"from": "2026-03-03"})
    assert empty.json()["items"] == []


@pytest.mark.parametrize(
    ("fields", "status", "code", "pointer"),
    [
        ({"lines": [*ENTRY["lines"][:2], {"account": "1600", "credit": "119.01"}]},
         422, "EntryUnbalanced", "/lines"),
        ({"lines": ENTRY["lines"][:1]}, 422, "EntryTooShort", "/lines"),
        ({"lines": [*ENTRY["lines"][:2], {"account": "9999", "credit": "119.00"}]},
         422, "AccountUnknown", "/lines/2/account"),
        ({"lines": [{"account": "8195", "credit": "1.00"}, {"account": "1000", "debit": "1.00"}]},
         409, "AccountClosed", "/lines/0/account"),
        ({"lines": [{"account": "1000"}, {"account": "1200"}]},
         422, "LineAmbiguous", "/lines/0"),
        ({"lines": [{"account": "1000", "debit": "1.00", "credit": "1.00"}]},
         422, "LineAmbiguous", "/lines/0"),
        ({"lines": [{"account": "1000", "debit": 1.5}]}, 422, "Invalid", "/lines/0/debit"),
        ({"lines": [{"account": "1000", "debit": "-1.00"}]}, 422, "Invalid", "/lines/0/debit"),
        ({"lines": [{"account": "1000", "debit": "1.005"}]}, 422, "Invalid", "/lines/0/debit"),
        ({"lines": [{"account": "1000", "debit": "NaN"}]}, 422, "Invalid", "/lines/0/debit"),
        ({"lines": [{"account": "10 0", "debit": "1.00"}]}, 422, "Invalid", "/lines/0/account"),
        ({"posted_on": "1926-03-02"}, 422, "PeriodUnknown", "/posted_on"),
        ({"posted_on": "2026-02-30"}, 422, "Invalid", "/posted_on"),
        ({"document_number": "  "}, 422, "Invalid", "/document_number"),
        ({"text": "a\u0000b"}, 422, "Invalid", "/text"),
        ({"currency": "eur"}, 422, "Invalid", "/currency"),
        ({"tax": "V19"}, 422, "Invalid", "/tax"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_refused_with_its_place(
    keeper, fields, status, code, pointer
) -> None:
    answer = await post(keeper, **fields)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["code"] == code
    assert problem["errors"][0]["pointer"] == pointer
    assert problem["errors"][0]["detail"]


async def test_a_problem_speaks_german_and_on_request_english(keeper) -> None:
    lines = [{"account": "1000", "debit": "1.00"}, {"account": "1200", "credit": "0.99"}]
    german = (await post(keeper, lines=lines)).json()
    assert german["title"] == "Buchung nicht ausgeglichen"
    assert german["detail"] == "Soll und Haben unterscheiden sich um 0,01 EUR."
    english = (await post(keeper, key() | {"Accept-Language": "en"}, lines=lines)).json()
    assert english["detail"] == "Debit and credit differ by EUR 0.01."


async def test_without_a_key_nothing_is_booked(keeper) -> None:
    answer = await keeper.post("/api/fibu/entries", json=ENTRY)
    assert (answer.status_code, answer.json()["code"]) == (422, "IdempotencyKeyMissing")


async def test_the_same_request_ten_times_at_once_books_once(keeper) -> None:
    headers = key()
    answers = await asyncio.gather(*(post(keeper, headers) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    listed = await keeper.get("/api/fibu/entries", params={"total": True})
    assert listed.json()["total"] == 1


async def test_the_same_key_for_another_entry_conflicts(keeper) -> None:
    headers = key()
    await post(keeper, headers)
    answer = await post(keeper, headers, text="anders")
    assert (answer.status_code, answer.json()["code"]) == (409, "IdempotencyKeyReused")


async def test_a_reversal_is_shown_from_both_sides(keeper) -> None:
    entry = (await post(keeper)).json()
    address = f"/api/fibu/entries/{entry['id']}"
    reversal = await keeper.post(f"{address}/reversal", headers=key())
    assert reversal.status_code == 201, reversal.text
    assert reversal.json()["reverses"] == entry["id"]
    assert reversal.json()["lines"][0]["debit"] == "-100.00"
    assert reversal.json()["lines"][2]["credit"] == "-119.00"
    assert (await keeper.get(address)).json()["reversed_by"] == reversal.json()["id"]

    again = await keeper.post(f"{address}/reversal", headers=key())
    assert (again.status_code, again.json()["code"]) == (409, "AlreadyReversed")
    reversed_reversal = await keeper.post(
        f"/api/fibu/entries/{reversal.json()['id']}/reversal", headers=key()
    )
    assert (reversed_reversal.status_code, reversed_reversal.json()["code"]) == (
        409,
        "ReversalFinal",
    )


async def test_a_reversal_may_have_a_day_and_a_text(keeper) -> None:
    entry = (await post(keeper)).json()
    address = f"/api/fibu/entries/{entry['id']}/reversal"
    early = await keeper.post(address, headers=key(), json={"posted_on": "2026-03-01"})
    assert (early.status_code, early.json()["code"]) == (422, "ReversalTooEarly")
    wanted = {"posted_on": "2026-03-31", "text": "Falsches Konto"}
    reversal = (await keeper.post(address, headers=key(), json=wanted)).json()
    assert (reversal["posted_on"], reversal["text"]) == ("2026-03-31", "Falsches Konto")


async def test_a_closed_month_refuses_until_reopened(keeper) -> None:
    assert (await post(keeper)).status_code == 201
    closed = await keeper.put("/api/fibu/periods/2026/3/closing")
    assert closed.json() == {"starts_on": "2026-03-01", "ends_on": "2026-03-31", "state": "closed"}
    refused = await post(keeper)
    assert (refused.status_code, refused.json()["code"]) == (409, "PeriodClosed")
    await keeper.delete("/api/fibu/periods/2026/3/closing")
    assert (await post(keeper)).status_code == 201
    states = (await keeper.get("/api/fibu/periods")).json()
    assert [state["state"] for state in states] == ["open"] * 12
    unknown = await keeper.put("/api/fibu/periods/2024/3/closing")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "PeriodNotFound")


async def test_the_chart_is_there_at_first_sight_and_can_be_searched(keeper) -> None:
    page = (await keeper.get("/api/fibu/accounts", params={"limit": 500, "total": True})).json()
    assert page["total"] > 900
    assert page["items"][0]["number"] == "0010"
    rest = await keeper.get("/api/fibu/accounts", params={"limit": 500, "after": page["next"]})
    assert rest.json()["items"][0]["number"] > page["items"][-1]["number"]
    for q, first in (("157", "1570"), ("bürobedarf", "4930"), ("100 %", None)):
        found = (await keeper.get("/api/fibu/accounts", params={"q": q})).json()["items"]
        assert (found[0]["number"] if found else None) == first


async def test_the_trial_balance_adds_up_and_is_not_sent_twice(keeper) -> None:
    await post(keeper)
    await post(keeper, currency="USD")
    answer = await keeper.get("/api/fibu/trial-balance", params={"as_of": "2026-12-31"})
    balance = answer.json()
    assert balance["as_of"] == "2026-12-31"
    assert balance["currency"] == "EUR"
    assert balance["balanced"] is True
    assert balance["total_debit"] == balance["total_credit"] == "119.00"
    assert balance["accounts"][1] == {
        "account": "1600",
        "name": "Verbindlichkeiten aus Lieferungen und Leistungen",
        "type": "liability",
        "debit": "0.00",
        "credit": "119.00",
        "balance": "-119.00",
    }
    assert [sheet["currency"] for sheet in balance["currencies"]] == ["EUR", "USD"]
    known = {"If-None-Match": answer.headers["ETag"]}
    address = "/api/fibu/trial-balance?as_of=2026-12-31"
    assert (await keeper.get(address, headers=known)).status_code == 304
    await post(keeper)
    assert (await keeper.get(address, headers=known)).status_code == 200


async def test_the_trial_balance_of_empty_books_is_balanced(keeper) -> None:
    balance = (await keeper.get("/api/fibu/trial-balance")).json()
    assert (balance["accounts"], balance["balanced"], balance["total_debit"]) == ([], True, "0.00")


async def test_the_account_sheet_shows_postings_with_their_balance(keeper) -> None:
    entry = (await post(keeper)).json()
    await keeper.post(f"/api/fibu/entries/{entry['id']}/reversal", headers=key())
    sheet = (await keeper.get("/api/fibu/accounts/1600/sheet")).json()
    assert sheet["account"]["name"] == "Verbindlichkeiten aus Lieferungen und Leistungen"
    assert [(line["credit"], line["balance"]) for line in sheet["items"]] == [
        ("119.00", "-119.00"),
        ("-119.00", "0.00"),
    ]
    missing = await keeper.get("/api/fibu/accounts/9999/sheet")
    assert (missing.status_code, missing.json()["code"]) == (404, "AccountNotFound")
    bad = await keeper.get("/api/fibu/accounts/1600/sheet", params={"after": "???"})
    assert (bad.status_code, bad.json()["code"]) == (422, "CursorInvalid")


async def test_a_document_is_proposed_edited_and_booked_once(keeper, books, invoice) -> None:
    received = invoice()
    await consumers.deliver(books.database, events.wrap(received, tenant=books.tenant))
    listed = (await keeper.get("/api/fibu/proposals", params={"state": "open"})).json()["items"]
    address = f"/api/fibu/proposals/{received.document_id}"
    proposal = (await keeper.get(address)).json()
    assert listed == [proposal]
    assert proposal["invoice"]["payable"] == "119.00"
    assert proposal["entry"]["lines"][0]["account_name"] == "Sonstiger Betriebsbedarf"
    assert proposal["reasons"]

    entry = {
        field: value for field, value in proposal["entry"].items() if not field.startswith("source")
    }
    entry["lines"] = [
        {name: value for name, value in line.items() if name != "account_name"}
        for line in entry["lines"]
    ]
    entry["lines"][0]["account"] = "9999"
    wrong = await keeper.post(f"{address}/posting", headers=key(), json={"entry": entry})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "AccountUnknown")
    assert wrong.json()["errors"][0]["pointer"] == "/entry/lines/0/account"

    entry["lines"][0]["account"] = "4930"
    headers = key()
    booked = await keeper.post(f"{address}/posting", headers=headers, json={"entry": entry})
    assert booked.status_code == 201, booked.text
    assert booked.json()["lines"][0]["account"] == "4930"
    assert booked.json()["source_id"] == str(received.document_id)
    again = await keeper.post(f"{address}/posting", headers=headers, json={"entry": entry})
    assert again.json()["id"] == booked.json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    twice = await keeper.post(f"{address}/posting", headers=key())
    assert (twice.status_code, twice.json()["code"]) == (409, "DuplicatePosting")
    shown = (await keeper.get(address)).json()
    assert (shown["state"], shown["entry_id"]) == ("booked", booked.json()["id"])


async def test_a_proposal_is_booked_as_it_stands_without_a_body(keeper, books, invoice) -> None:
    received = invoice()
    await consumers.deliver(books.database, events.wrap(received, tenant=books.tenant))
    address = f"/api/fibu/proposals/{received.document_id}/posting"
    booked = await keeper.post(address, headers=key())
    assert booked.status_code == 201, booked.text
    missing = await keeper.post(f"/api/fibu/proposals/{uuid4()}/posting", headers=key())
    assert (missing.status_code, missing.json()["code"]) == (404, "ProposalNotFound")


async def test_sealed_entries_show_number_and_state_and_can_be_exported(keeper) -> None:
    entry = (await post(keeper)).json()
    headers = key()
    sealing = await keeper.post("/api/fibu/seals", headers=headers, json={"until": "2026-03-31"})
    assert sealing.status_code == 201, sealing.text
    assert (sealing.json()["remaining"], sealing.json()["until"]) == (0, "2026-03-31")
    (seal,) = sealing.json()["seals"]
    shown = (await keeper.get(f"/api/fibu/entries/{entry['id']}")).json()
    assert (shown["number"], shown["state"]) == (1, "sealed")
    assert (await keeper.get("/api/fibu/seals")).json()["items"] == [seal]
    exported = await keeper.get("/api/fibu/exports/journal")
    assert exported.headers["Content-Type"] == "application/x-ndjson"
    lines = exported.content.splitlines(keepends=True)
    assert verify.verify(lines, head=seal["hash"]).findings == []
    late = await keeper.post("/api/fibu/seals", headers=key(), json={"until": "2999-01-01"})
    assert (late.status_code, late.json()["code"]) == (422, "SealTooLate")
    due = await keeper.post("/api/fibu/seals", headers=key())
    assert due.json()["seals"] == []


async def test_a_bank_statement_is_uploaded_once_and_listed(keeper, camt053, movement) -> None:
    file = {"file": ("auszug.xml", camt053(movement("-119.00", "RE-1"), closing="881.00"))}
    first = await keeper.post("/api/fibu/statements", files=file)
    assert (first.status_code, first.json()["is_new"]) == (201, True), first.text
    again = await keeper.post("/api/fibu/statements", files=file)
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    (statement,) = first.json()["statements"]
    assert (await keeper.get("/api/fibu/statements")).json()["items"] == [statement]
    lines = await keeper.get(f"/api/fibu/statements/{statement['id']}/lines")
    assert [line["amount"] for line in lines.json()["items"]] == ["-119.00"]
    missing = await keeper.get(f"/api/fibu/statements/{uuid4()}/lines")
    assert (missing.status_code, missing.json()["code"]) == (404, "StatementNotFound")
    bad = await keeper.post("/api/fibu/statements", files={"file": ("x.xml", b"x")})
    assert (bad.status_code, bad.json()["code"]) == (422, "StatementInvalid")


async def test_an_invoice_is_booked_due_matched_and_paid(
    keeper, books, invoice, camt053, movement
) -> None:
    received = invoice(number="RE-4711", due_on=date(2026, 3, 31))
    await consumers.deliver(books.database, events.wrap(received, tenant=books.tenant))
    await keeper.post(f"/api/fibu/proposals/{received.document_id}/posting", headers=key())
    (item,) = (await keeper.get("/api/fibu/open-items")).json()["items"]
    assert (item["side"], item["partner"], item["document_number"], item["due_on"]) == (
        "creditor", "Muster GmbH", "RE-4711", "2026-03-31",
    )  # fmt: skip
    assert (item["amount"], item["open"]) == ("119.00", "119.00")
    ageing = await keeper.get("/api/fibu/open-items/ageing", params={"as_of": "2026-05-01"})
    (age,) = ageing.json()["items"]
    assert (age["to_30"], age["to_60"], age["total"]) == ("0.00", "119.00", "119.00")

    file = {"file": ("a.xml", camt053(movement("-119.00", "Rechnung RE 4711"), closing="881.00"))}
    await keeper.post("/api/fibu/statements", files=file)
    (line,) = (await keeper.get("/api/fibu/statement-lines?state=open")).json()["items"]
    address = f"/api/fibu/statement-lines/{line['id']}"
    (match,) = (await keeper.get(f"{address}/matches")).json()
    assert (match["items"], match["score"], match["difference"]) == ([item["id"]], 100, "0.00")
    assert "RE-4711 steht im Verwendungszweck" in match["reasons"][0]

    body = {"items": [{"item_id": item["id"], "amount": "119.01"}]}
    over = await keeper.post(f"{address}/settlement", headers=key(), json=body)
    assert (over.status_code, over.json()["code"]) == (409, "SettlementExceedsItem")
    body["items"][0]["amount"] = "100.00"
    off = await keeper.post(f"{address}/settlement", headers=key(), json=body)
    assert (off.status_code, off.json()["code"]) == (422, "SettlementUnbalanced")
    body["items"][0]["amount"] = "119.00"
    paid = await keeper.post(f"{address}/settlement", headers=key(), json=body)
    assert paid.status_code == 201, paid.text
    assert [(one["account"], one["debit"], one["credit"]) for one in paid.json()["lines"]] == [
        ("1200", None, "119.00"), ("1600", "119.00", None),
    ]  # fmt: skip
    assert (await keeper.get("/api/fibu/open-items")).json()["items"] == []
    (line,) = (await keeper.get("/api/fibu/statement-lines?state=booked")).json()["items"]
    assert line["entry_id"] == paid.json()["id"]


async def test_items_are_cleared_against_each_other(keeper) -> None:
    await post(keeper)
    credit = [
        {"account": "4930", "credit": "19.00"},
        {"account": "1600", "debit": "19.00", "partner": "Muster GmbH"},
    ]
    await post(keeper, lines=credit, due_on="2026-03-20")
    items = (await keeper.get("/api/fibu/open-items")).json()["items"]
    assert [(item["due_on"], item["open"]) for item in items] == [
        ("2026-03-01", "119.00"), ("2026-03-20", "-19.00"),
    ]  # fmt: skip
    body = {
        "items": [
            {"item_id": items[0]["id"], "amount": "19.00"},
            {"item_id": items[1]["id"], "amount": "-19.00"},
        ]
    }
    cleared = await keeper.post("/api/fibu/open-items/clearing", headers=key(), json=body)
    assert cleared.status_code == 201, cleared.text
    assert [item["open"] for item in cleared.json()["items"]] == ["100.00", "0.00"]


async def test_the_vat_return_is_computed_drilled_into_and_filed(keeper) -> None:
    await post(keeper)
    address = "/api/fibu/vat-returns/2026-03"
    found = (await keeper.get(address)).json()
    assert [(one["kz"], one["kind"], one["amount"]) for one in found["fields"]] == [
        ("66", "tax", "19.00"), ("83", "tax", "-19.00"),
    ]  # fmt: skip
    assert (found["corrected"], found["warnings"], found["filed"]) == (False, [], [])
    (line,) = (await keeper.get(f"{address}/66")).json()["items"]
    assert (line["account"], line["amount"]) == ("1576", "19.00")
    filed = await keeper.post(f"{address}/filings", headers=key())
    assert (filed.status_code, filed.json()["number"]) == (201, 1), filed.text
    again = await keeper.post(f"{address}/filings", headers=key())
    assert (again.status_code, again.json()["code"]) == (409, "VatReturnUnchanged")
    await post(keeper)
    found = (await keeper.get(address)).json()
    assert (found["corrected"], found["fields"][0]["difference"]) == (True, "19.00")
    for name, status, code in (
        ("2026-13", 422, "VatPeriodInvalid"),
        ("2025-03", 422, "VatFormUnknown"),
        ("2026-03/83", 404, "KzUnknown"),
    ):
        answer = await keeper.get(f"/api/fibu/vat-returns/{name}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)


NOBODY = "00000000-0000-7000-8000-000000000000"  # the same in every process of a parallel run


async def test_a_month_is_exported_for_datev(keeper) -> None:
    await post(keeper)
    wanted = {"month": "2026-03", "consultant": 1001, "client": 1}
    answer = await keeper.get("/api/fibu/exports/datev", params=wanted)
    assert answer.status_code == 200, answer.text
    assert "EXTF_Buchungsstapel_2026-03.csv" in answer.headers["Content-Disposition"]
    (row,) = datev.load(answer.content)
    assert (str(row.amount), row.account, row.contra, row.key) == ("119.00", "4930", "1600", "0009")
    await post(keeper, currency="USD")
    refused = await keeper.get("/api/fibu/exports/datev", params=wanted)
    assert (refused.status_code, refused.json()["code"]) == (409, "ExportRefused")
    bad = await keeper.get("/api/fibu/exports/datev", params=wanted | {"month": "2026-13"})
    assert (bad.status_code, bad.json()["code"]) == (422, "Invalid")


ROUTES = [
    ("GET", "/api/fibu/accounts", "fibu:read"),
    ("GET", "/api/fibu/accounts/1000/sheet", "fibu:read"),
    ("GET", "/api/fibu/entries", "fibu:read"),
    ("GET", f"/api/fibu/entries/{NOBODY}", "fibu:read"),
    ("POST", "/api/fibu/entries", "fibu:post"),
    ("POST", f"/api/fibu/entries/{NOBODY}/reversal", "fibu:post"),
    ("GET", "/api/fibu/proposals", "fibu:read"),
    ("GET", f"/api/fibu/proposals/{NOBODY}", "fibu:read"),
    ("POST", f"/api/fibu/proposals/{NOBODY}/posting", "fibu:post"),
    ("GET", "/api/fibu/trial-balance", "fibu:read"),
    ("GET", "/api/fibu/periods", "fibu:read"),
    ("PUT", "/api/fibu/periods/2026/1/closing", "fibu:configure"),
    ("DELETE", "/api/fibu/periods/2026/1/closing", "fibu:configure"),
    ("POST", "/api/fibu/seals", "fibu:configure"),
    ("GET", "/api/fibu/seals", "fibu:read"),
    ("GET", "/api/fibu/exports/journal", "fibu:read"),
    ("POST", "/api/fibu/statements", "fibu:post"),
    ("GET", "/api/fibu/statements", "fibu:read"),
    ("GET", f"/api/fibu/statements/{NOBODY}/lines", "fibu:read"),
    ("GET", "/api/fibu/vat-returns/2026-03", "fibu:read"),
    ("GET", "/api/fibu/vat-returns/2026-03/81", "fibu:read"),
    ("POST", "/api/fibu/vat-returns/2026-03/filings", "fibu:post"),
    ("GET", "/api/fibu/exports/datev", "fibu:read"),
    ("GET", "/api/fibu/open-items", "fibu:read"),
    ("GET", "/api/fibu/open-items/ageing", "fibu:read"),
    ("POST", "/api/fibu/open-items/clearing", "fibu:post"),
    ("GET", "/api/fibu/statement-lines", "fibu:read"),
    ("GET", f"/api/fibu/statement-lines/{NOBODY}/matches", "fibu:read"),
    ("POST", f"/api/fibu/statement-lines/{NOBODY}/settlement", "fibu:post"),
]


def test_every_route_is_in_the_list_of_rights_below(service) -> None:
    documented = sum(len(methods) for methods in service.app.openapi()["paths"].values())
    assert documented == len(ROUTES)


@pytest.mark.parametrize(("method", "path", "permission"), ROUTES)
async def test_each_route_asks_for_its_right(service, books, method, path, permission) -> None:
    everything = {"fibu:read", "fibu:post", "fibu:configure"}
    stranger = await service.request(method, path, headers=key())
    assert (stranger.status_code, stranger.json()["code"]) == (401, "TokenMissing")
    async with service.as_user(*everything - {permission}, tenant=books.tenant) as user:
        answer = await user.request(method, path, headers=key())
        assert (answer.status_code, answer.json()["code"]) == (403, "PermissionMissing")


async def test_the_permissions_of_the_routes_are_announced(service) -> None:
    assert set(service.app.state.permissions) == {permission for *_, permission in ROUTES}


async def test_a_forged_tenant_reads_nothing(service, keeper, new_books) -> None:
    entry = (await post(keeper)).json()
    async with service.as_user("fibu:read", "fibu:post", tenant=new_books().tenant) as thief:
        assert (await thief.get(f"/api/fibu/entries/{entry['id']}")).status_code == 404
        answer = await thief.post(f"/api/fibu/entries/{entry['id']}/reversal", headers=key())
        assert answer.status_code == 404
        assert (await thief.get("/api/fibu/entries")).json()["items"] == []
