"""The page for people: complete, German, escaped, and unable to run or load anything."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from valero.beleg import rendering
from valero.beleg.broken_samples import XRECHNUNG
from valero.beleg.invoice import Invoice, Syntax
from valero.beleg.reading import read
from valero.beleg.sample import SELLER, Sample, SampleLine, dump

SUITE = Path(__file__).resolve().parents[4] / "shared" / "data" / "xrechnung"
FILES = sorted(SUITE.glob("*.xml")) if SUITE.is_dir() else []


def invoice_of(data: bytes) -> Invoice:
    found = read(data).invoice
    assert found is not None
    return found


def words(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


def test_the_page_says_in_german_what_the_document_states() -> None:
    line = SampleLine(quantity=Decimal(12), price=Decimal("1234.50"))
    page = rendering.page(invoice_of(dump(Sample(number="R-7", lines=(line,), note="Vielen Dank"))))
    told = words(page)
    for stated in (
        "Rechnung R-7",
        "Mühle Beispiel GmbH",
        "49074 Osnabrück",
        "01.03.2026",
        "31.03.2026",
        "14.814,00",
        "2.814,66",
        "17.628,66",
        "12 Stück",
        "19 %",
        "SEPA-Überweisung",
        "DE02120300000000202051",
        "DE123456789",
        "Vielen Dank",
    ):
        assert stated in told, stated
    assert '<html lang="de">' in page


@pytest.mark.skipif(not FILES, reason="the official XRechnung suite is not beside the project")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_official_invoice_becomes_a_page_with_its_lines_and_total(path: Path) -> None:
    invoice = invoice_of(path.read_bytes())
    page = rendering.page(invoice)
    told = words(page)
    assert rendering.number(invoice.totals.payable) in told
    assert all(" ".join(line.item.name.split()) in told for line in invoice.lines)
    assert "<script" not in page


def test_texts_of_the_sender_cannot_become_markup() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
    sample = Sample(
        number="1",
        seller=replace(SELLER, name=evil, street=evil),
        lines=(SampleLine(name=evil),),
        note=evil,
    )
    tree = html.fromstring(rendering.page(invoice_of(dump(sample))))
    assert tree.xpath("//script | //img | //a | //@onerror | //@href | //@src") == []
    assert tree.text_content().count("<script>alert(1)</script>") >= 3


def test_the_policy_allows_nothing_but_the_style_sheet_of_the_page() -> None:
    page = rendering.page(invoice_of(dump(Sample(number="1"))))
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = rendering.content_security_policy()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "sandbox;" in policy
    assert "url(" not in style[1]
    assert "style=" not in page


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0", "0"), ("-1234567.80", "-1.234.567,80"), ("0.1234", "0,1234"), ("1000", "1.000")],
)
def test_numbers_are_written_as_germans_do(value: str, shown: str) -> None:
    assert rendering.number(Decimal(value)) == shown


def test_a_day_long_ago_keeps_four_digits() -> None:
    assert rendering.day(date(26, 3, 1)) == "01.03.0026"


async def test_the_page_is_served_with_its_findings(beleg: Any) -> None:
    document = await beleg.receive(XRECHNUNG["BR-DE-15"].file(Syntax.CII))
    answer = await beleg.user.get(f"/api/beleg/documents/{document['id']}/rendering")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == rendering.content_security_policy()
    assert "Die Käuferreferenz (Leitweg-ID) (BT-10) fehlt" in words(answer.text)


async def test_a_picture_has_no_page(beleg: Any) -> None:
    document = await beleg.receive(b"\x89PNG\r\n\x1a\n", name="bild.png")
    answer = await beleg.user.get(f"/api/beleg/documents/{document['id']}/rendering")
    assert (answer.status_code, answer.json()["code"]) == (404, "InvoiceMissing")
