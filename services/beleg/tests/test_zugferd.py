"""Rules BE-3 and BE-11: the e-invoice inside a PDF, and PDFs that mean harm."""

import time
import zlib
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfWriter

from valero.beleg.findings import Verdict, judge
from valero.beleg.formats import Kind
from valero.beleg.invoice import Syntax
from valero.beleg.reading import Reading, read
from valero.beleg.sample import Sample, dump
from valero.kit.testing.tokens import TENANT

PLAIN = "urn:cen.eu:en16931:2017"


def zugferd(xml: bytes, name: str = "factur-x.xml", password: str | None = None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_attachment("beiblatt.txt", b"nichts")
    writer.add_attachment(name, xml)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def in_profile(profile: str) -> bytes:
    text = dump(Sample(number="Z1")).decode()
    start = text.index("<ram:ID>urn:cen.eu")
    end = text.index("</ram:ID>", start)
    return (text[:start] + f"<ram:ID>{profile}" + text[end:]).encode()


@pytest.mark.parametrize("name", ["factur-x.xml", "xrechnung.xml", "ZUGFeRD-invoice.xml"])
def test_be_3_the_invoice_in_a_pdf_is_read(name: str) -> None:
    reading = read(zugferd(in_profile(PLAIN), name))
    assert reading.invoice is not None
    assert reading.invoice.number == "Z1"
    assert (reading.format.kind, reading.format.media_type) == (Kind.CII, "application/pdf")
    assert reading.xml == in_profile(PLAIN)


@pytest.mark.parametrize(
    "profile",
    [
        "urn:factur-x.eu:1p0:minimum",
        "urn:factur-x.eu:1p0:basicwl",
        "urn:zugferd.de:2p0:minimum",
        "urn:zugferd.de:2p0:basicwl",
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_be_3_minimum_and_basic_wl_are_other_invoices(profile: str, inside: bool) -> None:
    xml = (
        in_profile(profile)
        .replace(b"<ram:LineTotalAmount>", b"<ram:Anderes>")
        .replace(b"</ram:LineTotalAmount>", b"</ram:Anderes>")
    )
    reading = read(zugferd(xml) if inside else xml)
    assert reading.invoice is None
    assert reading.problem_de is not None
    assert "sonstige Rechnung" in reading.problem_de


@pytest.mark.parametrize("profile", ["basic", "extended"])
def test_be_3_the_other_profiles_are_e_invoices(profile: str) -> None:
    number = f"{PLAIN}#{'compliant' if profile == 'basic' else 'conformant'}#"
    reading = read(zugferd(in_profile(f"{number}urn:factur-x.eu:1p0:{profile}")))
    assert reading.invoice is not None
    assert judge(reading.findings) is Verdict.VALID


def told(reading: Reading) -> str:
    assert reading.invoice is None
    assert reading.format.kind is Kind.PDF
    assert reading.problem_de is not None
    return reading.problem_de


def test_a_pdf_without_an_invoice_says_so() -> None:
    assert "enthält keine E-Rechnung" in told(read(zugferd(b"<a/>", "anlage.xml")))


def test_a_pdf_whose_xml_is_something_else_says_so() -> None:
    assert "keine E-Rechnung nach EN 16931" in told(read(zugferd(b"<a/>")))


def test_entities_inside_a_pdf_are_refused_as_outside() -> None:
    xml = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"
    assert "DOCTYPE" in told(read(zugferd(xml)))


def bomb() -> bytes:
    """An attachment of 256 megabytes in a quarter of one."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(256)) + packer.flush()
    before, _, after = zugferd(b"MARK" * 50).partition(b"MARK" * 50)
    about, _, rest = before.rpartition(b"/Length 200")
    length = b"/Length %d /Filter /FlateDecode" % len(packed)
    return about + length + rest + packed + after


def endless() -> bytes:
    """A name tree that contains itself."""
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 3 0 R>>>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n3 0 obj<</Kids[3 0 R 3 0 R]>>endobj\n"
        b"trailer<</Root 1 0 R/Size 4>>\n%%EOF"
    )


HOSTILE = {
    "empty": b"%PDF-1.7",
    "cut off": zugferd(dump(Sample(number="1")))[:700],
    "encrypted": zugferd(dump(Sample(number="1")), password="geheim"),
    "endless": endless(),
    "deep": b"%PDF-1.7\n1 0 obj" + b"[" * 100_000 + b"endobj\ntrailer<</Root 1 0 R>>",
    "noise": b"%PDF-1.7\n" + bytes(range(256)) * 4000,
    "many objects": b"%PDF-1.7\n" + b"".join(b"%d 0 obj<<>>endobj\n" % n for n in range(100_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_be_11_a_hostile_pdf_ends_in_a_sentence(name: str) -> None:
    started = time.monotonic()
    assert "Bitte" in told(read(HOSTILE[name]))
    assert time.monotonic() - started < 60


def test_be_11_a_bomb_in_a_pdf_takes_neither_memory_nor_time() -> None:
    data = bomb()
    assert len(data) < 500_000
    assert "zu aufwendig" in told(read(data))


async def test_a_zugferd_file_is_received_judged_and_given_back_as_it_came(beleg: Any) -> None:
    pdf = zugferd(in_profile(PLAIN))
    document = await beleg.receive(pdf, name="rechnung.pdf", media_type="application/pdf")
    assert (document["state"], document["media_type"]) == ("received", "application/pdf")
    assert document["invoice"]["number"] == "Z1"
    assert (await beleg.get(document["id"]))["verdict"]["state"] == "pending"
    original = await beleg.user.get(f"/api/beleg/documents/{document['id']}/original")
    assert original.content == pdf
    async with beleg.app.state.examining as examining:
        await examining.examine_tenant(TENANT)
    verdict = (await beleg.get(document["id"]))["verdict"]
    assert verdict["verdict"] == Verdict.VALID


def test_ubl_inside_a_pdf_is_read_too() -> None:
    reading = read(zugferd(dump(Sample(number="U1"), Syntax.UBL), "xrechnung.xml"))
    assert reading.invoice is not None
    assert reading.invoice.syntax is Syntax.UBL
