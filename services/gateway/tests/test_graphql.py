"""`/graphql` over HTTP: a real Envoy, the real control service, and services behind them."""

import json
import time
from hashlib import sha256
from typing import get_args

import httpx
import pytest

from valero.gateway.graphql import types
from valero.kit import catalogue as catalogues

from .books import uuid
from .conftest import anonymous, eventually, make_stack, signed_in

COMPOSED = """{
  documents(limit: 30) {
    items { id entry { id total document { filename } } proposal { reasons } }
  }
}"""


@pytest.fixture(scope="module")
async def graph(tmp_path_factory, token):
    stack = make_stack(tmp_path_factory.mktemp("graph"), token)
    try:
        await stack.start_service("auth")
        for name in ("beleg", "fibu", "observer"):
            await stack.start_books(name)
        await stack.start_control()
        await stack.start_envoy()
        async with signed_in(stack, token) as client:
            await stack.ready(client, "beleg", "fibu", "observer")
            await eventually(lambda: reached(client))
        yield stack
    finally:
        stack.stop()


async def reached(client) -> bool:
    return (await client.post("/graphql", json={"query": "{ __typename }"})).status_code == 200


@pytest.fixture
async def reader(graph, token):
    async with signed_in(graph, token) as client:
        yield client


async def ask(client, query: str, **variables) -> dict:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def code(client, query: str, **variables) -> str:
    (error,) = (await ask(client, query, **variables))["errors"]
    return error["extensions"]["code"]


async def seen(graph, service: str) -> dict:
    """What reached `service` since it was last asked."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"{graph.url(service)}/seen")).json()


async def switch(graph, service: str, failing: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get(f"{graph.url(service)}/switch", params={"failing": failing})


async def test_nobody_reads_without_a_token(graph):
    async with anonymous(graph) as client:
        assert (await client.post("/graphql", json={"query": "{ __typename }"})).status_code == 401
        assert (await client.get("/graphql?query={__typename}")).status_code == 401


async def test_one_query_reads_over_three_services(reader):
    query = """query All($id: UUID!) {
      document(id: $id) { invoice { payable issuedOn } entry { lines { account debit credit } } }
      entries(account: "4930", from: "2026-01-01") { items { documentNumber postedBy { name } } }
      trialBalance(asOf: "2026-03-31") { balanced accounts { account balance } }
      services { id instances { state text { de } latencyMs } }
    }"""
    found = await ask(reader, query, id=uuid(1, 7))
    assert "errors" not in found
    data = found["data"]
    assert data["document"]["invoice"] == {"payable": "119.00", "issuedOn": "2026-03-01"}
    assert data["document"]["entry"]["lines"][0]["debit"] == "119.00"
    assert data["entries"]["items"][0]["postedBy"]["name"] == "Erika Mustermann"
    assert data["trialBalance"]["accounts"] == [{"account": "4930", "balance": "119.00"}]
    assert data["services"][0]["instances"][0]["text"]["de"] == "Läuft."


async def test_each_edge_between_services_costs_one_call(graph, reader):
    for service in ("beleg", "fibu"):
        await seen(graph, service)
    items = (await ask(reader, COMPOSED))["data"]["documents"]["items"]
    assert len(items) == 30
    assert all(item["entry"]["document"]["filename"] for item in items)
    assert all(item["proposal"]["reasons"] for item in items)
    fibu = (await seen(graph, "fibu"))["seen"]
    assert fibu == {"/api/fibu/entries": 1, "/api/fibu/proposals": 1}
    # the list, and the edge from the entries back to their documents
    assert (await seen(graph, "beleg"))["seen"] == {"/api/beleg/documents": 2}


async def test_what_does_not_exist_is_null(reader):
    query = "query Q($id: UUID!) { document(id: $id) { id } entry(id: $id) { id } }"
    assert await ask(reader, query, id=uuid(9, 1)) == {"data": {"document": None, "entry": None}}


async def test_the_services_see_the_callers_token_language_and_trace(graph, reader):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"traceparent": trace, "accept-language": "en"}
    query = {"query": "{ documents { items { id } } }"}
    await reader.post("/graphql", json=query, headers=headers)
    arrived = (await seen(graph, "beleg"))["headers"]
    assert arrived["authorization"] == reader.headers["authorization"]
    assert arrived["accept-language"] == "en"
    assert arrived["traceparent"].split("-")[1] == trace.split("-")[1]


async def test_the_cookie_of_a_browser_becomes_the_services_token(graph, token):
    access = token()
    async with anonymous(graph) as browser:
        browser.cookies.set("valero_access", access)
        query = {"query": "{ services { id } }"}
        foreign = await browser.post("/graphql", json=query, headers={"origin": "https://x.de"})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "OriginForeign")
        own = await browser.post("/graphql", json=query, headers={"sec-fetch-site": "same-origin"})
        assert own.json()["data"]["services"]
    arrived = (await seen(graph, "observer"))["headers"]
    assert arrived["authorization"] == f"Bearer {access}"


async def test_a_service_that_fails_leaves_a_gap_and_no_address(graph, reader):
    await switch(graph, "fibu", "yes")
    try:
        answer = await ask(reader, "{ services { id } trialBalance { balanced } entries { next } }")
    finally:
        await switch(graph, "fibu", "no")
    assert answer["data"]["services"]
    assert answer["data"]["entries"] is None
    errors = {error["path"][0]: error for error in answer["errors"]}
    assert errors["entries"]["extensions"] == {"code": "ServiceUnavailable", "status": 503}
    assert errors["entries"]["message"] == "Der Dienst „fibu“ ist gerade nicht erreichbar."
    # a refusal that is meant for the caller passes with the service's own code
    assert errors["trialBalance"]["extensions"] == {"code": "PermissionMissing", "status": 403}
    assert "127.0.0.1" not in json.dumps(answer)


async def test_what_nobody_foresaw_is_masked(graph, reader):
    await switch(graph, "fibu", "odd")
    try:
        answer = await ask(reader, "{ trialBalance { balanced } }")
    finally:
        await switch(graph, "fibu", "no")
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["message"]) == (
        "InternalError",
        "Unerwarteter Fehler.",
    )
    assert "KeyError" not in json.dumps(answer)


async def test_a_wrong_variable_is_refused(reader):
    query = "query Q($v: Int) { documents(limit: $v) { items { id } } }"
    assert await code(reader, query, v="x") == "QueryInvalid"


CHAIN, ENDS = "{ entry { document " * 5, " } }" * 5
NESTED = (
    "{ documents(limit: 1) { items " + "{ entry { document " * 5 + "{ id }" + " } }" * 5 + "} }"
)


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("{ documents(limit: 201) { items { id } } }", "LimitOutOfRange"),
        ("{ documents(limit: 0) { items { id } } }", "LimitOutOfRange"),
        (NESTED, "QueryTooDeep"),
        ("{" + " ".join(f"a{n}: services {{ id }}" for n in range(16)) + "}", "TooManyAliases"),
        ("{ services { " + "id " * 300 + "} }", "QueryTooLarge"),
        (
            "query Q($n: Int) { documents(limit: $n) { items { id sha256 filename state"
            " entry { id lines { account debit credit text partner taxCode accountName"
            " costCentre } document { entry { lines { account debit credit text partner"
            " taxCode accountName costCentre } } } } } } }",
            "QueryTooCostly",
        ),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "FragmentCircular"),
        ("{ services { id } " + "{" * 5, "QueryInvalid"),
        ("{ services { " + "a" * 10 + " } }", "QueryInvalid"),
        ("subscription { documentChanged { action } }", "OperationNotAllowed"),
        ("", "QueryMissing"),
    ],
)
async def test_queries_have_limits(reader, query, refusal):
    assert await code(reader, query) == refusal


async def test_the_newer_media_type_answers_a_refused_query_with_400(reader):
    headers = {"accept": "application/graphql-response+json"}
    answer = await reader.post("/graphql", json={"query": "{ nothing }"}, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/graphql-response+json")
    assert "data" not in answer.json()


async def test_a_query_can_be_sent_once_and_then_named_by_its_hash(reader):
    query = "{ services { id title } }"
    digest = sha256(query.encode()).hexdigest()
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
    by_hash = {"params": {"extensions": json.dumps(extensions)}}
    unknown = (await reader.get("/graphql", **by_hash)).json()["errors"][0]
    assert unknown["message"] == "PersistedQueryNotFound"
    assert unknown["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    sent = await reader.post("/graphql", json={"query": query, "extensions": extensions})
    assert sent.json()["data"]["services"]
    assert (await reader.get("/graphql", **by_hash)).json() == sent.json()


async def test_an_address_that_cannot_be_read_is_explained(reader):
    for broken in ({"variables": "{"}, {"extensions": "[]"}, {"variables": "[1]"}):
        answer = await reader.get("/graphql", params={"query": "{ __typename }", **broken})
        assert (answer.status_code, answer.json()["code"]) == (422, "QueryUnreadable")


async def test_a_query_is_not_kept_under_a_foreign_hash(reader):
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    body = {"query": "{ __typename }", "extensions": extensions}
    error = (await reader.post("/graphql", json=body)).json()["errors"][0]
    assert error["extensions"]["code"] == "PersistedQueryMismatch"


async def events_of(client, query: str) -> list[tuple[str, str, float]]:
    headers = {"accept": "text/event-stream", "accept-encoding": "gzip, br"}
    found, name = [], ""
    body = {"query": query}
    async with client.stream("POST", "/graphql", json=body, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                found.append((name, value, time.monotonic()))
    return found


async def test_a_subscription_delivers_each_event_when_it_happens(reader):
    query = "subscription { documentChanged { action document { filename } } }"
    *changes, end = await events_of(reader, query)
    assert end[0] == "complete"
    filenames = [json.loads(text)["data"]["documentChanged"]["document"] for _, text, _ in changes]
    assert filenames == [{"filename": f"RE-{number}.xml"} for number in range(3)]
    assert {name for name, _, _ in changes} == {"next"}
    # sent 0.2 s apart; a buffer would deliver them together
    assert changes[-1][2] - changes[0][2] > 0.2


async def test_services_are_watched_live(reader):
    first, *_ = await events_of(reader, "subscription { serviceChanged { id state } }")
    assert json.loads(first[1])["data"] == {"serviceChanged": {"id": "fibu", "state": "up"}}


async def test_a_refused_subscription_says_why_and_ends(reader):
    (only, end) = await events_of(reader, "subscription { nothing }")
    assert json.loads(only[1])["errors"][0]["extensions"]["code"] == "QueryInvalid"
    assert end[0] == "complete"


def schema_of(service: str, name: str) -> dict:
    path = catalogues.root() / "services" / service / "openapi.json"
    return json.loads(path.read_text("utf8"))["components"]["schemas"][name]["properties"]


@pytest.mark.parametrize(
    ("ours", "service", "theirs"),
    [
        (types.Document, "beleg", "DocumentOut"),
        (types.Invoice, "beleg", "InvoiceSummary"),
        (types.Entry, "fibu", "EntryOut"),
        (types.Line, "fibu", "LineOut"),
        (types.Person, "fibu", "Person"),
        (types.Proposal, "fibu", "ProposalOut"),
        (types.Draft, "fibu", "DraftOut"),
        (types.Balance, "fibu", "BalanceOut"),
        (types.TrialBalance, "fibu", "TrialBalanceOut"),
        (types.Watched, "observer", "ServiceOut"),
        (types.Instance, "observer", "InstanceOut"),
        (types.Event, "observer", "EventOut"),
        (types.Text, "observer", "TextOut"),
    ],
)
def test_every_plain_field_is_one_that_the_service_answers(ours, service, theirs):
    answered = schema_of(service, theirs)
    fields = ours.__strawberry_definition__.fields
    for field in fields:
        if field.base_resolver is None:
            assert field.python_name in answered
            may_be_null = {"type": "null"} in answered[field.python_name].get("anyOf", [])
            assert may_be_null <= (type(None) in get_args(ours.__annotations__[field.python_name]))
