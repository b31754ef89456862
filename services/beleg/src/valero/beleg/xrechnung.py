"""The German rules of the CIUS XRechnung 3.0.x, over our invoice model (rule BE-6).

Source: KoSIT, XRechnung schematron v2.5.0 (31 January 2026): same numbers, same weight. They bind
documents that declare XRechnung in BT-24; a plain EN 16931 invoice is a valid German e-invoice
without them. BR-DE-12, 13 and 29 no longer exist.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from valero.beleg import rulebook
from valero.beleg.findings import Finding, Level
from valero.beleg.invoice import Address, Contact, Invoice, Payment
from valero.beleg.rulebook import Rule

PACK: Final = "XRechnung 3.0 (KoSIT 2.5.0)"

CIUS: Final = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EXTENSION: Final = f"{CIUS}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
CVD: Final = f"{CIUS}#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9"

_TYPES: Final = frozenset(("326", "380", "381", "384", "389", "875", "876", "877"))
_CORRECTED: Final = "384"
_TAXED: Final = frozenset(("S", "Z", "E", "AE", "K", "G", "L", "M"))
_TRANSFER, _CARD, _DEBIT = frozenset(("30", "58")), frozenset(("48", "54", "55")), "59"
_SEPA_TRANSFER: Final = "58"
_MEDIA_TYPES: Final = frozenset(
    (
        *("application/pdf", "image/png", "image/jpeg", "text/csv", "application/xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    )
)
_SKONTO: Final = re.compile(
    r"#SKONTO#TAGE=[0-9]+#PROZENT=[0-9]+\.[0-9]{2}(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#"
)
_BETWEEN_MARKS: Final = re.compile(r"#.+#")
_LINE_END: Final = re.compile(r"[ \t\r\f\v]*\n")
_EMAIL: Final = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+")
_URL: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:.*", re.DOTALL)
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")
_LEITWEG_ID: Final = re.compile(r"[0-9]{2,12}(-[0-9A-Za-z]{1,30})?-[0-9]{2}")
_FEWEST_DIGITS: Final = 3


def find(invoice: Invoice) -> tuple[Finding, ...]:
    """All broken rules of XRechnung in the order of their numbers."""
    if declares_xrechnung(invoice):
        return rulebook.apply(RULES, invoice)
    # to a public buyer, whom a Leitweg-ID tells, nothing but XRechnung may go
    if _LEITWEG_ID.fullmatch(invoice.references.buyer or ""):
        return rulebook.apply((_SPECIFICATION,), invoice)
    return ()


def declares_xrechnung(invoice: Invoice) -> bool:
    """Whether BT-24 names XRechnung, in whatever version."""
    return "xrechnung" in (invoice.specification or "").lower()


def is_iban(text: str | None) -> bool:
    """Form and check digits after ISO 13616; spaces do not matter."""
    iban = re.sub(r"\s", "", text or "").upper()
    if not _IBAN.fullmatch(iban):
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def _address(address: Address | None) -> Address:
    return address or Address()


def _contact(invoice: Invoice) -> Contact:
    return invoice.seller.contact or Contact()


def _has_contact(invoice: Invoice) -> bool:
    return invoice.seller.contact is not None


def _delivery(invoice: Invoice) -> Address | None:
    return invoice.delivery.address if invoice.delivery else None


def _lacks_tax_identity(invoice: Invoice) -> bool:
    categories = {line.category for line in invoice.lines}
    categories |= {one.category for one in invoice.allowances_charges}
    seller = invoice.seller
    known = seller.vat_id or seller.tax_number or invoice.tax_representative
    return bool(categories & _TAXED) and not known


def _has_wrong_skonto(invoice: Invoice) -> bool:
    terms = invoice.payment_terms or ""
    marked = [" ".join(line.split()) for line in terms.splitlines()]
    marked = [line for line in marked if line.startswith("#")]
    if not marked:
        return False
    last = _BETWEEN_MARKS.split(terms)[-1]
    ends = _LINE_END.match(last) is not None
    return not (ends and all(_SKONTO.fullmatch(line) for line in marked))


def _has_double_filename(invoice: Invoice) -> bool:
    names = [one.filename for one in invoice.attachments if one.filename]
    return len(names) != len(set(names))


def _paid_by(invoice: Invoice, *codes: str) -> Iterator[Payment]:
    return (one for one in invoice.payments if one.means_code in codes)


def _has_transfer(payment: Payment) -> bool:
    return any((payment.account, payment.account_name, payment.bank))


def _has_card(payment: Payment) -> bool:
    return any((payment.card_number, payment.card_holder))


def _has_debit(payment: Payment) -> bool:
    return any((payment.mandate, payment.debited_account))


def _is_debited(invoice: Invoice) -> bool:
    return any(_has_debit(one) for one in invoice.payments)


def _digits(text: str | None) -> int:
    return sum(sign.isdigit() for sign in text or "")


def _missing(rule: str, field: str, what: str, english: str) -> tuple[str, str, str, str]:
    return (
        rule,
        field,
        f"{what} ({field}) fehlt. XRechnung verlangt die Angabe. Bitte ergänzen.",
        f"{english} ({field}) is missing. XRechnung requires it. Please add it.",
    )


def _rule(
    told: tuple[str, str, str, str], is_broken: Callable[[Invoice], bool], *,
    level: Level = Level.FATAL,
) -> Rule:  # fmt: skip
    rule, field, de, en = told
    return Rule(id=rule, field=field, de=de, en=en, is_broken=is_broken, level=level)


def _warning(told: tuple[str, str, str, str], is_broken: Callable[[Invoice], bool]) -> Rule:
    return _rule(told, is_broken, level=Level.WARNING)


_SPECIFICATION: Final = _warning(
    (
        "BR-DE-21",
        "BT-24",
        "Die Kennung der Spezifikation (BT-24) ist nicht die von XRechnung 3.0. Bitte "
        f"„{CIUS}“ angeben.",
        "The specification identifier (BT-24) is not that of XRechnung 3.0. "
        f'Please state "{CIUS}".',
    ),
    lambda i: i.specification not in (CIUS, EXTENSION, CVD),
)

RULES: Final[tuple[Rule, ...]] = (
    _rule(
        _missing("BR-DE-1", "BG-16", "Die Zahlungsangabe", "The payment instruction"),
        lambda i: not i.payments,
    ),
    _rule(
        _missing("BR-DE-2", "BG-6", "Der Ansprechpartner des Verkäufers", "The seller contact"),
        lambda i: not _has_contact(i),
    ),
    _rule(
        _missing("BR-DE-3", "BT-37", "Der Ort des Verkäufers", "The seller city"),
        lambda i: i.seller.address is not None and not i.seller.address.city,
    ),
    _rule(
        _missing("BR-DE-4", "BT-38", "Die Postleitzahl des Verkäufers", "The seller post code"),
        lambda i: i.seller.address is not None and not i.seller.address.post_code,
    ),
    _rule(
        _missing("BR-DE-5", "BT-41", "Der Name des Ansprechpartners", "The seller contact point"),
        lambda i: _has_contact(i) and not _contact(i).name,
    ),
    _rule(
        _missing("BR-DE-6", "BT-42", "Das Telefon des Ansprechpartners", "The contact telephone"),
        lambda i: _has_contact(i) and not _contact(i).phone,
    ),
    _rule(
        _missing("BR-DE-7", "BT-43", "Die E-Mail des Ansprechpartners", "The contact email"),
        lambda i: _has_contact(i) and not _contact(i).email,
    ),
    _rule(
        _missing("BR-DE-8", "BT-52", "Der Ort des Käufers", "The buyer city"),
        lambda i: i.buyer.address is not None and not i.buyer.address.city,
    ),
    _rule(
        _missing("BR-DE-9", "BT-53", "Die Postleitzahl des Käufers", "The buyer post code"),
        lambda i: i.buyer.address is not None and not i.buyer.address.post_code,
    ),
    _rule(
        _missing("BR-DE-10", "BT-77", "Der Ort der Lieferanschrift", "The deliver to city"),
        lambda i: _delivery(i) is not None and not _address(_delivery(i)).city,
    ),
    _rule(
        _missing("BR-DE-11", "BT-78", "Die Postleitzahl der Lieferung", "The deliver to post code"),
        lambda i: _delivery(i) is not None and not _address(_delivery(i)).post_code,
    ),
    _rule(
        _missing("BR-DE-14", "BT-119", "Der Umsatzsteuersatz einer Gruppe", "The VAT rate"),
        lambda i: any(group.rate is None for group in i.taxes),
    ),
    _rule(
        _missing("BR-DE-15", "BT-10", "Die Käuferreferenz (Leitweg-ID)", "The buyer reference"),
        lambda i: not i.references.buyer,
    ),
    _rule(
        (
            "BR-DE-16",
            "BT-31",
            "Der Verkäufer nennt weder Umsatzsteuer-ID (BT-31) noch Steuernummer (BT-32) noch "
            "einen Steuervertreter (BG-11). Bitte eine der Nummern ergänzen.",
            "The seller states neither VAT identifier (BT-31) nor tax number (BT-32) nor a tax "
            "representative (BG-11). Please add one of them.",
        ),
        _lacks_tax_identity,
    ),
    _warning(
        (
            "BR-DE-17",
            "BT-3",
            "Die Rechnungsart (BT-3) ist in XRechnung nicht vorgesehen. Bitte 326, 380, 381, 384, "
            "389, 875, 876 oder 877 angeben.",
            "The invoice type code (BT-3) is not foreseen in XRechnung. Please state 326, 380, "
            "381, 384, 389, 875, 876 or 877.",
        ),
        lambda i: i.type_code not in _TYPES,
    ),
    _rule(
        (
            "BR-DE-18",
            "BT-20",
            "Eine Skontozeile in den Zahlungsbedingungen (BT-20) hat nicht die Form "
            "„#SKONTO#TAGE=14#PROZENT=2.00#“ mit Zeilenumbruch am Ende. Bitte so angeben.",
            "A cash discount line in the payment terms (BT-20) does not have the form "
            '"#SKONTO#TAGE=14#PROZENT=2.00#" with a line break at its end. Please state it so.',
        ),
        _has_wrong_skonto,
    ),
    _warning(
        (
            "BR-DE-19",
            "BT-84",
            "Das Konto für die SEPA-Überweisung (BT-84) ist keine gültige IBAN. Bitte die IBAN "
            "berichtigen.",
            "The account for the SEPA transfer (BT-84) is no valid IBAN. Please correct it.",
        ),
        lambda i: any(not is_iban(one.account) for one in _paid_by(i, _SEPA_TRANSFER)),
    ),
    _warning(
        (
            "BR-DE-20",
            "BT-91",
            "Das belastete Konto der SEPA-Lastschrift (BT-91) ist keine gültige IBAN. Bitte die "
            "IBAN berichtigen.",
            "The debited account (BT-91) is no valid IBAN. Please correct it.",
        ),
        lambda i: any(not is_iban(one.debited_account) for one in _paid_by(i, _DEBIT)),
    ),
    _SPECIFICATION,
    _rule(
        (
            "BR-DE-22",
            "BT-125",
            "Mehrere Anlagen (BT-125) haben denselben Dateinamen. Bitte jede Anlage eindeutig "
            "benennen.",
            "Several attachments (BT-125) have the same file name. Please name each uniquely.",
        ),
        _has_double_filename,
    ),
    _rule(
        (
            "BR-DE-23-a",
            "BG-17",
            "Bei Zahlung durch Überweisung (BT-81 = 30 oder 58) fehlt das Konto (BG-17). Bitte "
            "die Bankverbindung ergänzen.",
            "Payment is by transfer (BT-81 = 30 or 58), but the account (BG-17) is missing. "
            "Please add it.",
        ),
        lambda i: any(not _has_transfer(one) for one in _paid_by(i, *_TRANSFER)),
    ),
    _rule(
        (
            "BR-DE-23-b",
            "BT-81",
            "Bei Zahlung durch Überweisung (BT-81 = 30 oder 58) dürfen weder Karte (BG-18) noch "
            "Lastschrift (BG-19) angegeben sein. Bitte weglassen.",
            "Payment is by transfer (BT-81 = 30 or 58), so neither card (BG-18) nor direct debit "
            "(BG-19) may be given. Please leave them out.",
        ),
        lambda i: any(_has_card(one) or _has_debit(one) for one in _paid_by(i, *_TRANSFER)),
    ),
    _rule(
        (
            "BR-DE-24-a",
            "BG-18",
            "Bei Kartenzahlung (BT-81 = 48, 54 oder 55) fehlen die Angaben zur Karte (BG-18). "
            "Bitte ergänzen.",
            "Payment is by card (BT-81 = 48, 54 or 55), but the card (BG-18) is missing. Please "
            "add it.",
        ),
        lambda i: any(not _has_card(one) for one in _paid_by(i, *_CARD)),
    ),
    _rule(
        (
            "BR-DE-24-b",
            "BT-81",
            "Bei Kartenzahlung (BT-81 = 48, 54 oder 55) dürfen weder Überweisung (BG-17) noch "
            "Lastschrift (BG-19) angegeben sein. Bitte weglassen.",
            "Payment is by card (BT-81 = 48, 54 or 55), so neither transfer (BG-17) nor direct "
            "debit (BG-19) may be given. Please leave them out.",
        ),
        lambda i: any(_has_transfer(one) or _has_debit(one) for one in _paid_by(i, *_CARD)),
    ),
    _rule(
        (
            "BR-DE-25-a",
            "BG-19",
            "Bei Lastschrift (BT-81 = 59) fehlen Mandat und Konto (BG-19). Bitte ergänzen.",
            "Payment is by direct debit (BT-81 = 59), but mandate and account (BG-19) are "
            "missing. Please add them.",
        ),
        lambda i: any(not _has_debit(one) for one in _paid_by(i, _DEBIT)),
    ),
    _rule(
        (
            "BR-DE-25-b",
            "BT-81",
            "Bei Lastschrift (BT-81 = 59) dürfen weder Überweisung (BG-17) noch Karte (BG-18) "
            "angegeben sein. Bitte weglassen.",
            "Payment is by direct debit (BT-81 = 59), so neither transfer (BG-17) nor card "
            "(BG-18) may be given. Please leave them out.",
        ),
        lambda i: any(_has_transfer(one) or _has_card(one) for one in _paid_by(i, _DEBIT)),
    ),
    _warning(
        (
            "BR-DE-26",
            "BG-3",
            "Eine korrigierte Rechnung (BT-3 = 384) nennt die berichtigte Rechnung nicht (BG-3). "
            "Bitte deren Nummer ergänzen.",
            "A corrected invoice (BT-3 = 384) does not name the invoice it corrects (BG-3). "
            "Please add its number.",
        ),
        lambda i: i.type_code == _CORRECTED and not i.references.preceding,
    ),
    _warning(
        (
            "BR-DE-27",
            "BT-42",
            "Das Telefon des Ansprechpartners (BT-42) hat weniger als drei Ziffern. Bitte eine "
            "Telefonnummer angeben.",
            "The contact telephone (BT-42) has fewer than three digits. Please state a number.",
        ),
        lambda i: bool(_contact(i).phone) and _digits(_contact(i).phone) < _FEWEST_DIGITS,
    ),
    _warning(
        (
            "BR-DE-28",
            "BT-43",
            "Die E-Mail des Ansprechpartners (BT-43) ist keine E-Mail-Adresse. Bitte berichtigen.",
            "The contact email (BT-43) is no email address. Please correct it.",
        ),
        lambda i: bool(_contact(i).email) and not _EMAIL.fullmatch(_contact(i).email or ""),
    ),
    _rule(
        _missing("BR-DE-30", "BT-90", "Die Gläubiger-Identifikationsnummer", "The creditor id"),
        lambda i: _is_debited(i) and not i.creditor_id,
    ),
    _rule(
        _missing("BR-DE-31", "BT-91", "Die IBAN des belasteten Kontos", "The debited account"),
        lambda i: _is_debited(i) and not any(one.debited_account for one in i.payments),
    ),
    _warning(
        (
            "BR-TMP-2",
            "BT-124",
            "Die Internetadresse einer Anlage (BT-124) ist keine vollständige Adresse. Bitte mit "
            "„https://“ beginnend angeben.",
            "The location of an attachment (BT-124) is no absolute address. Please begin it with "
            '"https://".',
        ),
        lambda i: any(one.location and not _URL.match(one.location) for one in i.attachments),
    ),
    _rule(
        (
            "BR-DEX-01",
            "BT-125",
            "Eine Anlage (BT-125) hat einen Dateityp, den auch die Extension nicht erlaubt. Bitte "
            "PDF, PNG, JPEG, CSV, XLSX, ODS oder XML beifügen.",
            "An attachment (BT-125) has a type that even the extension does not allow. Please "
            "attach PDF, PNG, JPEG, CSV, XLSX, ODS or XML.",
        ),
        lambda i: (
            i.specification == EXTENSION
            and any(one.media_type and one.media_type not in _MEDIA_TYPES for one in i.attachments)
        ),
    ),
)
