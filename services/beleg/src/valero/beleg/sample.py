"""Small valid XRechnung documents by our own code: for tests, for `valero verify`, for clones.

Totals follow EN 16931-1: line amounts rounded to cents, VAT per group of category and rate.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import Final

from valero.beleg.invoice import Syntax
from valero.beleg.xmltree import NAMESPACES

SPECIFICATION: Final = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PROCESS: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
CREDIT_NOTE: Final = "381"

_CENT = Decimal("0.01")
_EXEMPTIONS: Final = {
    "E": "Steuerfrei nach § 4 UStG",
    "AE": "Steuerschuldnerschaft des Leistungsempfängers",
    "K": "Steuerfreie innergemeinschaftliche Lieferung",
    "G": "Steuerfreie Ausfuhrlieferung",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleParty:
    """A seller or buyer; a seller needs one of the two tax identifiers."""

    name: str
    vat_id: str | None = None
    tax_number: str | None = None
    street: str = "Feldweg 1"
    post_code: str = "49074"
    city: str = "Osnabrück"
    country: str = "DE"
    email: str = "rechnung@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLine:
    """One line; `rate` in per cent, `price` per unit without VAT."""

    name: str = "Weizenmehl Type 405, 25 kg"
    quantity: Decimal = Decimal(1)
    unit: str = "H87"
    price: Decimal = Decimal("100.00")
    rate: Decimal = Decimal(19)
    category: str = "S"

    @property
    def net(self) -> Decimal:
        """BT-131."""
        return _cents(self.quantity * self.price)


SELLER: Final = SampleParty(name="Mühle Beispiel GmbH", vat_id="DE123456789")
BUYER: Final = SampleParty(name="Hofladen Muster e. K.", email="eingang@example.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What matters to a test; everything else is filled in."""

    number: str
    seller: SampleParty = SELLER
    buyer: SampleParty = BUYER
    lines: tuple[SampleLine, ...] = field(default_factory=lambda: (SampleLine(),))
    issued_on: date = date(2026, 3, 1)
    due_on: date | None = date(2026, 3, 31)
    type_code: str = "380"
    currency: str = "EUR"
    prepaid: Decimal = Decimal("0.00")
    note: str | None = None

    @property
    def groups(self) -> dict[tuple[str, Decimal], Decimal]:
        """BT-116 by category and rate, in the order of the lines."""
        bases: dict[tuple[str, Decimal], Decimal] = {}
        for line in self.lines:
            key = (line.category, line.rate)
            bases[key] = bases.get(key, Decimal("0.00")) + line.net
        return bases

    @property
    def net(self) -> Decimal:
        """BT-106 and BT-109."""
        return sum((line.net for line in self.lines), Decimal("0.00"))

    @property
    def tax(self) -> Decimal:
        """BT-110."""
        return sum((tax_of(key, base) for key, base in self.groups.items()), Decimal("0.00"))

    @property
    def gross(self) -> Decimal:
        """BT-112."""
        return self.net + self.tax

    @property
    def payable(self) -> Decimal:
        """BT-115."""
        return self.gross - self.prepaid


def tax_of(group: tuple[str, Decimal], base: Decimal) -> Decimal:
    """BT-117 of a group of category and rate."""
    return _cents(base * group[1] / 100)


def dump(sample: Sample, syntax: Syntax = Syntax.CII) -> bytes:
    """The document in one of the two syntaxes, UTF-8."""
    root = _cii(sample) if syntax is Syntax.CII else _ubl(sample)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'.encode()


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)


def _tag(name: str, *content: str, **attributes: str) -> str:
    """An element; `content` is XML already. Without content and attributes, nothing."""
    if not any(content):
        return ""
    stated = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{stated}>{''.join(content)}</{name}>"


def _text(name: str, value: object, **attributes: str) -> str:
    return "" if value is None else _tag(name, escape(str(value)), **attributes)


def _root(name: str, content: str, *prefixes: str) -> str:
    spaces = "".join(f' xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in prefixes)
    return f"<{name}{spaces}>{content}</{name}>"


def _cii(sample: Sample) -> str:
    day = _tag("ram:IssueDateTime", _cii_day(sample.issued_on))
    context = _tag(
        "rsm:ExchangedDocumentContext",
        _tag("ram:BusinessProcessSpecifiedDocumentContextParameter", _text("ram:ID", PROCESS)),
        _tag("ram:GuidelineSpecifiedDocumentContextParameter", _text("ram:ID", SPECIFICATION)),
    )
    head = _tag(
        "rsm:ExchangedDocument",
        _text("ram:ID", sample.number),
        _text("ram:TypeCode", sample.type_code),
        day,
        _tag("ram:IncludedNote", _text("ram:Content", sample.note)),
    )
    agreement = _tag(
        "ram:ApplicableHeaderTradeAgreement",
        _text("ram:BuyerReference", "04011000-12345-03"),
        _tag("ram:SellerTradeParty", _cii_party(sample.seller, with_contact=True)),
        _tag("ram:BuyerTradeParty", _cii_party(sample.buyer, with_contact=False)),
    )
    delivered = _tag("ram:OccurrenceDateTime", _cii_day(sample.issued_on))
    delivery = _tag(
        "ram:ApplicableHeaderTradeDelivery",
        _tag("ram:ActualDeliverySupplyChainEvent", delivered),
    )
    lines = (_cii_line(number, line) for number, line in enumerate(sample.lines, start=1))
    trade = _tag(
        "rsm:SupplyChainTradeTransaction", *lines, agreement, delivery, _cii_settlement(sample)
    )
    return _root("rsm:CrossIndustryInvoice", context + head + trade, "rsm", "ram", "udt", "qdt")


def _cii_day(day: date) -> str:
    return _text("udt:DateTimeString", f"{day:%Y%m%d}", format="102")


def _cii_party(party: SampleParty, *, with_contact: bool) -> str:
    address = _tag(
        "ram:PostalTradeAddress",
        _text("ram:PostcodeCode", party.post_code),
        _text("ram:LineOne", party.street),
        _text("ram:CityName", party.city),
        _text("ram:CountryID", party.country),
    )
    phone = _tag(
        "ram:TelephoneUniversalCommunication", _text("ram:CompleteNumber", "+49 541 123456")
    )
    contact = _tag(
        "ram:DefinedTradeContact",
        _text("ram:PersonName", "Erika Mustermann"),
        phone,
        _tag("ram:EmailURIUniversalCommunication", _text("ram:URIID", party.email)),
    )
    numbers = ((party.tax_number, "FC"), (party.vat_id, "VA"))
    return "".join(
        (
            _text("ram:Name", party.name),
            contact if with_contact else "",
            address,
            _tag("ram:URIUniversalCommunication", _text("ram:URIID", party.email, schemeID="EM")),
            *(
                _tag("ram:SpecifiedTaxRegistration", _text("ram:ID", number, schemeID=scheme))
                for number, scheme in numbers
            ),
        )
    )


def _cii_line(number: int, line: SampleLine) -> str:
    price = _tag("ram:NetPriceProductTradePrice", _text("ram:ChargeAmount", line.price))
    quantity = _text("ram:BilledQuantity", line.quantity, unitCode=line.unit)
    return _tag(
        "ram:IncludedSupplyChainTradeLineItem",
        _tag("ram:AssociatedDocumentLineDocument", _text("ram:LineID", number)),
        _tag("ram:SpecifiedTradeProduct", _text("ram:Name", line.name)),
        _tag("ram:SpecifiedLineTradeAgreement", price),
        _tag("ram:SpecifiedLineTradeDelivery", quantity),
        _tag(
            "ram:SpecifiedLineTradeSettlement",
            _tag(
                "ram:ApplicableTradeTax",
                _text("ram:TypeCode", "VAT"),
                _text("ram:CategoryCode", line.category),
                _text("ram:RateApplicablePercent", line.rate),
            ),
            _tag(
                "ram:SpecifiedTradeSettlementLineMonetarySummation",
                _text("ram:LineTotalAmount", line.net),
            ),
        ),
    )


def _cii_settlement(sample: Sample) -> str:
    groups = (
        _tag(
            "ram:ApplicableTradeTax",
            _text("ram:CalculatedAmount", tax_of(group, base)),
            _text("ram:TypeCode", "VAT"),
            _text("ram:ExemptionReason", _EXEMPTIONS.get(group[0])),
            _text("ram:BasisAmount", base),
            _text("ram:CategoryCode", group[0]),
            _text("ram:RateApplicablePercent", group[1]),
        )
        for group, base in sample.groups.items()
    )
    account = _text("ram:IBANID", "DE02120300000000202051")
    due = _tag("ram:DueDateDateTime", _cii_day(sample.due_on)) if sample.due_on else ""
    return _tag(
        "ram:ApplicableHeaderTradeSettlement",
        _text("ram:InvoiceCurrencyCode", sample.currency),
        _tag(
            "ram:SpecifiedTradeSettlementPaymentMeans",
            _text("ram:TypeCode", "58"),
            _tag("ram:PayeePartyCreditorFinancialAccount", account),
        ),
        *groups,
        _tag("ram:SpecifiedTradePaymentTerms", due),
        _tag(
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
            _text("ram:LineTotalAmount", sample.net),
            _text("ram:TaxBasisTotalAmount", sample.net),
            _text("ram:TaxTotalAmount", sample.tax, currencyID=sample.currency),
            _text("ram:GrandTotalAmount", sample.gross),
            _text("ram:TotalPrepaidAmount", sample.prepaid),
            _text("ram:DuePayableAmount", sample.payable),
        ),
    )


def _ubl(sample: Sample) -> str:
    credit = sample.type_code == CREDIT_NOTE
    kind, prefix = ("CreditNote", "crn") if credit else ("Invoice", "inv")
    due = None if credit else sample.due_on
    account = _tag("cac:PayeeFinancialAccount", _text("cbc:ID", "DE02120300000000202051"))
    content = (
        _text("cbc:CustomizationID", SPECIFICATION),
        _text("cbc:ProfileID", PROCESS),
        _text("cbc:ID", sample.number),
        _text("cbc:IssueDate", sample.issued_on),
        _text("cbc:DueDate", due),
        _text(f"cbc:{kind}TypeCode", sample.type_code),
        _text("cbc:Note", sample.note),
        _text("cbc:DocumentCurrencyCode", sample.currency),
        _text("cbc:BuyerReference", "04011000-12345-03"),
        _tag("cac:AccountingSupplierParty", _ubl_party(sample.seller, with_contact=True)),
        _tag("cac:AccountingCustomerParty", _ubl_party(sample.buyer, with_contact=False)),
        _tag("cac:Delivery", _text("cbc:ActualDeliveryDate", sample.issued_on)),
        _tag(
            "cac:PaymentMeans",
            _text("cbc:PaymentMeansCode", "58"),
            _text("cbc:PaymentDueDate", sample.due_on if credit else None),
            account,
        ),
        _ubl_taxes(sample),
        _ubl_totals(sample),
        *(_ubl_line(kind, number, sample) for number in range(len(sample.lines))),
    )
    return _root(f"{prefix}:{kind}", "".join(content), prefix, "cac", "cbc")


def _ubl_party(party: SampleParty, *, with_contact: bool) -> str:
    numbers = ((party.tax_number, "FC"), (party.vat_id, "VAT"))
    return _tag(
        "cac:Party",
        _text("cbc:EndpointID", party.email, schemeID="EM"),
        _tag(
            "cac:PostalAddress",
            _text("cbc:StreetName", party.street),
            _text("cbc:CityName", party.city),
            _text("cbc:PostalZone", party.post_code),
            _tag("cac:Country", _text("cbc:IdentificationCode", party.country)),
        ),
        *(
            _tag("cac:PartyTaxScheme", _text("cbc:CompanyID", number), _scheme(scheme))
            for number, scheme in numbers
            if number
        ),
        _tag("cac:PartyLegalEntity", _text("cbc:RegistrationName", party.name)),
        _tag(
            "cac:Contact",
            _text("cbc:Name", "Erika Mustermann"),
            _text("cbc:Telephone", "+49 541 123456"),
            _text("cbc:ElectronicMail", party.email),
        )
        if with_contact
        else "",
    )


def _scheme(name: str = "VAT") -> str:
    return _tag("cac:TaxScheme", _text("cbc:ID", name))


def _money(name: str, value: Decimal, sample: Sample) -> str:
    return _text(name, value, currencyID=sample.currency)


def _ubl_taxes(sample: Sample) -> str:
    groups = (
        _tag(
            "cac:TaxSubtotal",
            _money("cbc:TaxableAmount", base, sample),
            _money("cbc:TaxAmount", tax_of(group, base), sample),
            _tag(
                "cac:TaxCategory",
                _text("cbc:ID", group[0]),
                _text("cbc:Percent", group[1]),
                _text("cbc:TaxExemptionReason", _EXEMPTIONS.get(group[0])),
                _scheme(),
            ),
        )
        for group, base in sample.groups.items()
    )
    return _tag("cac:TaxTotal", _money("cbc:TaxAmount", sample.tax, sample), *groups)


def _ubl_totals(sample: Sample) -> str:
    return _tag(
        "cac:LegalMonetaryTotal",
        _money("cbc:LineExtensionAmount", sample.net, sample),
        _money("cbc:TaxExclusiveAmount", sample.net, sample),
        _money("cbc:TaxInclusiveAmount", sample.gross, sample),
        _money("cbc:PrepaidAmount", sample.prepaid, sample),
        _money("cbc:PayableAmount", sample.payable, sample),
    )


def _ubl_line(kind: str, index: int, sample: Sample) -> str:
    line = sample.lines[index]
    quantity = "cbc:CreditedQuantity" if kind == "CreditNote" else "cbc:InvoicedQuantity"
    return _tag(
        f"cac:{kind}Line",
        _text("cbc:ID", index + 1),
        _text(quantity, line.quantity, unitCode=line.unit),
        _money("cbc:LineExtensionAmount", line.net, sample),
        _tag(
            "cac:Item",
            _text("cbc:Name", line.name),
            _tag(
                "cac:ClassifiedTaxCategory",
                _text("cbc:ID", line.category),
                _text("cbc:Percent", line.rate),
                _scheme(),
            ),
        ),
        _tag("cac:Price", _money("cbc:PriceAmount", line.price, sample)),
    )
