"""Rule BE-4: every received e-invoice gets a verdict in one of three classes, which is kept."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from valero.beleg import verdict
from valero.beleg.broken_samples import CONTENT, XRECHNUNG
from valero.beleg.invoice import Syntax
from valero.beleg.sample import Sample, dump
from valero.kit.testing.tokens import TENANT

DETAIL = "/api/beleg/documents"


@pytest.fixture
async def examining(beleg: Any) -> AsyncIterator[Any]:
    async with beleg.app.state.examining as running:
        yield running


async def judged(beleg: Any, document_id: str) -> dict[str, Any]:
    async with asyncio.timeout(90):
        while True:
            detail: dict[str, Any] = await beleg.get(document_id)
            if detail["verdict"]["state"] == "done":
                return detail
            await asyncio.sleep(0.1)


RULE = XRECHNUNG["BR-DE-15"].file(Syntax.CII)
BROKEN = {
    "valid": dump(Sample(number="1")),
    "rule_errors": RULE,
    "content_errors": CONTENT["UStG-14-4-2"].file(Syntax.UBL),
    "format_errors": dump(Sample(number="1")).replace(b"<ram:CityName>", b"<ram:X/><ram:CityName>"),
}


async def test_be_4_each_class_is_recognised(beleg: Any, examining: Any) -> None:
    for expected, content in BROKEN.items():
        received = await beleg.receive(content)
        detail = await judged(beleg, received["id"])
        assert detail["verdict"]["verdict"] == expected
        assert detail["verdict"]["rule_pack"] == verdict.rule_pack()
        assert [step["action"] for step in detail["history"]] == ["received", "examined"]


async def test_a_receipt_does_not_wait_for_its_verdict(beleg: Any) -> None:
    document = await beleg.receive(RULE)
    detail = await beleg.get(document["id"])
    assert detail["verdict"] == {
        "state": "pending",
        "verdict": None,
        "title": None,
        "rule_pack": None,
        "examined_at": None,
    }
    finding = detail["findings"][0]
    assert (finding["rule"], finding["field"], finding["level"]) == ("BR-DE-15", "BT-10", "fatal")


async def test_an_unreadable_invoice_gets_the_official_findings_too(
    beleg: Any, examining: Any
) -> None:
    content = dump(Sample(number="R1")).replace(b"<ram:ID>R1</ram:ID>", b"")
    document = await beleg.receive(content)
    assert document["state"] == "unreadable"
    detail = await judged(beleg, document["id"])
    assert detail["verdict"]["verdict"] == "format_errors"
    assert {"LESBARKEIT", "BR-02"} <= {one["rule"] for one in detail["findings"]}


async def test_a_picture_is_not_judged(beleg: Any, examining: Any) -> None:
    document = await beleg.receive(b"\x89PNG\r\n\x1a\n", name="bild.png")
    assert (await beleg.get(document["id"]))["verdict"] is None


async def test_what_waited_while_nobody_worked_is_judged_at_the_next_start(beleg: Any) -> None:
    document = await beleg.receive(RULE)
    async with beleg.app.state.examining:
        detail = await judged(beleg, document["id"])
    assert detail["verdict"]["verdict"] == "rule_errors"


async def test_a_second_judgement_under_the_same_rules_changes_nothing(
    beleg: Any, examining: Any
) -> None:
    document = await beleg.receive(RULE)
    await judged(beleg, document["id"])
    assert await examining.examine_tenant(TENANT) == 0


async def test_a_verdict_cannot_be_changed(beleg: Any, examining: Any) -> None:
    document = await beleg.receive(RULE)
    await judged(beleg, document["id"])
    with pytest.raises(DBAPIError, match="append-only"):
        async with beleg.app.state.database.transaction(tenant=TENANT) as session:
            await session.execute(text("update examinations set verdict = 'valid'"))


async def test_the_rejection_letter_names_invoice_and_findings(beleg: Any) -> None:
    document = await beleg.receive(RULE, name="rechnung.xml")
    answer = await beleg.user.get(f"{DETAIL}/{document['id']}/rejection-letter")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Zurückweisung Ihrer Rechnung R1" in answer.text
    assert "Mühle Beispiel GmbH" in answer.text
    assert "Geschäftsregelfehler:\n- Die Käuferreferenz (Leitweg-ID) (BT-10) fehlt." in answer.text
    assert "(BR-DE-15)" in answer.text


async def test_nothing_is_rejected_without_a_reason(beleg: Any) -> None:
    document = await beleg.receive(Sample(number="1"))
    answer = await beleg.user.get(f"{DETAIL}/{document['id']}/rejection-letter")
    assert answer.status_code == 409
    assert answer.json()["code"] == "NothingToReject"
