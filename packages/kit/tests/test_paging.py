import base64
import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valero.kit.clock import new_id
from valero.kit.paging import CursorInvalid, decode_cursor, encode_cursor
from valero.kit.testing.clients import AppClient

NOBODY = "00000000-0000-7000-8000-000000000000"  # the same in every process of a parallel run
NOTES = "/api/probe/notes"


@pytest.fixture
async def reader(client: AppClient) -> AppClient:
    """Signed in to a tenant with seven notes."""
    user = client.as_user("probe:read", "probe:write")
    for number in (3, 1, 7, 5, 2, 6, 4):
        await user.post(NOTES, json={"number": number, "text": "even"[: 4 * (1 - number % 2)]})
    return user


async def read_all(reader: AppClient, query: str) -> list[list[int]]:
    pages, after = [], ""
    while True:
        page = (await reader.get(f"{NOTES}?{query}{after}")).json()
        pages.append([item["number"] for item in page["items"]])
        if page["next"] is None:
            return pages
        after = f"&after={page['next']}"


@pytest.mark.parametrize(
    ("limit", "pages"),
    [(3, [[1, 2, 3], [4, 5, 6], [7]]), (7, [[1, 2, 3, 4, 5, 6, 7]]), (500, [[*range(1, 8)]])],
)
async def test_pages_follow_each_other_without_gap_or_overlap(
    reader: AppClient, limit: int, pages: list[list[int]]
) -> None:
    assert await read_all(reader, f"limit={limit}") == pages


async def test_a_filter_holds_on_every_page(reader: AppClient) -> None:
    assert await read_all(reader, "limit=2&text=even") == [[2, 4], [6]]


async def test_what_arrives_meanwhile_does_not_shift_the_pages(reader: AppClient) -> None:
    first = (await reader.get(f"{NOTES}?limit=3")).json()
    await reader.post(NOTES, json={"number": 0})
    second = (await reader.get(f"{NOTES}?limit=3&after={first['next']}")).json()
    assert [item["number"] for item in second["items"]] == [4, 5, 6]


async def test_the_total_is_counted_only_on_request(reader: AppClient) -> None:
    assert (await reader.get(f"{NOTES}?limit=2")).json()["total"] is None
    assert (await reader.get(f"{NOTES}?limit=2&total=true")).json()["total"] == 7


def forged(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "§§§",
        forged(None),
        forged([]),
        forged([1]),
        forged(["x", NOBODY]),
        forged([1, "x"]),
        forged([1, NOBODY, 2]),
        forged({"a": 1}),
    ],
)
async def test_a_tampered_cursor_is_refused(reader: AppClient, cursor: str) -> None:
    answer = await reader.get(NOTES, params={"after": cursor})
    assert answer.status_code == 422
    assert answer.json()["code"] == "CursorInvalid"


async def test_a_cursor_beyond_every_column_is_refused_by_the_database(reader: AppClient) -> None:
    answer = await reader.get(NOTES, params={"after": forged([2**80, str(new_id())])})
    assert (answer.status_code, answer.json()["code"]) == (422, "ValueRefused")


@given(st.tuples(st.dates(), st.uuids(version=4), st.integers(), st.text()))
def test_a_cursor_carries_its_values(values: tuple[date, UUID, int, str]) -> None:
    assert decode_cursor(encode_cursor(*values), date, UUID, int, str) == values


@given(st.text())
def test_no_text_makes_the_cursor_reader_fail_otherwise(text: str) -> None:
    with pytest.raises(CursorInvalid):
        decode_cursor(text, date, UUID)


async def test_an_unchanged_answer_is_not_sent_again(client: AppClient) -> None:
    first = await client.get("/api/probe/versions/1")
    tag = first.headers["etag"]
    again = await client.get("/api/probe/versions/1", headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    newer = await client.get("/api/probe/versions/2", headers={"If-None-Match": tag})
    assert newer.status_code == 200
    assert newer.headers["etag"] != tag
