"""Proposes the entry for an incoming invoice, and says in German why. Pure.

The document's figures win: net amounts and taxes come from its VAT breakdown (EN 16931 BG-23),
which contains document-level allowances and charges already. Accounts and codes are data
(data/incoming_invoice.toml, data/tax_codes.toml). Law: § 13b, § 14c, § 15 UStG.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from valero.fibu import vat
from valero.fibu.drafts import ZERO, Draft, Line, Source, imbalances
from valero.fibu.wording import amount_de, date_de
from valero.kit import money

HOME = "DE"


@dataclass(frozen=True)
class Tax:
    """One group of the VAT breakdown as the document states it; `rate` per cent."""

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal
    exemption_reason: str | None = None


@dataclass(frozen=True)
class Invoice:
    """What the proposal needs of an invoice; amounts in `currency`, signed as in the document."""

    document_id: str
    number: str
    issued_on: date
    currency: str
    type_code: str
    seller_name: str
    tax_total: Decimal
    tax_inclusive: Decimal
    prepaid: Decimal
    rounding: Decimal
    payable: Decimal
    taxes: tuple[Tax, ...]
    seller_vat_id: str | None = None
    sha256: str | None = None
    duplicate_of: str | None = None
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A balanced draft with the reasons for it and what a person should look at."""

    entry: Draft
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass
class _Sheet:
    """The proposal while it is being written; `sign` is -1 for credit notes."""

    invoice: Invoice
    sign: int
    lines: list[Line] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(
        self, account: str, amount: Decimal, *, code: str | None = None, text: str = ""
    ) -> None:
        """Write one line; nothing for zero. `amount` has the document's sign, debit positive."""
        if amount := money.cents(self.sign * amount):
            partner = self.invoice.seller_name if account == _account("creditor") else None
            line = Line(account, amount, self.invoice.currency, code, None, partner, text or None)
            self.lines.append(line)

    def say(self, amount: Decimal) -> str:
        """An amount as a German reader expects it."""
        return amount_de(amount, self.invoice.currency)


def propose(invoice: Invoice, *, posted_on: date | None = None) -> Proposal:
    """The entry to post for `invoice`, dated `posted_on` or else as the document.

    Always balanced and never without lines: what does not add up in the document stands on a
    clearing account with a warning.
    """
    sheet = _Sheet(invoice, sign=-1 if invoice.type_code in booking_rules()["credit_notes"] else 1)
    _judge_type(sheet)
    for tax in invoice.taxes:
        _book_group(sheet, tax)
    _book_rest(sheet)
    _check_sums(sheet)
    if not sheet.lines:
        _book_nothing(sheet)
    entry = Draft(
        posted_on=posted_on or invoice.issued_on,
        document_on=invoice.issued_on,
        document_number=invoice.number,
        text=f"{invoice.seller_name}: {_title(sheet)} {invoice.number}",
        currency=invoice.currency,
        lines=tuple(sheet.lines),
        source=Source("beleg", invoice.document_id, invoice.sha256),
    )
    return Proposal(entry, tuple(sheet.reasons), tuple(sheet.warnings))


@cache
def booking_rules() -> dict[str, Any]:
    """The content of data/incoming_invoice.toml."""
    pack = files("valero.fibu") / "data" / "incoming_invoice.toml"
    return tomllib.loads(pack.read_text("utf8"))


def _account(purpose: str) -> str:
    account: str = booking_rules()["accounts"][purpose]
    return account


def _title(sheet: _Sheet) -> str:
    return "Gutschrift" if sheet.sign < 0 else "Rechnung"


def _judge_type(sheet: _Sheet) -> None:
    invoice, rules = sheet.invoice, booking_rules()
    if sheet.sign < 0:
        sheet.reasons.append(
            f"Belegart {invoice.type_code} ist eine Gutschrift des Lieferanten: "
            "alle Beträge werden umgekehrt gebucht."
        )
        if invoice.payable < 0:
            sheet.warnings.append(
                "Die Gutschrift weist einen negativen Zahlbetrag aus und erhöht deshalb die "
                "Verbindlichkeit. Bitte das Vorzeichen prüfen."
            )
    if invoice.type_code in rules["self_billed"]:
        sheet.warnings.append(
            f"Belegart {invoice.type_code} ist eine Gutschrift im Sinne des § 14 Abs. 2 UStG. "
            "Hat sie Ihr Kunde ausgestellt, ist sie Ihr Erlös und keine Eingangsrechnung."
        )
    if invoice.type_code in rules["corrected"]:
        sheet.warnings.append(
            "Rechnungskorrektur (384): Bitte die Buchung der ursprünglichen Rechnung stornieren."
        )
    if invoice.type_code in rules["advance"]:
        sheet.warnings.append(
            "Anzahlungsrechnung (386): Die Vorsteuer ist erst nach der Zahlung abziehbar "
            "(§ 15 Abs. 1 Nr. 1 Satz 3 UStG)."
        )
    if invoice.duplicate_of:
        sheet.warnings.append(
            "Derselbe Verkäufer hat schon eine Rechnung mit dieser Nummer geschickt. "
            "Bitte vor dem Buchen vergleichen."
        )
    if invoice.findings:
        broken = ", ".join(invoice.findings)
        sheet.warnings.append(f"Die Rechnung verletzt Regeln des Formats: {broken}.")


def _book_group(sheet: _Sheet, tax: Tax) -> None:
    """One group of the VAT breakdown: net amount and taxes."""
    if not tax.base and not tax.tax:
        return
    code = _find_code(sheet, tax)
    if code is None:
        _book_without_deduction(sheet, tax)
        return
    if not code.is_valid(sheet.invoice.issued_on):
        sheet.warnings.append(
            f"„{code.name}“ gilt am {date_de(sheet.invoice.issued_on)} nicht. "
            "Bitte das Leistungsdatum prüfen."
        )
    account = _expense_account(sheet, code)
    sheet.add(account, tax.base, code=code.code)
    _explain_expense(sheet, tax, account)
    if code.kind is vat.Kind.INPUT and tax.rate:
        _book_input_tax(sheet, tax, code)
        return
    if code.kind in (vat.Kind.ACQUISITION, vat.Kind.REVERSE_CHARGE):
        _book_owed_tax(sheet, tax, code)
    else:
        _explain_exemption(sheet, tax, code)
    if tax.tax:
        sheet.add(account, tax.tax, text="Unberechtigt ausgewiesene Steuer")
        sheet.warnings.append(
            f"Die Rechnung weist {sheet.say(tax.tax)} Steuer aus, obwohl Kategorie {tax.category} "
            "keine vorsieht (§ 14c UStG). Sie ist nicht abziehbar und zählt zum Aufwand."
        )


def _find_code(sheet: _Sheet, tax: Tax) -> vat.TaxCode | None:
    """The tax code of a group; only standard and zero-rated ones state a rate that counts."""
    invoice = sheet.invoice
    rate = tax.rate if tax.category in ("S", "Z") else None
    return vat.find(tax.category, on=invoice.issued_on, rate=rate, origin=_origin(invoice))


def _origin(invoice: Invoice) -> str:
    """`home`, `eu` or `abroad`, by the seller's VAT identification number; unknown is abroad."""
    prefix = _prefix(invoice)
    if prefix == HOME:
        return "home"
    return "eu" if prefix in booking_rules()["eu_prefixes"] else "abroad"


def _prefix(invoice: Invoice) -> str:
    return (invoice.seller_vat_id or "").strip().upper()[:2]


def _expense_account(sheet: _Sheet, code: vat.TaxCode) -> str:
    invoice, rules = sheet.invoice, booking_rules()
    advance = invoice.type_code in rules["advance"]
    accounts: dict[str, str] = rules["advance_accounts" if advance else "expense_accounts"]
    fallback = accounts.get(code.code, accounts["default"])
    return accounts.get(f"{code.code}.{_origin(invoice)}", fallback)


def _explain_expense(sheet: _Sheet, tax: Tax, account: str) -> None:
    if account == booking_rules()["expense_accounts"]["default"]:
        why = "Sammelkonto, solange für diesen Lieferanten kein Aufwandskonto gewählt ist"
    elif sheet.invoice.type_code in booking_rules()["advance"]:
        why = "geleistete Anzahlung statt Aufwand"
    else:
        why = "das Konto, das der SKR03 für diesen Steuerfall vorsieht"
    sheet.reasons.append(f"{sheet.say(tax.base)} netto auf {account}: {why}.")


def _book_input_tax(sheet: _Sheet, tax: Tax, code: vat.TaxCode) -> None:
    assert code.input_account is not None
    sheet.add(code.input_account, tax.tax, code=code.code)
    sheet.reasons.append(
        f"{code.name}: {sheet.say(tax.tax)} auf {code.input_account}, wie ausgewiesen."
    )
    computed = vat.tax_on(tax.base, code)
    if computed != tax.tax:
        sheet.warnings.append(
            f"{code.name}: Aus {sheet.say(tax.base)} ergäben sich {sheet.say(computed)}, "
            f"ausgewiesen sind {sheet.say(tax.tax)}."
        )
    if _prefix(sheet.invoice) and _origin(sheet.invoice) != "home":
        sheet.warnings.append(
            f"Der Verkäufer führt die USt-IdNr. {sheet.invoice.seller_vat_id}, weist aber deutsche "
            "Umsatzsteuer aus. Bitte prüfen, ob § 13b UStG gilt."
        )


def _book_owed_tax(sheet: _Sheet, tax: Tax, code: vat.TaxCode) -> None:
    """The recipient owes the tax and deducts it in the same return."""
    assert code.input_account is not None
    assert code.output_account is not None
    amount = vat.tax_on(tax.base, code)
    sheet.add(code.input_account, amount, code=code.code)
    sheet.add(code.output_account, -amount, code=code.code)
    sheet.reasons.append(
        f"{code.name}: {sheet.say(amount)} schulden wir selbst ({code.output_account}) und ziehen "
        f"sie als Vorsteuer ab ({code.input_account}). Der Regelsteuersatz ist angenommen, die "
        "Rechnung nennt keinen."
    )
    goods = code.kind is vat.Kind.ACQUISITION
    known = [*booking_rules()["eu_prefixes"], *booking_rules()["eu_prefixes_goods_only"]]
    if goods and _prefix(sheet.invoice) not in known:
        sheet.warnings.append(
            "Innergemeinschaftlicher Erwerb setzt eine USt-IdNr. des Verkäufers aus einem anderen "
            "EU-Land voraus."
        )


def _explain_exemption(sheet: _Sheet, tax: Tax, code: vat.TaxCode) -> None:
    why = f" Begründung der Rechnung: {tax.exemption_reason}." if tax.exemption_reason else ""
    sheet.reasons.append(f"{code.name}: keine Vorsteuer.{why}")
    if tax.category == "G":
        sheet.warnings.append(
            "Ware aus dem Drittland: Einfuhrumsatzsteuer und Zoll kommen mit dem Zollbescheid."
        )


def _book_without_deduction(sheet: _Sheet, tax: Tax) -> None:
    """A tax that German law does not know: part of the cost, not deductible here."""
    account = booking_rules()["expense_accounts"]["default"]
    sheet.add(account, tax.base + tax.tax)
    rate = f"{tax.rate.normalize():f}".replace(".", ",")
    sheet.reasons.append(f"{sheet.say(tax.base + tax.tax)} einschließlich Steuer auf {account}.")
    sheet.warnings.append(
        f"Kategorie {tax.category} mit {rate} % ist keine deutsche Umsatzsteuer. Die Steuer zählt "
        "zum Aufwand; im EU-Ausland hilft das Vorsteuer-Vergütungsverfahren."
    )


def _book_rest(sheet: _Sheet) -> None:
    """Rounding (BT-114), what is paid already (BT-113), and what remains to be paid (BT-115)."""
    invoice = sheet.invoice
    if invoice.rounding:
        account = _account("rounding")
        sheet.add(account, invoice.rounding, text="Rundung")
        sheet.reasons.append(
            f"Rundung der Rechnung (BT-114): {sheet.say(invoice.rounding)} auf {account}."
        )
    if invoice.prepaid:
        account = _account("prepaid")
        sheet.add(account, -invoice.prepaid, text="Bereits gezahlt")
        sheet.reasons.append(
            f"Bereits gezahlt (BT-113): {sheet.say(invoice.prepaid)} auf {account}, bis die "
            "Zahlung zugeordnet ist."
        )
        sheet.warnings.append(
            "Wurde aus einer Anzahlungsrechnung schon Vorsteuer abgezogen, ist sie hier zu kürzen "
            "(§ 14 Abs. 5 UStG)."
        )
    account = _account("creditor")
    sheet.add(account, -invoice.payable)
    sheet.reasons.append(f"Zahlbetrag (BT-115): {sheet.say(invoice.payable)} auf {account}.")


def _check_sums(sheet: _Sheet) -> None:
    """Compare the document's totals with its parts; a difference is booked where it is seen."""
    invoice = sheet.invoice
    taxes = sum((tax.tax for tax in invoice.taxes), ZERO)
    gross = sum((tax.base for tax in invoice.taxes), taxes)
    for name, stated, computed in (
        ("Steuersumme (BT-110)", invoice.tax_total, taxes),
        ("Bruttosumme (BT-112)", invoice.tax_inclusive, gross),
        (
            "Zahlbetrag (BT-115)",
            invoice.payable,
            invoice.tax_inclusive - invoice.prepaid + invoice.rounding,
        ),
    ):
        if stated != computed:
            sheet.warnings.append(
                f"{name}: Die Rechnung nennt {sheet.say(stated)}, ihre Teile ergeben "
                f"{sheet.say(computed)}."
            )
    for difference in imbalances(sheet.lines).values():
        account = _account("difference")
        sheet.add(account, -sheet.sign * difference, text="Differenz in der Rechnung")
        sheet.warnings.append(
            f"Die Rechnung geht um {sheet.say(abs(difference))} nicht auf. Die Differenz steht auf "
            f"{account} und ist vor der Zahlung zu klären."
        )


def _book_nothing(sheet: _Sheet) -> None:
    """A document over zero is still booked, so that none is missing."""
    currency, partner = sheet.invoice.currency, sheet.invoice.seller_name
    sheet.lines.append(Line(booking_rules()["expense_accounts"]["default"], ZERO, currency))
    sheet.lines.append(Line(_account("creditor"), ZERO, currency, partner=partner))
    sheet.warnings.append("Die Rechnung lautet über null.")
