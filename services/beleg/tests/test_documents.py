"""Looking at documents: lists, the original, the invoice, and who may see what."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from valero.beleg.app import create
from valero.beleg.models import Base, Document
from valero.beleg.sample import Sample, SampleLine, SampleParty, dump
from valero.kit import migrate
from valero.kit.testing.tokens import TENANT

SAMPLE = Sample(number="RE-1")
LIST = "/api/beleg/documents"


async def listed(beleg: Any, **query: Any) -> dict[str, Any]:
    answer = await beleg.user.get(LIST, params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def numbers(page: dict[str, Any]) -> list[str]:
    return [item["invoice"]["number"] for item in page["items"]]


async def test_a_list_is_newest_first_and_read_page_by_page(beleg: Any) -> None:
    for number in range(5):
        await beleg.receive(replace(SAMPLE, number=f"RE-{number}"))
    first = await listed(beleg, limit=2, total=True)
    assert numbers(first) == ["RE-4", "RE-3"]
    assert first["total"] == 5
    second = await listed(beleg, limit=2, after=first["next"])
    third = await listed(beleg, limit=2, after=second["next"])
    assert numbers(second) + numbers(third) == ["RE-2", "RE-1", "RE-0"]
    assert third["next"] is None
    assert third["total"] is None


async def test_several_documents_are_read_at_once_by_their_ids(beleg: Any) -> None:
    for number in range(3):
        await beleg.receive(replace(SAMPLE, number=f"RE-{number}"))
    ids = [document["id"] for document in (await listed(beleg))["items"]]
    assert numbers(await listed(beleg, id=[ids[0], ids[2]])) == ["RE-2", "RE-0"]


async def test_a_list_is_filtered_by_state(beleg: Any) -> None:
    await beleg.receive(SAMPLE)
    await beleg.receive(b"%PDF-1.7")
    assert len((await listed(beleg, state="received"))["items"]) == 1
    assert len((await listed(beleg, state="unreadable"))["items"]) == 1
    assert (await listed(beleg, state="booked", total=True))["total"] == 0


async def test_words_are_searched_in_number_names_and_file(beleg: Any) -> None:
    seller = SampleParty(name="Imkerei 100%_Honig", vat_id="DE1")
    await beleg.receive(SAMPLE, name="maerz.xml")
    await beleg.receive(replace(SAMPLE, number="H-77", seller=seller), name="april.xml")
    assert numbers(await listed(beleg, q="re-1")) == ["RE-1"]
    assert numbers(await listed(beleg, q="imkerei h-77")) == ["H-77"]
    assert numbers(await listed(beleg, q="0%_h")) == ["H-77"]
    assert numbers(await listed(beleg, q="%")) == ["H-77"]
    assert numbers(await listed(beleg, q="APRIL")) == ["H-77"]
    assert numbers(await listed(beleg, q="imkerei re-1")) == []
    assert len(numbers(await listed(beleg, q="hofladen muster"))) == 2
    assert len(numbers(await listed(beleg, q="  "))) == 2


@pytest.mark.parametrize(
    "query", [{"after": "unsinn"}, {"limit": 0}, {"limit": 501}, {"state": "neu"}, {"q": "x" * 201}]
)
async def test_a_wrong_question_is_answered_with_what_is_wrong(
    beleg: Any, query: dict[str, Any]
) -> None:
    answer = await beleg.user.get(LIST, params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["in"] == "query"


async def test_the_original_comes_back_byte_for_byte_and_is_never_displayed(beleg: Any) -> None:
    content = dump(SAMPLE)
    document = await beleg.receive(content, name="Rechnung März; 1.xml")
    answer = await beleg.user.get(f"{LIST}/{document['id']}/original")
    assert answer.status_code == 200
    assert answer.content == content
    headers = answer.headers
    assert headers["content-disposition"] == (
        "attachment; filename*=UTF-8''Rechnung%20M%C3%A4rz%3B%201.xml"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["content-type"].startswith("application/xml")
    known = {"If-None-Match": headers["etag"]}
    again = await beleg.user.get(f"{LIST}/{document['id']}/original", headers=known)
    assert again.status_code == 304


@pytest.mark.parametrize("damage", ["altered", "gone"])
async def test_a_damaged_original_is_never_given_out(beleg: Any, damage: str) -> None:
    document = await beleg.receive(SAMPLE)
    path = beleg.path(document["sha256"])
    path.chmod(0o600)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b"119.00", b"911.00"))
    for part in ("original", "invoice"):
        answer = await beleg.user.get(f"{LIST}/{document['id']}/{part}")
        assert answer.status_code == 500
        assert answer.json()["code"] == "ArchiveDamaged"


async def test_all_fields_of_an_invoice_are_shown(beleg: Any) -> None:
    line = SampleLine(quantity=Decimal("2.5"), price=Decimal("1.2345"), unit="KGM")
    document = await beleg.receive(replace(SAMPLE, lines=(line,), note="Danke"))
    answer = await beleg.user.get(f"{LIST}/{document['id']}/invoice")
    assert answer.status_code == 200
    body = answer.json()
    assert body["document_id"] == document["id"]
    assert body["findings"] == []
    invoice = body["invoice"]
    assert invoice["notes"] == [{"subject_code": None, "text": "Danke"}]
    assert invoice["lines"][0]["price"]["net"] == "1.2345"
    assert invoice["lines"][0]["net"] == "3.09"
    assert invoice["totals"]["payable"] == "3.68"
    assert invoice["seller"]["address"]["city"] == "Osnabrück"
    assert invoice["payments"][0]["account"] == "DE02120300000000202051"


async def test_a_picture_has_no_invoice(beleg: Any) -> None:
    document = await beleg.receive(b"\x89PNG\r\n\x1a\n")
    answer = await beleg.user.get(f"{LIST}/{document['id']}/invoice")
    assert answer.status_code == 404
    assert answer.json()["code"] == "InvoiceMissing"
    assert answer.json()["detail"] == document["problem"]


async def test_an_unknown_document_is_not_found(beleg: Any) -> None:
    for part in ("", "/original", "/invoice"):
        path = f"{LIST}/00000000-0000-7000-8000-000000000000{part}"
        answer = await beleg.user.get(path)
        assert answer.status_code == 404
        assert answer.json()["code"] == "DocumentMissing"


ROUTES = [
    ("POST", LIST, "beleg:receive"),
    ("GET", LIST, "beleg:read"),
    ("GET", f"{LIST}/00000000-0000-7000-8000-000000000000", "beleg:read"),
    ("GET", f"{LIST}/00000000-0000-7000-8000-000000000000/original", "beleg:read"),
    ("GET", f"{LIST}/00000000-0000-7000-8000-000000000000/invoice", "beleg:read"),
    ("GET", f"{LIST}/00000000-0000-7000-8000-000000000000/rejection-letter", "beleg:read"),
    ("GET", f"{LIST}/00000000-0000-7000-8000-000000000000/rendering", "beleg:read"),
    ("GET", "/api/beleg/stream", "beleg:read"),
]


@pytest.mark.parametrize(("method", "path", "permission"), ROUTES)
async def test_every_route_wants_a_caller_and_its_permission(
    beleg: Any, method: str, path: str, permission: str
) -> None:
    assert (await beleg.anybody.request(method, path)).status_code == 401
    others = {"beleg:read", "beleg:receive", "beleg:approve", "fibu:read"} - {permission}
    refused = await beleg.anybody.as_user(*others).request(method, path)
    assert refused.status_code == 403


def test_the_table_of_routes_above_is_complete() -> None:
    paths = create().openapi()["paths"]
    documented = {
        (method.upper(), path.replace("{document_id}", "00000000-0000-7000-8000-000000000000"))
        for path, methods in paths.items()
        for method in methods
    }
    assert documented == {(method, path) for method, path, _permission in ROUTES}


async def test_the_migrated_tables_are_the_models(beleg: Any) -> None:
    assert await migrate.differences(beleg.database.url, Base.metadata) == []


MUTABLE = {"state", "entry_id"}
FROZEN = [column.name for column in Document.__table__.columns if column.name not in MUTABLE]


FORBIDDEN = [
    *(f"update beleg.documents set {column} = {column}" for column in FROZEN),
    "delete from beleg.documents",
    "truncate beleg.documents cascade",
    "update beleg.document_history set note_de = ''",
    "delete from beleg.document_history",
    "truncate beleg.document_history",
]


@pytest.mark.parametrize("role", ["owner", "superuser"])
async def test_fi1_no_role_can_change_or_remove_what_was_received(beleg: Any, role: str) -> None:
    await beleg.receive(SAMPLE)
    for statement in FORBIDDEN:
        with pytest.raises(DBAPIError, match="append-only"):
            await execute(beleg, role, statement)


async def execute(beleg: Any, role: str, statement: str) -> None:
    url = beleg.database.url if role == "owner" else beleg.database.admin_url
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"select set_config('valero.tenant', '{TENANT}', true)"))
            await connection.execute(text(statement))
    finally:
        await engine.dispose()
