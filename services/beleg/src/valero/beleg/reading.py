"""From bytes to an invoice, or to a sentence that says why not and what to do.

Reading never fails: a document that cannot be read is still received, archived and shown.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from re import fullmatch
from typing import Final

from valero.beleg import checks, cii, content, formats, pdf, ubl, xrechnung
from valero.beleg.findings import Finding, merge
from valero.beleg.formats import Format, Kind
from valero.beleg.invoice import Invoice, Unreadable
from valero.beleg.xmltree import ASK_DE, ASK_EN, Node, parse

PLAIN_PROFILES: Final = (":minimum", ":basicwl")
"""ZUGFeRD profiles that are no e-invoice in the sense of § 14 (1) UStG (rule BE-3)."""

_GUIDELINE: Final = (
    "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
)

LONGEST_NUMBER: Final = 200
LONGEST_NAME: Final = 500
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
HIGHEST_RATE: Final = Decimal(100)

_READERS: Final[dict[str, tuple[Kind, Callable[[Node], Invoice]]]] = {
    cii.ROOT: (Kind.CII, cii.load),
    ubl.INVOICE_ROOT: (Kind.UBL, ubl.load),
    ubl.CREDIT_NOTE_ROOT: (Kind.UBL, ubl.load),
}

_PLAIN: Final = {
    Kind.PDF: (
        "Das PDF enthält keine E-Rechnung (ZUGFeRD oder Factur-X), es ist eine sonstige Rechnung. "
        "Bitte den Beleg von Hand buchen oder beim Lieferanten eine E-Rechnung anfordern.",
        "The PDF contains no e-invoice (ZUGFeRD or Factur-X). Please book the document by hand or "
        "ask the supplier for an e-invoice.",
    ),
    Kind.IMAGE: (
        "Ein Bild ist keine E-Rechnung. Bitte den Beleg von Hand buchen oder beim Lieferanten "
        "eine E-Rechnung anfordern.",
        "An image is not an e-invoice. Please book the document by hand or ask the supplier for "
        "an e-invoice.",
    ),
    Kind.OTHER: (
        "Die Datei ist weder eine E-Rechnung (XML) noch ein PDF oder Bild. Bitte prüfen, ob es "
        "die richtige Datei ist, und gegebenenfalls die richtige hochladen.",
        "The file is neither an e-invoice (XML) nor a PDF or image. Please check whether it is "
        "the right file, and upload the right one if not.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What became of a file; without an invoice there is a problem in both languages."""

    format: Format
    """A PDF with an e-invoice in it is of the kind of that invoice."""
    xml: bytes | None = None
    """The e-invoice in EN 16931 syntax, also one that could not be read further."""
    invoice: Invoice | None = None
    findings: tuple[Finding, ...] = ()
    problem_de: str | None = None
    problem_en: str | None = None


def read(data: bytes) -> Reading:
    """Read a whole file of any kind. Bounded by the limits in `xmltree` and `pdf`; never raises."""
    found = formats.detect(data[: formats.HEAD_BYTES])
    if found.kind is Kind.PDF:
        return _read_pdf(data)
    if found.kind is not Kind.XML:
        de, en = _PLAIN[found.kind]
        return Reading(format=found, problem_de=de, problem_en=en)
    return _read_xml(data, formats.XML.media_type)


def _read_pdf(data: bytes) -> Reading:
    """The XML decides (BE-8); the page is only its picture."""
    try:
        xml = pdf.embedded_xml(data)
    except Unreadable as error:
        return Reading(format=formats.PDF, problem_de=error.de, problem_en=error.en)
    if xml is None:
        de, en = _PLAIN[Kind.PDF]
        return Reading(format=formats.PDF, problem_de=de, problem_en=en)
    inside = _read_xml(xml, formats.PDF.media_type)
    return inside if inside.xml is not None else replace(inside, format=formats.PDF)


def _read_xml(data: bytes, media_type: str) -> Reading:
    kind, xml = Kind.XML, None
    try:
        root = parse(data)
        kind, load = _reader(root)
        xml = data
        _check_profile(root)
        invoice = load(root)
        _check_header(invoice)
        findings = merge(checks.find(invoice), xrechnung.find(invoice), content.find(invoice))
    except Unreadable as error:
        return Reading(
            format=Format(kind, media_type), xml=xml, problem_de=error.de, problem_en=error.en
        )
    return Reading(format=Format(kind, media_type), xml=xml, invoice=invoice, findings=findings)


def read_in_own_thread(data: bytes) -> Reading:
    """`read` in a thread that ends with it, which frees the names libxml2 remembers per thread."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="beleg-reading") as thread:
        return thread.submit(read, data).result()


def _reader(root: Node) -> tuple[Kind, Callable[[Node], Invoice]]:
    found = _READERS.get(root.name)
    if found is None:
        name = root.name.rpartition("}")[2][:60]
        raise Unreadable(
            de=f"Die XML-Datei ist keine E-Rechnung nach EN 16931 (Wurzelelement „{name}“). "
            "Angenommen werden XRechnung und ZUGFeRD als CII oder UBL. "
            "Bitte prüfen, ob es die richtige Datei ist.",
            en=f'The XML file is no e-invoice under EN 16931 (root element "{name}"). '
            "XRechnung and ZUGFeRD as CII or UBL are accepted. "
            "Please check whether it is the right file.",
        )
    return found


def _check_profile(root: Node) -> None:
    """Before the fields, many of which these profiles lack."""
    if (root.text(_GUIDELINE) or "").lower().endswith(PLAIN_PROFILES):
        raise Unreadable(
            de="Das Profil MINIMUM oder BASIC WL ist keine E-Rechnung im Sinne des § 14 UStG, "
            "sondern eine sonstige Rechnung. Bitte von Hand buchen oder beim Lieferanten eine "
            "E-Rechnung im Profil EN 16931 oder XRechnung anfordern.",
            en="The profile MINIMUM or BASIC WL is not an e-invoice in the sense of § 14 UStG. "
            "Please book it by hand or ask the supplier for profile EN 16931 or XRechnung.",
        )


def _check_header(invoice: Invoice) -> None:
    """What lists, events and bookings rest on must be there and plausible."""
    days = [day for day in (invoice.issued_on, invoice.due_on) if day]
    rules = (
        (bool(fullmatch(r"[A-Z]{3}", invoice.currency)), "BT-5"),
        (bool(fullmatch(r"[0-9]{1,4}", invoice.type_code)), "BT-3"),
        (len(invoice.number) <= LONGEST_NUMBER, "BT-1"),
        (_is_name(invoice.seller.name), "BT-27"),
        (_is_name(invoice.buyer.name), "BT-44"),
        (len(invoice.seller.vat_id or "") <= LONGEST_NUMBER, "BT-31"),
        (len(invoice.seller.tax_number or "") <= LONGEST_NUMBER, "BT-32"),
        (all(EARLIEST <= day <= LATEST for day in days), "BT-2/BT-9"),
        (all(fullmatch(r"[A-Z]{1,2}", group.category) for group in invoice.taxes), "BT-118"),
        (all(_is_rate(group.rate) for group in invoice.taxes), "BT-119"),
    )
    for holds, term in rules:
        if not holds:
            raise Unreadable(
                de=f"Die Angabe {term} fehlt oder ist nicht verwendbar. {ASK_DE}",
                en=f"The field {term} is missing or not usable. {ASK_EN}",
            )


def _is_name(name: str | None) -> bool:
    return name is not None and len(name) <= LONGEST_NAME


def _is_rate(rate: Decimal | None) -> bool:
    """At most six decimals, which the event carries."""
    return rate is None or (0 <= rate <= HIGHEST_RATE and rate == round(rate, 6))
