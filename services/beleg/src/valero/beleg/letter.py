"""The letter that sends an invoice back: German, ready to be sent, with every fatal finding.

§ 14 (1), (4) UStG and the letter of the Federal Ministry of Finance of 15 October 2025 (BE-4).
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from valero.beleg.findings import CLASS_TITLES, ErrorClass, Finding, Level
from valero.beleg.invoice import Invoice

_CONSEQUENCES: Final = {
    ErrorClass.FORMAT: "Die Datei ist damit keine E-Rechnung im Sinne des § 14 Abs. 1 UStG; sie "
    "berechtigt uns nicht sicher zum Vorsteuerabzug.",
    ErrorClass.CONTENT: "Damit fehlen Pflichtangaben nach §§ 14, 14a UStG; der Vorsteuerabzug ist "
    "erst aus einer berichtigten Rechnung möglich.",
    ErrorClass.RULE: "Damit verletzt die Rechnung die Geschäftsregeln der Norm EN 16931 oder von "
    "XRechnung.",
}


def rejection(
    findings: Iterable[Finding], *, invoice: Invoice | None, filename: str, received_on: date
) -> str:
    """Plain text; for `invoice` None the file name stands for it."""
    broken = [one for one in findings if one.level is Level.FATAL]
    parts = [*_opening(invoice, filename, received_on), ""]
    for error_class in ErrorClass:
        own = [one for one in broken if one.error_class is error_class]
        if own:
            title = CLASS_TITLES[error_class][0]
            parts += [f"{title}:", *(f"- {one.de} ({one.rule})" for one in own)]
            parts += [_CONSEQUENCES[error_class], ""]
    parts += [
        "Bitte senden Sie uns eine berichtigte E-Rechnung. Bis dahin gilt die Rechnung als nicht "
        "eingegangen; Zahlungs- und Skontofristen beginnen erst mit der berichtigten Rechnung.",
        "",
        "Mit freundlichen Grüßen",
    ]
    return "\n".join(parts) + "\n"


def _opening(invoice: Invoice | None, filename: str, received_on: date) -> list[str]:
    day = f"{received_on:%d.%m.%Y}"
    if invoice is None:
        about = f"Ihre Datei „{filename}“"
        lines = [f"Zurückweisung Ihrer Datei „{filename}“"]
    else:
        about = f"Ihre Rechnung {invoice.number} vom {invoice.issued_on:%d.%m.%Y}"
        lines = [str(invoice.seller.name), "", f"Zurückweisung Ihrer Rechnung {invoice.number}"]
    return [
        *lines,
        "",
        "Guten Tag,",
        "",
        f"{about} ist am {day} bei uns eingegangen. Die Prüfung hat ergeben:",
    ]
