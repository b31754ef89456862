"""German sentences for findings of the official rules; data in `data/official-rules.toml`.

The official rules speak English and of XML; people need the field and the remedy. A rule without a
sentence of its own gets one from its family, at last one that names the place in the file.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from valero.beleg import terms

Told = tuple[str, str]
"""Field and German sentence."""

_TERM = re.compile(r"\bB[TG]-\d+\b")
_CATEGORY = re.compile(r"BR-([A-Z]{1,2})-(\d\d)")
_STEP = re.compile(r"(?:\*:|\w+:)?(\w+)(?:\[[^\]]*\])*$")
_ID = re.compile(r"^\s*\[[^\]]+\]\s*-?\s*")

_SELLER_OR_BUYER: Final = {
    "AE": ("BT-48", "Dafür müssen Steuernummer oder Umsatzsteuer-ID des Verkäufers (BT-31, BT-32, "
           "BT-63) und Umsatzsteuer-ID oder Registernummer des Käufers (BT-48, BT-47) angegeben "
           "sein. Bitte ergänzen."),
    "IC": ("BT-48", "Dafür müssen die Umsatzsteuer-IDs von Verkäufer (BT-31 oder BT-63) und Käufer "
           "(BT-48) angegeben sein. Bitte ergänzen."),
    "G": ("BT-31", "Dafür muss die Umsatzsteuer-ID des Verkäufers (BT-31 oder BT-63) angegeben "
          "sein. Bitte ergänzen."),
    "O": ("BT-31", "Dann darf keine Umsatzsteuer-ID von Verkäufer oder Käufer (BT-31, BT-63, "
          "BT-48) angegeben sein. Bitte die Nummer weglassen oder die Kategorie berichtigen."),
}  # fmt: skip
_SELLER: Final = (
    "BT-31",
    "Dafür muss die Umsatzsteuer-ID oder Steuernummer des Verkäufers (BT-31, BT-32 oder BT-63) "
    "angegeben sein. Bitte ergänzen.",
)
_RATES: Final = {
    "S": "er muss größer als null sein",
    "O": "es darf keiner angegeben sein",
    "AF": "er darf nicht negativ sein",
    "AG": "er darf nicht negativ sein",
}
_TAXES: Final = {"S", "AF", "AG"}
_UNEXPLAINED: Final = {"S", "Z", "AF", "AG"}


def tell(rule: str, official: str, location: str) -> Told:
    """Field and German sentence for a broken official rule.

    `official` is its English sentence, `location` the XPath of the element.
    """
    data = _data()
    if rule in data["own"]:
        field, sentence = data["own"][rule]
        return field, sentence
    return (
        _template(rule, data) or _category(rule, data) or _from_official(rule, official, location)
    )


def english(official: str) -> str:
    """The official sentence without its leading number."""
    return _ID.sub("", " ".join(official.split()))


def place(location: str) -> str:
    """The element's name at the end of an XPath."""
    found = _STEP.search(re.sub(r"\[namespace-uri\(\)='[^']*'\]", "", location))
    return found.group(1) if found else "Wurzelelement"


def _template(rule: str, data: dict[str, Any]) -> Told | None:
    if rule in data["missing"]:
        wanted = data["missing"][rule]
        return wanted[0], f"Die Angabe {terms.named(*wanted)} fehlt. Bitte ergänzen."
    if rule in data["scheme"]:
        term = data["scheme"][rule]
        return term, f"Zur Angabe {terms.named(term)} fehlt die Schemakennung. Bitte ergänzen."
    if rule in data["codes"]:
        term, codes = data["codes"][rule]
        return term, (
            f"Der Code in {terms.named(term)} steht nicht in der Codeliste {codes}. "
            "Bitte einen gültigen Code angeben."
        )
    if rule in data["decimals"]:
        term = data["decimals"][rule]
        return term, (
            f"Der Betrag {terms.named(term)} hat mehr als zwei Nachkommastellen. "
            "Bitte auf Cent runden."
        )
    if rule in data["sums"]:
        term, formula = data["sums"][rule]
        return term, (
            f"Der Betrag {terms.named(term)} stimmt nicht mit {formula} überein. "
            "Bitte die Beträge berichtigen."
        )
    return None


def _category(rule: str, data: dict[str, Any]) -> Told | None:
    found = _CATEGORY.fullmatch(rule)
    if found is None or found[1] not in data["categories"]:
        return None
    family, number = found.groups()
    told = data["category_rules"].get(number)
    if told is None:
        return None
    party, parties = _SELLER_OR_BUYER.get(family, _SELLER)
    exemption = (
        "Ein Befreiungsgrund (BT-120, BT-121) ist angegeben, obwohl die Leistung steuerpflichtig "
        "ist."
        if family in _UNEXPLAINED
        else "Der Grund, warum keine Steuer anfällt (BT-120 oder BT-121), fehlt."
    )
    words = {
        "category": f"„{data['categories'][family]}“",
        "party": party,
        "parties": parties,
        "rate": _RATES.get(family, "er muss null sein"),
        "tax": "er ist nicht Bemessungsgrundlage (BT-116) mal Satz (BT-119)"
        if family in _TAXES
        else "er muss null sein",
        "exemption": exemption,
    }
    field, sentence = told
    return field.format(**words), sentence.format(**words)


def _from_official(rule: str, official: str, location: str) -> Told:
    """The family's sentence, with the field from the official text where it names one."""
    stated = _TERM.findall(official)
    element = place(location)
    field = stated[0] if stated else element
    where = terms.named(*dict.fromkeys(stated)) if stated else f"„{element}“"
    if rule.startswith(("UBL-CR", "UBL-DT")) or "marked as not used" in official:
        return field, (
            f"Die Angabe {where} ist nach EN 16931 an dieser Stelle nicht vorgesehen. "
            "Bitte weglassen."
        )
    if "exactly 1" in official or "at least 1" in official or "is required" in official:
        return (
            field,
            f"Unter „{element}“ fehlt eine Pflichtangabe ({english(official)}). Bitte ergänzen.",
        )
    if rule.startswith(("UBL-SR", "CII-SR")) or "maximum" in official:
        return field, (
            f"Die Angabe {where} kommt zu oft vor oder ist unvollständig "
            f"({english(official)}). Bitte nur einmal und vollständig angeben."
        )
    if "not allowed" in official:
        return field, f"Der Wert in „{element}“ ist nicht erlaubt. Bitte einen gültigen angeben."
    return (
        field,
        f"Die Regel {rule} ist bei {where} verletzt ({english(official)}). "
        "Bitte die Angabe berichtigen.",
    )


@cache
def _data() -> dict[str, Any]:
    content = files("valero.beleg").joinpath("data/official-rules.toml").read_text("utf-8")
    return tomllib.loads(content)
