"""Hostile XML in, a bounded tree and literal field values out (rule BE-11).

Refused: document type declarations (hence entities of any kind), encodings that could hide markup
from the count below, and files with more markup than any real invoice. libxml2 adds its own limits
on depth, name length and text size because `huge_tree` stays off.

libxml2 keeps every name it ever met in a dictionary of the thread, so `parse` belongs in a thread
that ends with it; see `reading.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import cache
from itertools import islice
from typing import Final, TypeVar

from lxml import etree

from valero.beleg.invoice import Unreadable

MAX_MARKUP = 1_500_000
"""Angle brackets and equals signs; bounds elements and attributes, and with them memory."""

MAX_LINES = 20_000
"""Invoice lines."""

MAX_TEXT = 100_000
"""Characters of one field; longer texts are no invoice field."""

ASK_DE: Final = "Bitte beim Lieferanten eine neue E-Rechnung anfordern."
ASK_EN: Final = "Please ask the supplier for a new e-invoice."

ENCODINGS: Final = frozenset(
    (
        *("utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii"),
        *("iso-8859-1", "iso-8859-15", "latin-1", "latin1", "windows-1252", "cp1252"),
    )
)

NAMESPACES: Final = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": ("urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"),
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "inv": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    "crn": "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}

_DECLARATION_BYTES = 300
_DECLARED_ENCODING = re.compile(rb"""\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")
_PLAIN_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
T = TypeVar("T")

_CENT = Decimal("0.01")
_TOO_LARGE = Decimal("1E16")


@dataclass(frozen=True, slots=True)
class Node:
    """An element with the paths of this module's prefixes."""

    element: etree._Element

    @property
    def name(self) -> str:
        """Name in Clark notation, `{namespace}local`."""
        return str(self.element.tag)

    def attribute(self, name: str) -> str | None:
        """Stripped attribute value; None when absent or empty."""
        return (self.element.get(name) or "").strip() or None

    def all(self, path: str) -> Iterator["Node"]:
        """Elements at `path`, in document order."""
        return (Node(found) for found in self.element.iterfind(_clark(path)))

    def first(self, path: str) -> "Node | None":
        """First element at `path`."""
        found = self.element.find(_clark(path))
        return None if found is None else Node(found)

    def own_text(self) -> str | None:
        """Stripped text of this element; None when empty. Raises Unreadable when too long."""
        text = (self.element.text or "").strip()
        if len(text) > MAX_TEXT:
            raise Unreadable(
                de=f"Ein Textfeld ist länger als {MAX_TEXT} Zeichen. {ASK_DE}",
                en=f"A text field is longer than {MAX_TEXT} characters. {ASK_EN}",
            )
        return text or None

    def text(self, path: str) -> str | None:
        """Text of the first element at `path`."""
        found = self.first(path)
        return None if found is None else found.own_text()

    def whole_text(self, path: str) -> str | None:
        """As `text`, with the line breaks at its end, which BT-20 gives a meaning (BR-DE-18)."""
        found = self.first(path)
        if found is None or found.own_text() is None:
            return None
        return (found.element.text or "").strip(" \t").lstrip()


@cache
def _clark(path: str) -> str:
    """`path` with prefixes written out, which lxml finds twice as fast; paths are constants."""
    return re.sub(r"(\w+):", lambda match: f"{{{NAMESPACES[match.group(1)]}}}", path)


def parse(data: bytes) -> Node:
    """The root of an XML file; raises Unreadable for anything broken, hostile or oversized."""
    _check_encoding(data)
    if data.count(b"<") + data.count(b"=") > MAX_MARKUP:
        raise Unreadable(
            de=f"Die XML-Datei enthält mehr Elemente, als eine Rechnung haben kann. {ASK_DE}",
            en=f"The XML file has more elements than an invoice can have. {ASK_EN}",
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Unreadable(
            de=f"Die Datei ist kein gültiges XML ({_reason(error)}). {ASK_DE}",
            en=f"The file is not valid XML ({_reason(error)}). {ASK_EN}",
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(
            de=f"Die XML-Datei enthält eine DOCTYPE-Angabe; das ist aus Sicherheitsgründen nicht "
            f"erlaubt und in E-Rechnungen nicht vorgesehen. {ASK_DE}",
            en=f"The XML file has a DOCTYPE declaration, which is refused for security. {ASK_EN}",
        )
    return Node(root)


def _check_encoding(data: bytes) -> None:
    """UTF-16 declarations do not match as bytes; libxml2 knows UTF-16 by its byte order mark."""
    name = "utf-8"
    head = data[: _DECLARATION_BYTES + 3].removeprefix(b"\xef\xbb\xbf")
    if head.startswith(b"<?xml"):
        declared = _DECLARED_ENCODING.search(head.partition(b"?>")[0])
        if declared:
            name = declared.group(1).decode("ascii").lower()
        elif b"?>" not in head:
            name = "?"
    if name not in ENCODINGS:
        raise Unreadable(
            de=f"Die Zeichenkodierung „{name}“ wird nicht angenommen, üblich ist UTF-8. {ASK_DE}",
            en=f'The character encoding "{name}" is not accepted, UTF-8 is usual. {ASK_EN}',
        )


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:160]


def required(value: T | None, term: str) -> T:
    """`value`, or Unreadable naming the missing business term."""
    if value is None:
        raise Unreadable(
            de=f"Die Pflichtangabe {term} fehlt. {ASK_DE}",
            en=f"The mandatory field {term} is missing. {ASK_EN}",
        )
    return value


def limited(lines: Iterator[Node]) -> list[Node]:
    """At most MAX_LINES lines; raises Unreadable beyond, so that reading time is bounded."""
    found = list(islice(lines, MAX_LINES + 1))
    if len(found) > MAX_LINES:
        raise Unreadable(
            de=f"Die Rechnung hat mehr als {MAX_LINES} Positionen. Bitte von Hand buchen.",
            en=f"The invoice has more than {MAX_LINES} lines. Please book it by hand.",
        )
    return found


def decimal(text: str | None, term: str) -> Decimal | None:
    """An xs:decimal exactly as written; raises Unreadable for exponents, commas and words."""
    if text is None:
        return None
    if not _DECIMAL.fullmatch(text):
        shown = text[:40]
        raise Unreadable(
            de=f"Die Angabe {term} ist keine Zahl: „{shown}“. {ASK_DE}",
            en=f'The field {term} is not a number: "{shown}". {ASK_EN}',
        )
    return Decimal(text)


def amount(text: str | None, term: str) -> Decimal | None:
    """An amount padded to two decimals; more decimals are kept as written."""
    value = decimal(text, term)
    if value is None:
        return None
    if abs(value) >= _TOO_LARGE:
        raise Unreadable(
            de=f"Der Betrag {term} ist zu groß. {ASK_DE}",
            en=f"The amount {term} is too large. {ASK_EN}",
        )
    padded = value.quantize(_CENT, rounding=ROUND_DOWN)
    return padded if padded == value else value


def money(text: str | None, term: str) -> Decimal | None:
    """An amount that must be exact to the cent (BR-DEC); raises Unreadable otherwise."""
    value = amount(text, term)
    if value is not None and value.as_tuple().exponent != _CENT.as_tuple().exponent:
        raise Unreadable(
            de=f"Der Betrag {term} hat mehr als zwei Nachkommastellen: {value}. {ASK_DE}",
            en=f"The amount {term} has more than two decimals: {value}. {ASK_EN}",
        )
    return value


def iso_day(text: str | None, term: str) -> date | None:
    """An xs:date; a time zone is ignored, because invoice dates are calendar days."""
    return _day(text, _ISO_DAY, term)


def plain_day(text: str | None, term: str) -> date | None:
    """A date in UNTDID 2379 format 102, `CCYYMMDD`."""
    return _day(text, _PLAIN_DAY, term)


def _day(text: str | None, form: re.Pattern[str], term: str) -> date | None:
    if text is None:
        return None
    try:
        found = form.fullmatch(text)
        if found is None:
            raise ValueError("wrong form")
        return date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    except ValueError as error:
        raise Unreadable(
            de=f"Die Angabe {term} ist kein Datum: „{text[:40]}“. {ASK_DE}",
            en=f'The field {term} is not a date: "{text[:40]}". {ASK_EN}',
        ) from error
