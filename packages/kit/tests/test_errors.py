from typing import Any

import pytest

from valero.kit.errors import preferred_language
from valero.kit.testing.clients import AppClient

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,de;q=0.5"}


@pytest.fixture
def client(steady_client: AppClient) -> AppClient:
    return steady_client


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "de"),
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("en-US,en;q=0.9", "en"),
        ("fr,en;q=0.2", "en"),
        ("fr", "de"),
        ("en;q=0.5, de;q=0.5", "de"),
        ("en;q=nonsense", "de"),
        ("en;q=0", "de"),
        ("english", "de"),
    ],
)
def test_german_answers_unless_english_is_preferred(header: str, language: str) -> None:
    assert preferred_language(header) == language


async def test_a_problem_speaks_german_by_default(client: AppClient) -> None:
    answer = await client.get("/api/probe/unreadable")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "de"
    trace = answer.headers["traceresponse"].split("-")[1]
    assert answer.json() == {
        "instance": f"urn:valero:trace:{trace}",
        "type": "urn:valero:problem:NoteUnreadable",
        "title": "Notiz unlesbar",
        "status": 409,
        "detail": "Das ist nicht lesbar.",
        "code": "NoteUnreadable",
        "errors": [{"pointer": "/text", "in": "body", "code": "unreadable", "detail": "Unlesbar."}],
    }


async def test_a_problem_speaks_english_on_request(client: AppClient) -> None:
    answer = await client.get("/api/probe/unreadable", headers=ENGLISH)
    assert answer.headers["content-language"] == "en"
    assert answer.json()["title"] == "Note unreadable"
    assert answer.json()["errors"][0]["detail"] == "Unreadable."


async def test_invalid_input_is_pointed_at_in_both_languages(client: AppClient) -> None:
    body = {"lines": [{"amount": "1.00"}, {"amount": 1.5}, {}]}
    german = (await client.post("/api/probe/entries", json=body)).json()
    english = (await client.post("/api/probe/entries", json=body, headers=ENGLISH)).json()
    assert german["status"] == 422
    assert [error["pointer"] for error in german["errors"]] == [
        "/lines/1/amount",
        "/lines/2/amount",
    ]
    assert german["errors"][1]["detail"] == "Diese Angabe fehlt."
    assert english["errors"][1]["detail"] == "Field required"


async def test_an_invalid_query_is_told_apart_from_the_body(client: AppClient) -> None:
    reader = client.as_user("probe:read")
    (error,) = (await reader.get("/api/probe/notes?limit=501")).json()["errors"]
    assert (error["in"], error["pointer"]) == ("query", "/limit")
    assert error["detail"] == "Der Wert darf höchstens 500 sein."


@pytest.mark.parametrize("content", [b"{", b"\xff", b""])
async def test_a_body_that_is_no_json_is_refused(client: AppClient, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await client.post("/api/probe/entries", content=content, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("note", [{"number": 2**40}, {"number": 1, "text": "nul \0"}])
async def test_a_value_that_fits_no_column_is_invalid_input(client: AppClient, note: Any) -> None:
    answer = await client.as_user("probe:write").post("/api/probe/notes", json=note)
    assert (answer.status_code, answer.json()["code"]) == (422, "ValueRefused")


async def test_an_unknown_address_and_a_wrong_method_are_problems_too(client: AppClient) -> None:
    unknown = await client.get("/api/probe/nothing")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "NotFound")
    assert unknown.json()["detail"] == "Diese Adresse gibt es nicht."
    wrong = await client.delete("/api/probe/me")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "MethodNotAllowed")
    assert "GET" in wrong.headers["allow"]


async def test_a_defect_tells_the_caller_nothing_of_the_inside(client: AppClient) -> None:
    answer = await client.get("/api/probe/defect")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "ZeroDivision" not in answer.text
    assert answer.json()["instance"].startswith("urn:valero:trace:")


async def test_a_body_that_is_too_large_is_refused_unread(client: AppClient) -> None:
    oversized = b"x" * (25 * 1024 * 1024 + 1)
    announced = await client.post("/api/probe/entries", content=oversized)
    assert (announced.status_code, announced.json()["code"]) == (413, "BodyTooLarge")

    async def unannounced() -> Any:
        for _ in range(26):
            yield b"x" * 1024 * 1024

    streamed = await client.post("/api/probe/entries", content=unannounced())
    assert streamed.status_code == 413
    assert streamed.headers["content-type"] == "application/problem+json"


async def test_the_interface_document_describes_problems_and_permissions(
    client: AppClient,
) -> None:
    document = (await client.get("/openapi.json")).json()
    responses = document["paths"]["/api/probe/notes"]["post"]["responses"]
    assert set(responses) == {"201", "default"}
    assert "Problem" in document["components"]["schemas"]
    assert document["x-permissions"]["probe:read"] == "Notizen lesen"
    assert document["paths"]["/api/probe/me"]["get"]["security"] == [{"access_token": []}]
    writing = document["paths"]["/api/probe/notes"]["post"]["security"]
    assert writing == [{"access_token": ["probe:write"]}]
