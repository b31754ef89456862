"""OASIS UBL 2.1 Invoice and CreditNote as bound by CEN/TS 16931-3-2."""

import re
from typing import Final

from valero.beleg.invoice import (
    Address,
    AllowanceCharge,
    Attachment,
    Contact,
    Delivery,
    Identifier,
    Invoice,
    Item,
    Line,
    Note,
    Party,
    Payment,
    Period,
    PrecedingInvoice,
    Price,
    Property,
    References,
    Syntax,
    TaxGroup,
    Totals,
)
from valero.beleg.xmltree import (
    NAMESPACES,
    Node,
    amount,
    decimal,
    iso_day,
    limited,
    money,
    required,
)

INVOICE_ROOT: Final = f"{{{NAMESPACES['inv']}}}Invoice"
CREDIT_NOTE_ROOT: Final = f"{{{NAMESPACES['crn']}}}CreditNote"

_OBJECT, _PROJECT, _SEPA, _VAT = "130", "50", "SEPA", "VAT"
_SUBJECT = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)


def load(root: Node) -> Invoice:
    """The invoice or credit note in a UBL tree, read literally.

    Raises Unreadable naming the business term.
    """
    kind = "CreditNote" if root.name == CREDIT_NOTE_ROOT else "Invoice"
    seller = required(root.first("cac:AccountingSupplierParty/cac:Party"), "BG-4")
    buyer = required(root.first("cac:AccountingCustomerParty/cac:Party"), "BG-7")
    payee = root.first("cac:PayeeParty")
    representative = root.first("cac:TaxRepresentativeParty")
    currency = required(root.text("cbc:DocumentCurrencyCode"), "BT-5")
    tax_currency = root.text("cbc:TaxCurrencyCode")
    due = root.text("cbc:DueDate") or root.text("cac:PaymentMeans/cbc:PaymentDueDate")
    subtotals = root.all("cac:TaxTotal/cac:TaxSubtotal")
    return Invoice(
        syntax=Syntax.UBL,
        specification=root.text("cbc:CustomizationID"),
        process=root.text("cbc:ProfileID"),
        number=required(root.text("cbc:ID"), "BT-1"),
        issued_on=required(iso_day(root.text("cbc:IssueDate"), "BT-2"), "BT-2"),
        type_code=required(root.text(f"cbc:{kind}TypeCode"), "BT-3"),
        currency=currency,
        tax_currency=tax_currency,
        tax_point_on=iso_day(root.text("cbc:TaxPointDate"), "BT-7"),
        tax_point_code=root.text("cac:InvoicePeriod/cbc:DescriptionCode"),
        due_on=iso_day(due, "BT-9"),
        references=_references(root),
        payment_terms=root.whole_text("cac:PaymentTerms/cbc:Note"),
        notes=tuple(_notes(root)),
        seller=_party(seller),
        buyer=_party(buyer),
        payee=_party(payee) if payee else None,
        tax_representative=_party(representative) if representative else None,
        delivery=_delivery(root.first("cac:Delivery")),
        period=_period(root),
        payments=tuple(_payment(node) for node in root.all("cac:PaymentMeans")),
        payment_reference=root.text("cac:PaymentMeans/cbc:PaymentID"),
        creditor_id=_creditor(payee) or _creditor(seller),
        allowances_charges=_allowances(root),
        totals=_totals(root, currency, tax_currency),
        taxes=tuple(_tax(node) for node in subtotals if not _foreign(node, currency)),
        attachments=_attachments(root),
        lines=tuple(_line(node) for node in limited(root.all(f"cac:{kind}Line"))),
    )


def _foreign(subtotal: Node, currency: str) -> bool:
    """A breakdown in the tax currency, which EN 16931 does not foresee but some senders add."""
    stated = subtotal.first("cbc:TaxAmount")
    return stated is not None and stated.attribute("currencyID") not in (currency, None)


def _notes(root: Node) -> list[Note]:
    notes = []
    for node in root.all("cbc:Note"):
        text = node.own_text()
        coded = _SUBJECT.fullmatch(text or "")
        if coded and coded.group(2).strip():
            notes.append(Note(text=coded.group(2).strip(), subject_code=coded.group(1)))
        elif text:
            notes.append(Note(text=text))
    return notes


def _identifier(node: Node | None) -> Identifier | None:
    value = node.own_text() if node else None
    return Identifier(value=value, scheme=node.attribute("schemeID")) if node and value else None


def _identifiers(party: Node) -> tuple[Identifier, ...]:
    found = (_identifier(node) for node in party.all("cac:PartyIdentification/cbc:ID"))
    return tuple(identifier for identifier in found if identifier)


def _creditor(party: Node | None) -> str | None:
    found = _identifiers(party) if party else ()
    return next((one.value for one in found if one.scheme == _SEPA), None)


def _party(node: Node) -> Party:
    vat_id = tax_number = None
    for scheme in node.all("cac:PartyTaxScheme"):
        if scheme.text("cac:TaxScheme/cbc:ID") == _VAT:
            vat_id = vat_id or scheme.text("cbc:CompanyID")
        else:
            tax_number = tax_number or scheme.text("cbc:CompanyID")
    legal = node.text("cac:PartyLegalEntity/cbc:RegistrationName")
    trading = node.text("cac:PartyName/cbc:Name")
    return Party(
        name=legal or trading,
        trading_name=trading if legal else None,
        identifiers=tuple(one for one in _identifiers(node) if one.scheme != _SEPA),
        legal_registration=_identifier(node.first("cac:PartyLegalEntity/cbc:CompanyID")),
        vat_id=vat_id,
        tax_number=tax_number,
        legal_information=node.text("cac:PartyLegalEntity/cbc:CompanyLegalForm"),
        endpoint=_identifier(node.first("cbc:EndpointID")),
        address=_address(node.first("cac:PostalAddress")),
        contact=_contact(node.first("cac:Contact")),
    )


def _address(node: Node | None) -> Address | None:
    if node is None:
        return None
    return Address(
        line_one=node.text("cbc:StreetName"),
        line_two=node.text("cbc:AdditionalStreetName"),
        line_three=node.text("cac:AddressLine/cbc:Line"),
        city=node.text("cbc:CityName"),
        post_code=node.text("cbc:PostalZone"),
        subdivision=node.text("cbc:CountrySubentity"),
        country=node.text("cac:Country/cbc:IdentificationCode"),
    )


def _contact(node: Node | None) -> Contact | None:
    if node is None:
        return None
    return Contact(
        name=node.text("cbc:Name"),
        phone=node.text("cbc:Telephone"),
        email=node.text("cbc:ElectronicMail"),
    )


def _references(root: Node) -> References:
    extra = tuple(root.all("cac:AdditionalDocumentReference"))
    invoiced = next((n for n in extra if n.text("cbc:DocumentTypeCode") == _OBJECT), None)
    project = next((n for n in extra if n.text("cbc:DocumentTypeCode") == _PROJECT), None)
    preceding = root.all("cac:BillingReference/cac:InvoiceDocumentReference")
    return References(
        buyer=root.text("cbc:BuyerReference"),
        project=root.text("cac:ProjectReference/cbc:ID")
        or (project.text("cbc:ID") if project else None),
        contract=root.text("cac:ContractDocumentReference/cbc:ID"),
        order=root.text("cac:OrderReference/cbc:ID"),
        sales_order=root.text("cac:OrderReference/cbc:SalesOrderID"),
        receiving_advice=root.text("cac:ReceiptDocumentReference/cbc:ID"),
        despatch_advice=root.text("cac:DespatchDocumentReference/cbc:ID"),
        tender=root.text("cac:OriginatorDocumentReference/cbc:ID"),
        invoiced_object=_identifier(invoiced.first("cbc:ID")) if invoiced else None,
        accounting=root.text("cbc:AccountingCost"),
        preceding=tuple(
            PrecedingInvoice(number=number, issued_on=iso_day(node.text("cbc:IssueDate"), "BT-26"))
            for node in preceding
            if (number := node.text("cbc:ID"))
        ),
    )


def _attachments(root: Node) -> tuple[Attachment, ...]:
    found = []
    for node in root.all("cac:AdditionalDocumentReference"):
        if node.text("cbc:DocumentTypeCode") in (_OBJECT, _PROJECT):
            continue
        binary = node.first("cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
        found.append(
            Attachment(
                reference=required(node.text("cbc:ID"), "BT-122"),
                description=node.text("cbc:DocumentDescription"),
                location=node.text("cac:Attachment/cac:ExternalReference/cbc:URI"),
                filename=binary.attribute("filename") if binary else None,
                media_type=binary.attribute("mimeCode") if binary else None,
            )
        )
    return tuple(found)


def _delivery(node: Node | None) -> Delivery | None:
    if node is None:
        return None
    return Delivery(
        name=node.text("cac:DeliveryParty/cac:PartyName/cbc:Name"),
        location=_identifier(node.first("cac:DeliveryLocation/cbc:ID")),
        delivered_on=iso_day(node.text("cbc:ActualDeliveryDate"), "BT-72"),
        address=_address(node.first("cac:DeliveryLocation/cac:Address")),
    )


def _period(node: Node) -> Period | None:
    period = node.first("cac:InvoicePeriod")
    if period is None:
        return None
    return Period(
        starts_on=iso_day(period.text("cbc:StartDate"), "BT-73/BT-134"),
        ends_on=iso_day(period.text("cbc:EndDate"), "BT-74/BT-135"),
    )


def _payment(node: Node) -> Payment:
    code = node.first("cbc:PaymentMeansCode")
    account, card = "cac:PayeeFinancialAccount/", "cac:CardAccount/cbc:"
    return Payment(
        means_code=required(code.own_text() if code else None, "BT-81"),
        means_text=code.attribute("name") if code else None,
        account=node.text(f"{account}cbc:ID"),
        account_name=node.text(f"{account}cbc:Name"),
        bank=node.text(f"{account}cac:FinancialInstitutionBranch/cbc:ID"),
        card_number=node.text(f"{card}PrimaryAccountNumberID"),
        card_holder=node.text(f"{card}HolderName"),
        mandate=node.text("cac:PaymentMandate/cbc:ID"),
        debited_account=node.text("cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID"),
    )


def _allowances(node: Node) -> tuple[AllowanceCharge, ...]:
    return tuple(
        AllowanceCharge(
            is_charge=child.text("cbc:ChargeIndicator") in ("true", "1"),
            amount=required(amount(child.text("cbc:Amount"), "BT-92/BT-99"), "BT-92/BT-99"),
            base=amount(child.text("cbc:BaseAmount"), "BT-93/BT-100"),
            percent=decimal(child.text("cbc:MultiplierFactorNumeric"), "BT-94/BT-101"),
            category=child.text("cac:TaxCategory/cbc:ID"),
            rate=decimal(child.text("cac:TaxCategory/cbc:Percent"), "BT-96/BT-103"),
            reason=child.text("cbc:AllowanceChargeReason"),
            reason_code=child.text("cbc:AllowanceChargeReasonCode"),
        )
        for child in node.all("cac:AllowanceCharge")
    )


def _totals(root: Node, currency: str, tax_currency: str | None) -> Totals:
    node = required(root.first("cac:LegalMonetaryTotal"), "BG-22")
    taxes = {
        child.attribute("currencyID"): child for child in root.all("cac:TaxTotal/cbc:TaxAmount")
    }
    tax = taxes.get(currency) or taxes.get(None)
    foreign = taxes.get(tax_currency) if tax_currency and tax_currency != currency else None
    return Totals(
        lines=required(money(node.text("cbc:LineExtensionAmount"), "BT-106"), "BT-106"),
        allowances=money(node.text("cbc:AllowanceTotalAmount"), "BT-107"),
        charges=money(node.text("cbc:ChargeTotalAmount"), "BT-108"),
        tax_exclusive=required(money(node.text("cbc:TaxExclusiveAmount"), "BT-109"), "BT-109"),
        tax=money(tax.own_text(), "BT-110") if tax else None,
        tax_accounting=money(foreign.own_text(), "BT-111") if foreign else None,
        tax_inclusive=required(money(node.text("cbc:TaxInclusiveAmount"), "BT-112"), "BT-112"),
        prepaid=money(node.text("cbc:PrepaidAmount"), "BT-113"),
        rounding=money(node.text("cbc:PayableRoundingAmount"), "BT-114"),
        payable=required(money(node.text("cbc:PayableAmount"), "BT-115"), "BT-115"),
    )


def _tax(node: Node) -> TaxGroup:
    return TaxGroup(
        category=required(node.text("cac:TaxCategory/cbc:ID"), "BT-118"),
        rate=decimal(node.text("cac:TaxCategory/cbc:Percent"), "BT-119"),
        base=required(money(node.text("cbc:TaxableAmount"), "BT-116"), "BT-116"),
        tax=required(money(node.text("cbc:TaxAmount"), "BT-117"), "BT-117"),
        exemption_reason=node.text("cac:TaxCategory/cbc:TaxExemptionReason"),
        exemption_code=node.text("cac:TaxCategory/cbc:TaxExemptionReasonCode"),
    )


def _line(node: Node) -> Line:
    quantity = node.first("cbc:InvoicedQuantity") or node.first("cbc:CreditedQuantity")
    item = required(node.first("cac:Item"), "BG-31")
    return Line(
        number=required(node.text("cbc:ID"), "BT-126"),
        note=node.text("cbc:Note"),
        object_reference=_identifier(node.first("cac:DocumentReference/cbc:ID")),
        quantity=required(decimal(quantity.own_text() if quantity else None, "BT-129"), "BT-129"),
        unit=quantity.attribute("unitCode") if quantity else None,
        net=required(amount(node.text("cbc:LineExtensionAmount"), "BT-131"), "BT-131"),
        order_line=node.text("cac:OrderLineReference/cbc:LineID"),
        accounting_reference=node.text("cbc:AccountingCost"),
        period=_period(node),
        allowances_charges=_allowances(node),
        price=_price(required(node.first("cac:Price"), "BG-29")),
        category=item.text("cac:ClassifiedTaxCategory/cbc:ID"),
        rate=decimal(item.text("cac:ClassifiedTaxCategory/cbc:Percent"), "BT-152"),
        item=_item(item),
    )


def _price(node: Node) -> Price:
    quantity = node.first("cbc:BaseQuantity")
    return Price(
        net=required(decimal(node.text("cbc:PriceAmount"), "BT-146"), "BT-146"),
        discount=decimal(node.text("cac:AllowanceCharge/cbc:Amount"), "BT-147"),
        gross=decimal(node.text("cac:AllowanceCharge/cbc:BaseAmount"), "BT-148"),
        per_quantity=decimal(quantity.own_text(), "BT-149") if quantity else None,
        per_unit=quantity.attribute("unitCode") if quantity else None,
    )


def _item(item: Node) -> Item:
    codes = (
        (child.own_text(), child.attribute("listID"))
        for child in item.all("cac:CommodityClassification/cbc:ItemClassificationCode")
    )
    properties = (
        (child.text("cbc:Name"), child.text("cbc:Value"))
        for child in item.all("cac:AdditionalItemProperty")
    )
    return Item(
        name=required(item.text("cbc:Name"), "BT-153"),
        description=item.text("cbc:Description"),
        seller_number=item.text("cac:SellersItemIdentification/cbc:ID"),
        buyer_number=item.text("cac:BuyersItemIdentification/cbc:ID"),
        standard_number=_identifier(item.first("cac:StandardItemIdentification/cbc:ID")),
        classifications=tuple(Identifier(value=v, scheme=s) for v, s in codes if v),
        origin=item.text("cac:OriginCountry/cbc:IdentificationCode"),
        properties=tuple(Property(name=n, value=v) for n, v in properties if n and v),
    )
