"""What a German invoice must contain: § 14 (4) and § 14a UStG, over our invoice model (BE-5).

The numbers are ours: `UStG-14-4-2` is § 14 (4) sentence 1 no. 2. A missing item puts the buyer's
input VAT at risk; number and date (nos. 3 and 4) are demanded by the reader already.
"""

import re
from collections.abc import Callable
from typing import Final

from valero.beleg import rulebook
from valero.beleg.findings import ErrorClass, Finding, Level
from valero.beleg.invoice import Invoice, Party
from valero.beleg.rulebook import Rule

PACK: Final = "UStG 2025"

_UNTAXED: Final = frozenset(("E", "AE", "K", "G"))
_ADVANCE: Final = frozenset(("386",))
_MERE_REFERENCE: Final = re.compile(
    r"(laut|lt\.?|gemäß|gem\.?|siehe|s\.|wie)\s+(\w+\s+)?"
    r"(lieferschein|anlage|anhang|angebot|auftrag|bestellung|vereinbarung)\w*[\s\w./-]*",
    re.IGNORECASE,
)


def find(invoice: Invoice) -> tuple[Finding, ...]:
    """All missing contents, in the order of the law."""
    return rulebook.apply(RULES, invoice)


def _lacks_address(party: Party) -> bool:
    address = party.address
    return not (address and address.city and (address.line_one or address.post_code))


def _lacks_supply_date(invoice: Invoice) -> bool:
    if invoice.type_code in _ADVANCE or invoice.period is not None:
        return False
    if invoice.delivery is not None and invoice.delivery.delivered_on is not None:
        return False
    return not all(line.period for line in invoice.lines)


def _uses(invoice: Invoice, category: str) -> bool:
    return any(group.category == category for group in invoice.taxes)


def _lacks_reason(invoice: Invoice) -> bool:
    return any(
        group.category in _UNTAXED and not (group.exemption_reason or group.exemption_code)
        for group in invoice.taxes
    )


def _hides_reverse_charge(invoice: Invoice) -> bool:
    """The code VATEX-EU-AE says the same as the words of § 14a (5)."""
    words = re.compile(r"steuerschuldnerschaft|reverse charge", re.IGNORECASE)
    notes = " ".join(note.text for note in invoice.notes)
    return any(
        group.category == "AE"
        and (group.exemption_code or "").upper() != "VATEX-EU-AE"
        and not words.search(f"{group.exemption_reason or ''} {notes}")
        for group in invoice.taxes
    )


def _seller_vat_id(invoice: Invoice) -> str | None:
    representative = invoice.tax_representative
    return invoice.seller.vat_id or (representative.vat_id if representative else None)


def _rule(
    law: str, field: str, de: str, en: str, is_broken: Callable[[Invoice], bool],
) -> Rule:  # fmt: skip
    return Rule(
        id=law, field=field, de=de, en=en, is_broken=is_broken, error_class=ErrorClass.CONTENT
    )


RULES: Final[tuple[Rule, ...]] = (
    _rule(
        "UStG-14-4-1-seller",
        "BG-5",
        "Die vollständige Anschrift des Verkäufers (BG-5) fehlt, § 14 Abs. 4 Nr. 1 UStG. Bitte "
        "Straße oder Postleitzahl und Ort ergänzen.",
        "The full address of the seller (BG-5) is missing, § 14 (4) no. 1 UStG. Please add it.",
        lambda i: _lacks_address(i.seller),
    ),
    _rule(
        "UStG-14-4-1-buyer",
        "BG-8",
        "Die vollständige Anschrift des Käufers (BG-8) fehlt, § 14 Abs. 4 Nr. 1 UStG. Bitte "
        "Straße oder Postleitzahl und Ort ergänzen.",
        "The full address of the buyer (BG-8) is missing, § 14 (4) no. 1 UStG. Please add it.",
        lambda i: _lacks_address(i.buyer),
    ),
    _rule(
        "UStG-14-4-2",
        "BT-31",
        "Weder Umsatzsteuer-ID (BT-31) noch Steuernummer (BT-32) des Verkäufers sind angegeben, "
        "§ 14 Abs. 4 Nr. 2 UStG. Bitte eine der beiden Nummern ergänzen.",
        "Neither VAT identifier (BT-31) nor tax number (BT-32) of the seller is given, § 14 (4) "
        "no. 2 UStG. Please add one of them.",
        lambda i: not (i.seller.tax_number or _seller_vat_id(i)),
    ),
    Rule(
        id="UStG-14-4-5",
        field="BT-153",
        level=Level.WARNING,
        error_class=ErrorClass.CONTENT,
        de="Eine Position nennt statt der handelsüblichen Bezeichnung (BT-153) nur einen Verweis, "
        "§ 14 Abs. 4 Nr. 5 UStG. Bitte die Leistung in der Rechnung selbst bezeichnen.",
        en="A line gives a mere reference instead of the customary name (BT-153), § 14 (4) no. 5 "
        "UStG. Please name the supply in the invoice itself.",
        is_broken=lambda i: any(
            _MERE_REFERENCE.fullmatch(line.item.name) and not line.item.description
            for line in i.lines
        ),
    ),
    Rule(
        id="UStG-14-4-6",
        field="BT-72",
        level=Level.WARNING,
        error_class=ErrorClass.CONTENT,
        de="Der Zeitpunkt der Lieferung oder Leistung (BT-72, BG-14 oder BG-26) fehlt, § 14 Abs. 4 "
        "Nr. 6 UStG. Bitte ergänzen, sofern er sich nicht aus den Unterlagen ergibt.",
        en="The date of supply (BT-72, BG-14 or BG-26) is missing, § 14 (4) no. 6 UStG. Please add "
        "it unless the documents tell it.",
        is_broken=_lacks_supply_date,
    ),
    _rule(
        "UStG-14-4-8",
        "BT-120",
        "Eine steuerfreie Leistung nennt keinen Grund der Befreiung (BT-120 oder BT-121), § 14 "
        "Abs. 4 Nr. 8 UStG. Bitte den Hinweis ergänzen.",
        "An exempt supply gives no reason (BT-120 or BT-121), § 14 (4) no. 8 UStG. Please add it.",
        _lacks_reason,
    ),
    _rule(
        "UStG-14a-3",
        "BT-48",
        "Bei einer innergemeinschaftlichen Lieferung fehlt die Umsatzsteuer-ID von Verkäufer "
        "(BT-31) oder Käufer (BT-48), § 14a Abs. 3 UStG. Bitte beide angeben.",
        "An intra-community supply lacks the VAT identifier of seller (BT-31) or buyer (BT-48), "
        "§ 14a (3) UStG. Please state both.",
        lambda i: _uses(i, "K") and not (_seller_vat_id(i) and i.buyer.vat_id),
    ),
    Rule(
        id="UStG-14a-5",
        field="BT-120",
        level=Level.WARNING,  # other languages may say the same, and a machine knows not all
        error_class=ErrorClass.CONTENT,
        de="Der Hinweis „Steuerschuldnerschaft des Leistungsempfängers“ (BT-120) fehlt, § 14a "
        "Abs. 5 UStG. Bitte ergänzen.",
        en='The words "Steuerschuldnerschaft des Leistungsempfängers" (BT-120) are missing, § 14a '
        "(5) UStG. Please add them.",
        is_broken=_hides_reverse_charge,
    ),
)
