"""For every rule of our own one document that breaks it, in both syntaxes, from our generator."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from valero.beleg.invoice import Syntax
from valero.beleg.sample import BUYER, SELLER, Sample, SampleLine, dump

PLAIN = Sample(number="R1")
Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Failing:
    """A sample, and what is changed in its file: pattern and replacement, every occurrence."""

    cii: Edits = ()
    ubl: Edits = ()
    sample: Sample = PLAIN

    def file(self, syntax: Syntax) -> bytes:
        """The document, UTF-8."""
        text = dump(self.sample, syntax).decode()
        for pattern, replacement in self.cii if syntax is Syntax.CII else self.ubl:
            text, changes = re.subn(pattern, replacement, text, flags=re.DOTALL)
            assert changes, f"{pattern} is not in the file"
        return text.encode()


def _without(cii: str, ubl: str, *, sample: Sample = PLAIN) -> Failing:
    return Failing(cii=((cii, ""),), ubl=((ubl, ""),), sample=sample)


def _both(pattern: str, replacement: str) -> Failing:
    edits = ((pattern, replacement),)
    return Failing(cii=edits, ubl=edits)


def _element(name: str) -> str:
    return f"<{name}>.*?</{name}>"


CII_MEANS, UBL_MEANS = (
    r"<ram:TypeCode>58</ram:TypeCode>.*?(?=</ram:SpecifiedTradeSettlementPaymentMeans>)",
    r"<cbc:PaymentMeansCode>58.*?(?=</cac:PaymentMeans>)",
)
CII_ACCOUNT = (
    "<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE02120300000000202051</ram:IBANID>"
    "</ram:PayeePartyCreditorFinancialAccount>"
)
UBL_ACCOUNT = (
    "<cac:PayeeFinancialAccount><cbc:ID>DE02120300000000202051</cbc:ID></cac:PayeeFinancialAccount>"
)
CII_CARD = (
    "<ram:ApplicableTradeSettlementFinancialCard><ram:ID>1234</ram:ID>"
    "</ram:ApplicableTradeSettlementFinancialCard>"
)
UBL_CARD = (
    "<cac:CardAccount><cbc:PrimaryAccountNumberID>1234</cbc:PrimaryAccountNumberID>"
    "<cbc:NetworkID>VISA</cbc:NetworkID></cac:CardAccount>"
)
MANDATE = "M-1"
CII_TERMS = r"<ram:SpecifiedTradePaymentTerms>"
CII_CREDITOR = ("(?=<ram:InvoiceCurrencyCode>)", "<ram:CreditorReferenceID>DE98ZZZ09999999999"
                "</ram:CreditorReferenceID>")  # fmt: skip
UBL_CREDITOR = (
    "(?=<cac:PostalAddress>.*AccountingCustomerParty)",
    '<cac:PartyIdentification><cbc:ID schemeID="SEPA">DE98ZZZ09999999999</cbc:ID>'
    "</cac:PartyIdentification>",
)


def _cii_debited(iban: str) -> str:
    return (
        f"<ram:PayerPartyDebtorFinancialAccount><ram:IBANID>{iban}</ram:IBANID>"
        "</ram:PayerPartyDebtorFinancialAccount>"
    )


def _ubl_debited(iban: str | None, mandate: str = MANDATE) -> str:
    payer = f"<cac:PayerFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayerFinancialAccount>"
    account = payer if iban else ""
    return f"<cac:PaymentMandate><cbc:ID>{mandate}</cbc:ID>{account}</cac:PaymentMandate>"


def _paid(
    code: str, cii: str, ubl: str, *, creditor: bool = False, mandate: bool = False
) -> Failing:
    cii_edits: Edits = ((CII_MEANS, f"<ram:TypeCode>{code}</ram:TypeCode>{cii}"),)
    ubl_edits: Edits = ((UBL_MEANS, f"<cbc:PaymentMeansCode>{code}</cbc:PaymentMeansCode>{ubl}"),)
    if creditor:
        cii_edits, ubl_edits = (*cii_edits, CII_CREDITOR), (*ubl_edits, UBL_CREDITOR)
    if mandate:
        debit = f"<ram:DirectDebitMandateID>{MANDATE}</ram:DirectDebitMandateID>"
        cii_edits = (*cii_edits, ("(?=</ram:SpecifiedTradePaymentTerms>)", debit))
    return Failing(cii=cii_edits, ubl=ubl_edits)


def with_terms(text: str) -> Failing:
    """A sample with these payment terms (BT-20)."""
    return Failing(
        cii=((CII_TERMS, f"{CII_TERMS}<ram:Description>{text}</ram:Description>"),),
        ubl=(
            (
                "(?=<cac:TaxTotal>)",
                f"<cac:PaymentTerms><cbc:Note>{text}</cbc:Note></cac:PaymentTerms>",
            ),
        ),
    )


def _attached(*attachments: tuple[str, str, str]) -> Failing:
    """Attachments of reference, file name, media type; a name with a slash is a location."""
    cii = ubl = ""
    for number, name, media_type in attachments:
        if "/" in name:
            cii_file = f"<ram:URIID>{name}</ram:URIID>"
            ubl_file = f"<cac:ExternalReference><cbc:URI>{name}</cbc:URI></cac:ExternalReference>"
        else:
            about = f'mimeCode="{media_type}" filename="{name}"'
            cii_file = f"<ram:AttachmentBinaryObject {about}>QQ==</ram:AttachmentBinaryObject>"
            ubl_file = (
                f"<cbc:EmbeddedDocumentBinaryObject {about}>QQ==</cbc:EmbeddedDocumentBinaryObject>"
            )
        location = cii_file if "/" in name else ""
        binary = "" if "/" in name else cii_file
        cii += (
            "<ram:AdditionalReferencedDocument>"
            f"<ram:IssuerAssignedID>{number}</ram:IssuerAssignedID>{location}"
            f"<ram:TypeCode>916</ram:TypeCode>{binary}</ram:AdditionalReferencedDocument>"
        )
        ubl += (
            f"<cac:AdditionalDocumentReference><cbc:ID>{number}</cbc:ID><cac:Attachment>{ubl_file}"
            "</cac:Attachment></cac:AdditionalDocumentReference>"
        )
    return Failing(
        cii=(("(?=</ram:ApplicableHeaderTradeAgreement>)", cii),),
        ubl=(("(?=<cac:AccountingSupplierParty>)", ubl),),
    )


def _delivered_to(cii: str, ubl: str) -> Failing:
    return Failing(
        cii=(
            (
                "(?=<ram:ActualDeliverySupplyChainEvent>)",
                f"<ram:ShipToTradeParty><ram:PostalTradeAddress>{cii}<ram:CountryID>DE"
                "</ram:CountryID></ram:PostalTradeAddress></ram:ShipToTradeParty>",
            ),
        ),
        ubl=(
            (
                "(?=</cac:Delivery>)",
                f"<cac:DeliveryLocation><cac:Address>{ubl}<cac:Country><cbc:IdentificationCode>DE"
                "</cbc:IdentificationCode></cac:Country></cac:Address></cac:DeliveryLocation>",
            ),
        ),
    )


CONTACT = (_element("ram:DefinedTradeContact"), _element("cac:Contact"))
IBAN, WRONG_IBAN = "DE75512108001245126199", "DE75512108001245126198"
NO_TAX_ID = replace(PLAIN, seller=replace(SELLER, vat_id=None))
EXTENSION = "#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
_UNTAXED = {
    category: replace(PLAIN, lines=(SampleLine(category=category, rate=Decimal(0)),))
    for category in ("E", "AE", "K")
}
_dex = _attached(("A1", "a.exe", "application/x-msdownload"))

XRECHNUNG: dict[str, Failing] = {
    "BR-DE-1": _without(
        _element("ram:SpecifiedTradeSettlementPaymentMeans"), _element("cac:PaymentMeans")
    ),
    "BR-DE-2": _without(*CONTACT),
    "BR-DE-3": Failing(sample=replace(PLAIN, seller=replace(SELLER, city=""))),
    "BR-DE-4": Failing(sample=replace(PLAIN, seller=replace(SELLER, post_code=""))),
    "BR-DE-5": _without(_element("ram:PersonName"), "<cbc:Name>Erika Mustermann</cbc:Name>"),
    "BR-DE-6": _without(
        _element("ram:TelephoneUniversalCommunication"), _element("cbc:Telephone")
    ),
    "BR-DE-7": _without(
        _element("ram:EmailURIUniversalCommunication"), _element("cbc:ElectronicMail")
    ),
    "BR-DE-8": Failing(sample=replace(PLAIN, buyer=replace(BUYER, city=""))),
    "BR-DE-9": Failing(sample=replace(PLAIN, buyer=replace(BUYER, post_code=""))),
    "BR-DE-10": _delivered_to(
        "<ram:PostcodeCode>49074</ram:PostcodeCode>", "<cbc:PostalZone>49074</cbc:PostalZone>"
    ),
    "BR-DE-11": _delivered_to(
        "<ram:CityName>Osnabrück</ram:CityName>", "<cbc:CityName>Osnabrück</cbc:CityName>"
    ),
    "BR-DE-14": _without(
        "<ram:RateApplicablePercent>19</ram:RateApplicablePercent>(?!.*TradeLineItem)",
        "(?<=<cac:TaxCategory><cbc:ID>S</cbc:ID>)<cbc:Percent>19</cbc:Percent>",
    ),
    "BR-DE-15": _without(_element("ram:BuyerReference"), _element("cbc:BuyerReference")),
    "BR-DE-16": Failing(sample=NO_TAX_ID),
    "BR-DE-17": Failing(sample=replace(PLAIN, type_code="386")),
    "BR-DE-18": with_terms("#SKONTO#TAGE=14#PROZENT=2#\n"),
    "BR-DE-19": _both("DE02120300000000202051", WRONG_IBAN),
    "BR-DE-20": _paid("59", _cii_debited(WRONG_IBAN), _ubl_debited(WRONG_IBAN), creditor=True),
    "BR-DE-21": _both("xrechnung_3.0", "xrechnung_2.3"),
    "BR-DE-22": _attached(("A1", "a.pdf", "application/pdf"), ("A2", "a.pdf", "application/pdf")),
    "BR-DE-23-a": _paid("58", "", ""),
    "BR-DE-23-b": _paid("58", CII_CARD + CII_ACCOUNT, UBL_CARD + UBL_ACCOUNT),
    "BR-DE-24-a": _paid("48", "", ""),
    "BR-DE-24-b": _paid("48", CII_CARD + CII_ACCOUNT, UBL_CARD + UBL_ACCOUNT),
    "BR-DE-25-a": _paid("59", "", ""),
    "BR-DE-25-b": _paid(
        "59", _cii_debited(IBAN) + CII_ACCOUNT, UBL_ACCOUNT + _ubl_debited(IBAN), creditor=True
    ),
    "BR-DE-26": Failing(sample=replace(PLAIN, type_code="384")),
    "BR-DE-27": _both(r"\+49 541 123456", "auf Anfrage"),
    "BR-DE-28": Failing(cii=(("<ram:URIID>rechnung@example", "<ram:URIID>rechnung.example"),),
                        ubl=(("ElectronicMail>rechnung@", "ElectronicMail>rechnung."),)),
    "BR-DE-30": _paid("59", _cii_debited(IBAN), _ubl_debited(IBAN), mandate=True),
    "BR-DE-31": _paid("59", "", _ubl_debited(None), creditor=True, mandate=True),
    "BR-TMP-2": _attached(("A1", "www.example.com/a", "")),
    "BR-DEX-01": replace(_dex, cii=(*_dex.cii, ("xrechnung_3.0<", f"xrechnung_3.0{EXTENSION}<")),
                         ubl=(*_dex.ubl, ("xrechnung_3.0<", f"xrechnung_3.0{EXTENSION}<"))),
}  # fmt: skip

CONTENT: dict[str, Failing] = {
    "UStG-14-4-1-seller": Failing(sample=replace(PLAIN, seller=replace(SELLER, city=""))),
    "UStG-14-4-1-buyer": Failing(
        sample=replace(PLAIN, buyer=replace(BUYER, street="", post_code=""))
    ),
    "UStG-14-4-2": Failing(sample=NO_TAX_ID),
    "UStG-14-4-5": Failing(
        sample=replace(PLAIN, lines=(SampleLine(name="lt. Lieferschein Nr. 4711"),))
    ),
    "UStG-14-4-6": _without(
        _element("ram:ActualDeliverySupplyChainEvent"), _element("cac:Delivery")
    ),
    "UStG-14-4-8": _without(
        _element("ram:ExemptionReason"),
        _element("cbc:TaxExemptionReason"),
        sample=_UNTAXED["E"],
    ),
    "UStG-14a-3": Failing(sample=_UNTAXED["K"]),
    "UStG-14a-5": Failing(
        cii=(("Steuerschuldnerschaft[^<]*", "steuerfrei"),),
        ubl=(("Steuerschuldnerschaft[^<]*", "steuerfrei"),),
        sample=_UNTAXED["AE"],
    ),
}
