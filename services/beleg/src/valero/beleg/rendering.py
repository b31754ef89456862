"""An e-invoice as a page for people: German, printable, without scripts and without the network.

Shows what the document states and computes nothing. Every text of the sender is escaped; the page
carries its one style sheet, whose hash is the only thing its content security policy allows.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from html import escape
from importlib.resources import files
from typing import Final

from valero.beleg import terms
from valero.beleg.findings import Finding, Level
from valero.beleg.invoice import (
    Address,
    AllowanceCharge,
    Invoice,
    Line,
    Party,
    Payment,
    Period,
    TaxGroup,
)

_TYPES: Final = {
    "326": "Teilrechnung",
    "380": "Rechnung",
    "381": "Rechnungskorrektur (Gutschrift)",
    "384": "Korrigierte Rechnung",
    "386": "Vorauszahlungsrechnung",
    "389": "Gutschrift (Selbstfakturierung)",
    "875": "Teilrechnung für Bauleistungen",
    "876": "Teilschlussrechnung für Bauleistungen",
    "877": "Schlussrechnung für Bauleistungen",
}
_MEANS: Final = {
    "10": "Barzahlung",
    "30": "Überweisung",
    "48": "Kartenzahlung",
    "49": "Lastschrift",
    "54": "Kreditkarte",
    "55": "Debitkarte",
    "57": "Dauerauftrag",
    "58": "SEPA-Überweisung",
    "59": "SEPA-Lastschrift",
    "97": "Verrechnung",
}
_UNITS: Final = {
    "H87": "Stück", "C62": "Stück", "XPP": "Stück", "KGM": "kg", "GRM": "g", "TNE": "t",
    "DTN": "dt", "LTR": "l", "MTR": "m", "MTK": "m²", "MTQ": "m³", "HUR": "Std.", "MIN": "Min.",
    "DAY": "Tage", "WEE": "Wochen", "MON": "Monate", "ANN": "Jahre", "KWH": "kWh", "KMT": "km",
    "LS": "pauschal", "SET": "Satz", "P1": "%",
}  # fmt: skip
_CATEGORIES: Final = {
    "S": "steuerpflichtig", "Z": "Nullsatz", "E": "steuerfrei", "AE": "Reverse Charge",
    "K": "innergemeinschaftlich", "G": "Ausfuhr", "O": "nicht steuerbar", "L": "IGIC", "M": "IPSI",
}  # fmt: skip


def page(invoice: Invoice, findings: Iterable[Finding] = (), *, title: str | None = None) -> str:
    """The whole HTML page; `title` is that of the verdict, if there is one already."""
    name = f"{_TYPES.get(invoice.type_code, f'Beleg der Art {invoice.type_code}')}"
    body = "".join(
        (
            _head(invoice, name),
            _parties(invoice),
            _references(invoice),
            _lines(invoice),
            _sums(invoice),
            _taxes(invoice.taxes, invoice.currency),
            _payments(invoice),
            _notes(invoice),
            _attachments(invoice),
            _verdict(findings, title),
        )
    )
    return (
        '<!DOCTYPE html><html lang="de"><head><meta charset="utf-8">'
        f"<title>{escape(f'{name} {invoice.number}')}</title>"
        f"<style>{style()}</style></head><body>{body}</body></html>"
    )


def content_security_policy() -> str:
    """Nothing may be loaded or run; the style sheet is allowed by its hash."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"sandbox; default-src 'none'; style-src 'sha256-{digest}'; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )


@cache
def style() -> str:
    """The style sheet of the page."""
    return files("valero.beleg").joinpath("data/rendering.css").read_text("utf-8")


def number(value: Decimal | None) -> str:
    """As Germans write it, with all decimals that the document states: `-1.234,50`."""
    return "" if value is None else f"{value:,f}".translate(str.maketrans(",.", ".,"))


def day(value: date | None) -> str:
    """`31.12.2026`, also for years before 1000."""
    return "" if value is None else f"{value.day:02}.{value.month:02}.{value.year:04}"


def _text(value: object) -> str:
    return escape("" if value is None else str(value))


def _pairs(*pairs: tuple[str, object]) -> str:
    """A list of the named values that are there."""
    stated = "".join(
        f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in pairs if value
    )
    return f"<dl>{stated}</dl>" if stated else ""


def _section(title: str, *content: str) -> str:
    inside = "".join(content)
    return f"<section><h2>{_text(title)}</h2>{inside}</section>" if inside else ""


def _row(*cells: str, numbers: frozenset[int] = frozenset(), tag: str = "td") -> str:
    """A row of escaped cells; `numbers` stand right."""
    return "<tr>" + "".join(
        f'<{tag} class="number">{cell}</{tag}>' if i in numbers else f"<{tag}>{cell}</{tag}>"
        for i, cell in enumerate(cells)
    ) + "</tr>"  # fmt: skip


def _head(invoice: Invoice, name: str) -> str:
    facts = _pairs(
        ("Rechnungsdatum", day(invoice.issued_on)),
        ("Leistungsdatum", day(invoice.delivery.delivered_on) if invoice.delivery else ""),
        ("Abrechnungszeitraum", _period(invoice.period)),
        ("Fällig am", day(invoice.due_on)),
        ("Zahlbetrag", f"{number(invoice.totals.payable)} {invoice.currency}"),
    )
    return (
        f"<header><div><h1>{_text(name)} {_text(invoice.number)}</h1>"
        f'<p class="small">{_text(invoice.seller.name)}</p></div><div>{facts}</div></header>'
    )


def _period(period: Period | None) -> str:
    return f"{day(period.starts_on)} – {day(period.ends_on)}" if period else ""


def _parties(invoice: Invoice) -> str:
    named = (
        ("Verkäufer", invoice.seller),
        ("Käufer", invoice.buyer),
        ("Zahlungsempfänger", invoice.payee),
        ("Steuervertreter", invoice.tax_representative),
    )
    found = "".join(_party(title, party) for title, party in named if party)
    delivery = invoice.delivery
    if delivery and (delivery.name or delivery.address):
        place = _address(delivery.name, delivery.address)
        found += _section("Lieferanschrift", place)
    return f'<div class="parties">{found}</div>'


def _party(title: str, party: Party) -> str:
    contact = party.contact
    return _section(
        title,
        _address(party.name, party.address),
        _pairs(
            ("Handelsname", party.trading_name),
            ("USt-IdNr.", party.vat_id),
            ("Steuernummer", party.tax_number),
            ("Register", party.legal_registration and party.legal_registration.value),
            ("Kennung", ", ".join(one.value for one in party.identifiers)),
            ("Ansprechpartner", contact and contact.name),
            ("Telefon", contact and contact.phone),
            ("E-Mail", contact and contact.email),
            ("Elektronische Adresse", party.endpoint and party.endpoint.value),
            ("Weitere Angaben", party.legal_information),
        ),
    )


def _address(name: str | None, address: Address | None) -> str:
    lines: list[str | None] = [name]
    if address is not None:
        town = " ".join(part for part in (address.post_code, address.city) if part)
        lines += [address.line_one, address.line_two, address.line_three, town]
        lines += [address.subdivision, address.country]
    stated = "<br>".join(_text(line) for line in lines if line)
    return f"<p>{stated}</p>" if stated else ""


def _references(invoice: Invoice) -> str:
    found = invoice.references
    preceding = (
        f"{one.number} {f'vom {day(one.issued_on)}' if one.issued_on else ''}"
        for one in found.preceding
    )
    return _section(
        "Bezug",
        _pairs(
            (terms.name("BT-10"), found.buyer),
            (terms.name("BT-13"), found.order),
            (terms.name("BT-14"), found.sales_order),
            (terms.name("BT-12"), found.contract),
            (terms.name("BT-11"), found.project),
            (terms.name("BT-16"), found.despatch_advice),
            (terms.name("BT-15"), found.receiving_advice),
            (terms.name("BT-17"), found.tender),
            (terms.name("BT-18"), found.invoiced_object and found.invoiced_object.value),
            (terms.name("BT-19"), found.accounting),
            ("Vorausgegangene Rechnung", ", ".join(preceding)),
        ),
    )


def _lines(invoice: Invoice) -> str:
    numbers = frozenset((2, 3, 4, 5))
    head = _row("Pos.", "Artikel", "Menge", "Preis", "USt", "Netto", numbers=numbers, tag="th")
    rows = "".join(
        _row(
            _text(line.number),
            "<br>".join(_item(line)),
            f"{number(line.quantity)} {_text(_UNITS.get(line.unit or '', line.unit))}",
            _price(line),
            _text(_rate(line.rate, line.category)),
            number(line.net),
            numbers=numbers,
        )
        for line in invoice.lines
    )
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    return _section(f"Positionen (Beträge in {invoice.currency})", table)


def _item(line: Line) -> Iterator[str]:
    """Escaped lines about the article."""
    item = line.item
    yield f"<strong>{_text(item.name)}</strong>"
    small = (
        item.description,
        item.seller_number and f"Artikelnummer {item.seller_number}",
        item.buyer_number and f"Ihre Artikelnummer {item.buyer_number}",
        item.standard_number and f"GTIN {item.standard_number.value}",
        item.origin and f"Ursprung {item.origin}",
        *(f"{one.name}: {one.value}" for one in item.properties),
        line.order_line and f"Bestellposition {line.order_line}",
        _period(line.period) and f"Zeitraum {_period(line.period)}",
        line.note,
        *(_allowance(one) for one in line.allowances_charges),
    )
    yield from (f'<span class="small">{_text(one)}</span>' for one in small if one)


def _price(line: Line) -> str:
    price = line.price
    per = "" if price.per_quantity in (None, 1) else f" je {number(price.per_quantity)}"
    return f"{number(price.net)}{per}"


def _rate(rate: Decimal | None, category: str | None) -> str:
    percent = "" if rate is None else f"{number(rate)} %"
    name = "" if category == "S" else _CATEGORIES.get(category or "", category or "")
    return f"{percent} {name}".strip()


def _allowance(one: AllowanceCharge) -> str:
    what = "Zuschlag" if one.is_charge else "Nachlass"
    reason = f" ({one.reason})" if one.reason else ""
    percent = f" {number(one.percent)} %" if one.percent is not None else ""
    return f"{what}{percent}{reason}: {number(one.amount)}"


def _sums(invoice: Invoice) -> str:
    totals, numbers = invoice.totals, frozenset((1,))
    stated = (
        (terms.name("BT-106"), totals.lines),
        *(
            (_allowance(one).rpartition(":")[0], one.amount if one.is_charge else -one.amount)
            for one in invoice.allowances_charges
        ),
        (terms.name("BT-109"), totals.tax_exclusive),
        (terms.name("BT-110"), totals.tax),
        (terms.name("BT-112"), totals.tax_inclusive),
        (terms.name("BT-113"), totals.prepaid),
        (terms.name("BT-114"), totals.rounding),
    )
    rows = "".join(
        _row(_text(name), number(value), numbers=numbers)
        for name, value in stated
        if value is not None
    )
    payable = _row(
        f"{_text(terms.name('BT-115'))} ({_text(invoice.currency)})",
        number(totals.payable),
        numbers=numbers,
    ).replace("<tr>", '<tr class="total">', 1)
    return _section("Summen", f'<table class="sums"><tbody>{rows}{payable}</tbody></table>')


def _taxes(groups: Iterable[TaxGroup], currency: str) -> str:
    numbers = frozenset((1, 2))
    head = _row("Umsatzsteuer", "Grundlage", "Steuer", "Hinweis", numbers=numbers, tag="th")
    rows = "".join(
        _row(
            _text(_rate(group.rate, group.category)),
            number(group.base),
            number(group.tax),
            _text(group.exemption_reason or group.exemption_code),
            numbers=numbers,
        )
        for group in groups
    )
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    return _section(f"Umsatzsteuer (Beträge in {currency})", table if rows else "")


def _payments(invoice: Invoice) -> str:
    return _section(
        "Zahlung",
        f"<p>{_text(invoice.payment_terms)}</p>" if invoice.payment_terms else "",
        *(_payment(one) for one in invoice.payments),
        _pairs(
            (terms.name("BT-83"), invoice.payment_reference),
            (terms.name("BT-90"), invoice.creditor_id),
        ),
    )


def _payment(one: Payment) -> str:
    return _pairs(
        ("Zahlungsart", one.means_text or _MEANS.get(one.means_code, one.means_code)),
        ("IBAN", one.account),
        ("Kontoinhaber", one.account_name),
        ("BIC", one.bank),
        ("Karte", one.card_number),
        ("Mandatsreferenz", one.mandate),
        ("Belastetes Konto", one.debited_account),
    )


def _notes(invoice: Invoice) -> str:
    return _section("Bemerkungen", *(f"<p>{_text(note.text)}</p>" for note in invoice.notes))


def _attachments(invoice: Invoice) -> str:
    """Named only: neither links nor content of the sender belong on this page."""
    rows = "".join(
        f"<li>{_text(one.reference)} {_text(one.description)} "
        f'<span class="small">{_text(one.filename or one.location)}</span></li>'
        for one in invoice.attachments
    )
    return _section("Anlagen", f"<ul>{rows}</ul>" if rows else "")


def _verdict(findings: Iterable[Finding], title: str | None) -> str:
    rows = "".join(
        f'<li class="{"fatal" if one.level is Level.FATAL else "warning"}">{_text(one.de)} '
        f'<span class="small">{_text(one.rule)}</span></li>'
        for one in findings
    )
    shown = f"<p><strong>{_text(title)}</strong></p>" if title else ""
    content = shown + (f"<ul>{rows}</ul>" if rows else "")
    return f'<div class="verdict">{_section("Prüfung", content)}</div>' if content else ""
