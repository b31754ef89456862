"""Receiving: every file is kept once, byte for byte, and its invoice is read."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from valero.beleg.invoice import Syntax
from valero.beleg.sample import Sample, SampleParty, dump
from valero.beleg.uploads import MAX_FILE_BYTES, NAMELESS
from valero.contracts.envelope import Envelope, registry
from valero.kit.testing.tokens import OTHER_TENANT, TENANT, USER

SAMPLE = Sample(number="RE-1")


async def published(beleg: Any) -> list[Any]:
    """The events in the outbox, checked against the contracts."""
    async with beleg.app.state.database.transaction(tenant=TENANT) as session:
        rows = await session.scalars(text("select envelope from outbox order by id"))
        envelopes = [Envelope.model_validate(row) for row in rows]
    return [registry()[one.type].model_validate(one.data) for one in envelopes]


async def test_an_invoice_is_archived_and_read(beleg: Any) -> None:
    content = dump(SAMPLE)
    answer = await beleg.upload(content)
    assert answer.status_code == 201
    document = answer.json()
    sha256 = hashlib.sha256(content).hexdigest()
    assert beleg.path(sha256).read_bytes() == content
    assert answer.headers["location"] == f"/api/beleg/documents/{document['id']}"
    received_at = document.pop("received_at")
    assert received_at.endswith("Z")
    assert document == {
        "id": document["id"],
        "sha256": sha256,
        "filename": "rechnung.xml",
        "media_type": "application/xml",
        "size_bytes": len(content),
        "state": "received",
        "invoice": {
            "syntax": "cii",
            "type_code": "380",
            "number": "RE-1",
            "issued_on": "2026-03-01",
            "due_on": "2026-03-31",
            "currency": "EUR",
            "seller_name": "Mühle Beispiel GmbH",
            "buyer_name": "Hofladen Muster e. K.",
            "tax_inclusive": "119.00",
            "payable": "119.00",
        },
        "duplicate_of": None,
        "entry_id": None,
        "problem": None,
    }


async def test_an_invoice_is_reported_to_others(beleg: Any) -> None:
    document = await beleg.receive(SAMPLE)
    archived, received = await published(beleg)
    assert archived.type == "beleg.document_archived.v1"
    assert str(archived.document_id) == document["id"]
    assert archived.sha256 == document["sha256"]
    assert received.type == "beleg.invoice_received.v1"
    assert received.model_dump(mode="json") == {
        "document_id": document["id"],
        "sha256": document["sha256"],
        "syntax": "cii",
        "type_code": "380",
        "number": "RE-1",
        "issued_on": "2026-03-01",
        "due_on": "2026-03-31",
        "currency": "EUR",
        "seller_name": "Mühle Beispiel GmbH",
        "seller_vat_id": "DE123456789",
        "seller_tax_number": None,
        "buyer_name": "Hofladen Muster e. K.",
        "line_total": "100.00",
        "tax_exclusive": "100.00",
        "tax_total": "19.00",
        "tax_inclusive": "119.00",
        "prepaid": "0.00",
        "rounding": "0.00",
        "payable": "119.00",
        "taxes": [
            {
                "category": "S",
                "rate": "19",
                "base": "100.00",
                "tax": "19.00",
                "exemption_reason": None,
            }
        ],
        "note": None,
        "duplicate_of": None,
        "findings": [],
    }


async def test_a_rate_with_many_zeros_does_not_stop_the_event(beleg: Any) -> None:
    content = dump(SAMPLE).replace(b"Percent>19<", b"Percent>19.000000000000<")
    await beleg.receive(content)
    assert (await published(beleg))[1].taxes[0].rate == 19


async def test_a_contradiction_is_reported_with_the_amounts_as_stated(beleg: Any) -> None:
    content = dump(SAMPLE).replace(b"DuePayableAmount>119.00<", b"DuePayableAmount>118.00<")
    document = await beleg.receive(content)
    assert document["state"] == "received"
    assert document["invoice"]["payable"] == "118.00"
    assert (await published(beleg))[1].findings == ("BR-CO-16",)
    detail = await beleg.get(document["id"])
    assert detail["findings"][0]["rule"] == "BR-CO-16"
    assert "ergibt" in detail["findings"][0]["message"]


async def test_the_same_bytes_again_give_the_same_document_and_no_event(beleg: Any) -> None:
    first = await beleg.upload(dump(SAMPLE))
    again = await beleg.upload(dump(SAMPLE), "anderer-name.xml")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(await published(beleg)) == 2
    assert len(beleg.files) == 1


async def test_the_same_bytes_at_the_same_time_are_received_once(beleg: Any) -> None:
    answers = await asyncio.gather(*(beleg.upload(dump(SAMPLE)) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await published(beleg)) == 2
    assert len(beleg.files) == 1


async def test_the_same_number_in_other_bytes_is_accepted_and_marked(beleg: Any) -> None:
    cii = await beleg.receive(dump(SAMPLE, Syntax.CII))
    ubl = await beleg.receive(dump(SAMPLE, Syntax.UBL))
    third = await beleg.receive(replace(SAMPLE, note="dritte Fassung"))
    assert (cii["duplicate_of"], ubl["duplicate_of"]) == (None, cii["id"])
    assert third["duplicate_of"] == cii["id"]
    assert ubl["state"] == "received"
    events = await published(beleg)
    assert len(events) == 6
    assert str(events[3].duplicate_of) == cii["id"]


async def test_of_duplicates_at_the_same_time_exactly_one_is_the_first(beleg: Any) -> None:
    samples = [dump(replace(SAMPLE, note=f"Fassung {number}")) for number in range(6)]
    documents = await asyncio.gather(*(beleg.receive(content) for content in samples))
    first = [one["id"] for one in documents if one["duplicate_of"] is None]
    assert len(first) == 1
    assert {one["duplicate_of"] for one in documents} == {None, first[0]}


@pytest.mark.parametrize(
    "other",
    [
        replace(SAMPLE, number="RE-2"),
        replace(SAMPLE, seller=SampleParty(name="Mühle Beispiel GmbH", vat_id="DE987654321")),
        replace(SAMPLE, seller=SampleParty(name="Mühle Beispiel GmbH", tax_number="12/345")),
    ],
)
async def test_another_seller_or_number_is_no_duplicate(beleg: Any, other: Sample) -> None:
    await beleg.receive(SAMPLE)
    assert (await beleg.receive(other))["duplicate_of"] is None


async def test_a_seller_is_recognised_however_the_vat_id_is_written(beleg: Any) -> None:
    await beleg.receive(SAMPLE)
    seller = SampleParty(name="Beispiel-Mühle", vat_id="de 123 456 789")
    assert (await beleg.receive(replace(SAMPLE, seller=seller)))["duplicate_of"] is not None


async def test_two_tenants_with_the_same_file_know_nothing_of_each_other(beleg: Any) -> None:
    mine = await beleg.receive(SAMPLE)
    stranger = beleg.anybody.as_user("beleg:read", "beleg:receive", tenant=OTHER_TENANT)
    for path in ("", "/original", "/invoice"):
        answer = await stranger.get(f"/api/beleg/documents/{mine['id']}{path}")
        assert answer.status_code == 404
    assert (await stranger.get("/api/beleg/documents")).json()["items"] == []
    theirs = await beleg.upload(dump(SAMPLE), user=stranger)
    assert theirs.status_code == 201
    assert theirs.json()["id"] != mine["id"]
    assert theirs.json()["duplicate_of"] is None
    assert len(beleg.files) == 1
    assert len((await beleg.user.get("/api/beleg/documents")).json()["items"]) == 1


async def test_fi5_a_document_says_how_long_it_is_kept(beleg: Any) -> None:
    detail = await beleg.get((await beleg.receive(SAMPLE))["id"])
    year = int(detail["received_at"][:4])
    assert detail["retention"] == "vouchers"
    assert detail["deletable_on"] == f"{max(year, 2026) + 9}-01-01"


async def test_the_history_begins_with_the_receipt(beleg: Any) -> None:
    detail = await beleg.get((await beleg.receive(SAMPLE))["id"])
    (step,) = detail["history"]
    assert step["action"] == "received"
    assert step["note"] == "Empfangen und archiviert."
    assert step["user_id"] == str(USER)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"<Bestellung/>", "application/xml"),
        (b"<kaputt", "application/xml"),
        (b"%PDF-1.7 Rechnung", "application/pdf"),
        (b"\xff\xd8\xff\xe0 Foto", "image/jpeg"),
        (b"PK\x03\x04", "application/zip"),
        (b"Hallo", "application/octet-stream"),
    ],
)
async def test_what_cannot_be_read_is_kept_all_the_same(
    beleg: Any, content: bytes, media_type: str
) -> None:
    document = await beleg.receive(content, name="beleg.xml", media_type="text/html")
    assert document["state"] == "unreadable"
    assert document["invoice"] is None
    assert document["media_type"] == media_type
    assert "itte" in document["problem"]
    assert beleg.path(document["sha256"]).read_bytes() == content
    assert [event.type for event in await published(beleg)] == ["beleg.document_archived.v1"]
    english = await beleg.user.get(
        f"/api/beleg/documents/{document['id']}", headers={"Accept-Language": "en"}
    )
    assert "lease" in english.json()["problem"]


async def test_a_wrong_name_and_type_do_not_hide_an_invoice(beleg: Any) -> None:
    document = await beleg.receive(dump(SAMPLE), name="foto.jpg", media_type="image/jpeg")
    assert document["media_type"] == "application/xml"
    assert document["state"] == "received"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Rechnungen\\März.xml", "März.xml"),
        ("gut\u202egpj.xml", "gutgpj.xml"),
        ("x" * 300 + ".xml", "x" * 200),
        ("..", ".."),
        ("\t", NAMELESS),
    ],
)
async def test_a_file_name_is_only_a_label(beleg: Any, sent: str, kept: str) -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="'
        + sent.encode()
        + b'"\r\n\r\n'
        + dump(SAMPLE)
        + b"\r\n--B--\r\n"
    )
    answer = await post(beleg, body)
    assert answer.status_code == 201
    assert answer.json()["filename"] == kept


async def post(beleg: Any, body: Any, kind: str = "multipart/form-data; boundary=B") -> Any:
    headers = {"Content-Type": kind}
    return await beleg.user.post("/api/beleg/documents", content=body, headers=headers)


PART = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.xml"\r\n\r\n'


FORM = "multipart/form-data; boundary=B"
END = b"\r\n--B--\r\n"
REFUSED = {
    "an empty file": (PART + END, FORM),
    "a file cut off": (PART + b"halb", FORM),
    "two files": (PART + b"eins\r\n" + PART + b"zwei" + END, FORM),
    "another field": (PART.replace(b'"file"', b'"other"') + b"x" + END, FORM),
    "a field without a file": (PART.replace(b'; filename="a.xml"', b"") + b"x" + END, FORM),
    "no multipart": (b"kein multipart", FORM),
    "an empty body": (b"", FORM),
    "no boundary": (PART + b"x" + END, "multipart/form-data"),
    "a boundary too long": (PART + b"x" + END, "multipart/form-data; boundary=" + "B" * 5000),
    "JSON": (b'{"file": "x"}', "application/json"),
    "no type": (b"x", ""),
}


async def test_anything_but_one_whole_file_is_refused_and_leaves_nothing(beleg: Any) -> None:
    for what, (body, kind) in REFUSED.items():
        answer = await post(beleg, body, kind)
        assert answer.status_code == 422, what
        assert answer.json()["code"] == "UploadInvalid", what
        assert answer.json()["detail"], what
    assert beleg.files == []
    assert (await beleg.user.get("/api/beleg/documents")).json()["items"] == []


async def endless(chunks: int) -> AsyncIterator[bytes]:
    yield PART
    for _ in range(chunks):
        yield b"x" * (1024 * 1024)
    yield b"\r\n--B--\r\n"


async def test_a_file_over_the_limit_is_refused_and_leaves_nothing(beleg: Any) -> None:
    answer = await post(beleg, endless(MAX_FILE_BYTES // 1024**2 + 1))
    assert answer.status_code == 413
    assert beleg.files == []


async def test_a_file_near_the_limit_is_kept(beleg: Any) -> None:
    answer = await post(beleg, endless(MAX_FILE_BYTES // 1024**2 - 1))
    assert answer.status_code == 201
    assert answer.json()["size_bytes"] == MAX_FILE_BYTES - 1024**2


async def broken() -> AsyncIterator[bytes]:
    yield PART
    yield b"erste Haelfte"
    raise ConnectionResetError


async def test_a_lost_connection_leaves_nothing(beleg: Any) -> None:
    with pytest.raises(ConnectionResetError):
        await post(beleg, broken())
    assert beleg.files == []


async def test_a_full_disk_is_told_and_leaves_nothing(beleg: Any) -> None:
    incoming = beleg.home / "archive" / "incoming"
    incoming.rmdir()
    answer = await beleg.upload(dump(SAMPLE))
    assert answer.status_code == 503
    assert answer.json()["code"] == "ArchiveUnavailable"
    assert (await beleg.user.get("/api/beleg/documents")).json()["items"] == []


async def test_a_lost_database_leaves_no_document_and_the_next_try_succeeds(
    beleg: Any, postgres: Any
) -> None:
    await beleg.receive(replace(SAMPLE, number="vorher"))
    postgres.halt()
    answer = await beleg.upload(dump(SAMPLE))
    assert answer.status_code == 503
    postgres.start()
    again = await beleg.upload(dump(SAMPLE))
    assert again.status_code == 201
    assert len(await published(beleg)) == 4
