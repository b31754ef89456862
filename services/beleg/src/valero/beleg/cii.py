"""UN/CEFACT Cross Industry Invoice (D16B, namespace 100) as bound by CEN/TS 16931-3-3."""

from datetime import date
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
    limited,
    money,
    plain_day,
    required,
)

ROOT: Final = f"{{{NAMESPACES['rsm']}}}CrossIndustryInvoice"

_TENDER, _OBJECT, _ATTACHMENT, _DEBIT = "50", "130", "916", "59"


def load(root: Node) -> Invoice:
    """The invoice in a CII tree, read literally; raises Unreadable naming the business term."""
    head = required(root.first("rsm:ExchangedDocument"), "ExchangedDocument")
    trade = required(root.first("rsm:SupplyChainTradeTransaction"), "SupplyChainTradeTransaction")
    agreement = required(trade.first("ram:ApplicableHeaderTradeAgreement"), "BG-4")
    settlement = required(trade.first("ram:ApplicableHeaderTradeSettlement"), "BG-22")
    context = "rsm:ExchangedDocumentContext/ram:"
    items = trade.all("ram:IncludedSupplyChainTradeLineItem")
    terms = tuple(settlement.all("ram:SpecifiedTradePaymentTerms"))
    currency = required(settlement.text("ram:InvoiceCurrencyCode"), "BT-5")
    tax_currency = settlement.text("ram:TaxCurrencyCode")
    point = settlement.text("ram:ApplicableTradeTax/ram:TaxPointDate/udt:DateString")
    return Invoice(
        syntax=Syntax.CII,
        specification=root.text(f"{context}GuidelineSpecifiedDocumentContextParameter/ram:ID"),
        process=root.text(f"{context}BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
        number=required(head.text("ram:ID"), "BT-1"),
        issued_on=required(_day(head, "ram:IssueDateTime", "BT-2"), "BT-2"),
        type_code=required(head.text("ram:TypeCode"), "BT-3"),
        currency=currency,
        tax_currency=tax_currency,
        tax_point_on=plain_day(point, "BT-7"),
        tax_point_code=settlement.text("ram:ApplicableTradeTax/ram:DueDateTypeCode"),
        due_on=next((day for term in terms if (day := _due_day(term))), None),
        references=_references(agreement, settlement, trade),
        payment_terms=next((text for term in terms if (text := _terms_text(term))), None),
        notes=tuple(_notes(head)),
        seller=_party(required(agreement.first("ram:SellerTradeParty"), "BG-4")),
        buyer=_party(required(agreement.first("ram:BuyerTradeParty"), "BG-7")),
        payee=_optional_party(settlement, "ram:PayeeTradeParty"),
        tax_representative=_optional_party(agreement, "ram:SellerTaxRepresentativeTradeParty"),
        delivery=_delivery(trade.first("ram:ApplicableHeaderTradeDelivery")),
        period=_period(settlement),
        payments=_payments(settlement, terms),
        payment_reference=settlement.text("ram:PaymentReference"),
        creditor_id=settlement.text("ram:CreditorReferenceID"),
        allowances_charges=_allowances(settlement),
        totals=_totals(settlement, currency, tax_currency),
        taxes=tuple(_tax(node) for node in settlement.all("ram:ApplicableTradeTax")),
        attachments=_attachments(agreement),
        lines=tuple(_line(node) for node in limited(items)),
    )


def _day(node: Node, path: str, term: str) -> date | None:
    return plain_day(node.text(f"{path}/udt:DateTimeString"), term)


def _due_day(terms: Node) -> date | None:
    return _day(terms, "ram:DueDateDateTime", "BT-9")


def _terms_text(terms: Node) -> str | None:
    return terms.whole_text("ram:Description")


def _notes(head: Node) -> list[Note]:
    return [
        Note(text=text, subject_code=node.text("ram:SubjectCode"))
        for node in head.all("ram:IncludedNote")
        if (text := node.text("ram:Content"))
    ]


def _identifier(node: Node | None) -> Identifier | None:
    value = node.own_text() if node else None
    return Identifier(value=value, scheme=node.attribute("schemeID")) if node and value else None


def _identifiers(node: Node, *paths: str) -> tuple[Identifier, ...]:
    found = (_identifier(child) for path in paths for child in node.all(path))
    return tuple(identifier for identifier in found if identifier)


def _optional_party(node: Node, path: str) -> Party | None:
    found = node.first(path)
    return _party(found) if found else None


def _party(node: Node) -> Party:
    taxes = {
        identifier.scheme: identifier.value
        for identifier in _identifiers(node, "ram:SpecifiedTaxRegistration/ram:ID")
    }
    organization = "ram:SpecifiedLegalOrganization/ram:"
    return Party(
        name=node.text("ram:Name"),
        trading_name=node.text(f"{organization}TradingBusinessName"),
        identifiers=_identifiers(node, "ram:ID", "ram:GlobalID"),
        legal_registration=_identifier(node.first(f"{organization}ID")),
        vat_id=taxes.get("VA"),
        tax_number=taxes.get("FC"),
        legal_information=node.text("ram:Description"),
        endpoint=_identifier(node.first("ram:URIUniversalCommunication/ram:URIID")),
        address=_address(node.first("ram:PostalTradeAddress")),
        contact=_contact(node.first("ram:DefinedTradeContact")),
    )


def _address(node: Node | None) -> Address | None:
    if node is None:
        return None
    return Address(
        line_one=node.text("ram:LineOne"),
        line_two=node.text("ram:LineTwo"),
        line_three=node.text("ram:LineThree"),
        city=node.text("ram:CityName"),
        post_code=node.text("ram:PostcodeCode"),
        subdivision=node.text("ram:CountrySubDivisionName"),
        country=node.text("ram:CountryID"),
    )


def _contact(node: Node | None) -> Contact | None:
    if node is None:
        return None
    return Contact(
        name=node.text("ram:PersonName") or node.text("ram:DepartmentName"),
        phone=node.text("ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
        email=node.text("ram:EmailURIUniversalCommunication/ram:URIID"),
    )


def _references(agreement: Node, settlement: Node, trade: Node) -> References:
    issued = "/ram:IssuerAssignedID"
    delivery = "ram:ApplicableHeaderTradeDelivery/ram:"
    invoiced = next(_documents(agreement, _OBJECT), None)
    tender = next(_documents(agreement, _TENDER), None)
    object_number = invoiced.text("ram:IssuerAssignedID") if invoiced else None
    return References(
        buyer=agreement.text("ram:BuyerReference"),
        project=agreement.text("ram:SpecifiedProcuringProject/ram:ID"),
        contract=agreement.text(f"ram:ContractReferencedDocument{issued}"),
        order=agreement.text(f"ram:BuyerOrderReferencedDocument{issued}"),
        sales_order=agreement.text(f"ram:SellerOrderReferencedDocument{issued}"),
        receiving_advice=trade.text(f"{delivery}ReceivingAdviceReferencedDocument{issued}"),
        despatch_advice=trade.text(f"{delivery}DespatchAdviceReferencedDocument{issued}"),
        tender=tender.text("ram:IssuerAssignedID") if tender else None,
        invoiced_object=Identifier(
            value=object_number, scheme=invoiced.text("ram:ReferenceTypeCode")
        )
        if invoiced and object_number
        else None,
        accounting=settlement.text("ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
        preceding=tuple(
            PrecedingInvoice(
                number=number,
                issued_on=plain_day(
                    node.text("ram:FormattedIssueDateTime/qdt:DateTimeString"), "BT-26"
                ),
            )
            for node in settlement.all("ram:InvoiceReferencedDocument")
            if (number := node.text("ram:IssuerAssignedID"))
        ),
    )


def _documents(agreement: Node, type_code: str) -> "filter[Node]":
    return filter(
        lambda node: node.text("ram:TypeCode") == type_code,
        agreement.all("ram:AdditionalReferencedDocument"),
    )


def _attachments(agreement: Node) -> tuple[Attachment, ...]:
    found = []
    for node in _documents(agreement, _ATTACHMENT):
        binary = node.first("ram:AttachmentBinaryObject")
        found.append(
            Attachment(
                reference=required(node.text("ram:IssuerAssignedID"), "BT-122"),
                description=node.text("ram:Name"),
                location=node.text("ram:URIID"),
                filename=binary.attribute("filename") if binary else None,
                media_type=binary.attribute("mimeCode") if binary else None,
            )
        )
    return tuple(found)


def _delivery(node: Node | None) -> Delivery | None:
    if node is None:
        return None
    party = node.first("ram:ShipToTradeParty")
    day = _day(node, "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime", "BT-72")
    if party is None:
        return Delivery(delivered_on=day) if day else None
    places = _identifiers(party, "ram:ID", "ram:GlobalID")
    return Delivery(
        name=party.text("ram:Name"),
        location=places[0] if places else None,
        delivered_on=day,
        address=_address(party.first("ram:PostalTradeAddress")),
    )


def _period(settlement: Node) -> Period | None:
    node = settlement.first("ram:BillingSpecifiedPeriod")
    if node is None:
        return None
    return Period(
        starts_on=_day(node, "ram:StartDateTime", "BT-73/BT-134"),
        ends_on=_day(node, "ram:EndDateTime", "BT-74/BT-135"),
    )


def _payments(settlement: Node, terms: tuple[Node, ...]) -> tuple[Payment, ...]:
    mandates = (term.text("ram:DirectDebitMandateID") for term in terms)
    mandate = next((text for text in mandates if text), None)
    card = "ram:ApplicableTradeSettlementFinancialCard/ram:"
    account = "ram:PayeePartyCreditorFinancialAccount/ram:"
    found = []
    for node in settlement.all("ram:SpecifiedTradeSettlementPaymentMeans"):
        debited = node.text("ram:PayerPartyDebtorFinancialAccount/ram:IBANID")
        found.append(
            Payment(
                means_code=required(node.text("ram:TypeCode"), "BT-81"),
                means_text=node.text("ram:Information"),
                account=node.text(f"{account}IBANID") or node.text(f"{account}ProprietaryID"),
                account_name=node.text(f"{account}AccountName"),
                bank=node.text("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"),
                card_number=node.text(f"{card}ID"),
                card_holder=node.text(f"{card}CardholderName"),
                mandate=mandate if debited or node.text("ram:TypeCode") == _DEBIT else None,
                debited_account=debited,
            )
        )
    return tuple(found)


def _allowances(node: Node) -> tuple[AllowanceCharge, ...]:
    tax = "ram:CategoryTradeTax/ram:"
    return tuple(
        AllowanceCharge(
            is_charge=child.text("ram:ChargeIndicator/udt:Indicator") in ("true", "1"),
            amount=required(amount(child.text("ram:ActualAmount"), "BT-92/BT-99"), "BT-92/BT-99"),
            base=amount(child.text("ram:BasisAmount"), "BT-93/BT-100"),
            percent=decimal(child.text("ram:CalculationPercent"), "BT-94/BT-101"),
            category=child.text(f"{tax}CategoryCode"),
            rate=decimal(child.text(f"{tax}RateApplicablePercent"), "BT-96/BT-103"),
            reason=child.text("ram:Reason"),
            reason_code=child.text("ram:ReasonCode"),
        )
        for child in node.all("ram:SpecifiedTradeAllowanceCharge")
    )


def _totals(settlement: Node, currency: str, tax_currency: str | None) -> Totals:
    summation = "ram:SpecifiedTradeSettlementHeaderMonetarySummation"
    node = required(settlement.first(summation), "BG-22")
    taxes = {child.attribute("currencyID"): child for child in node.all("ram:TaxTotalAmount")}
    tax = taxes.get(currency) or taxes.get(None)
    foreign = taxes.get(tax_currency) if tax_currency and tax_currency != currency else None
    return Totals(
        lines=required(money(node.text("ram:LineTotalAmount"), "BT-106"), "BT-106"),
        allowances=money(node.text("ram:AllowanceTotalAmount"), "BT-107"),
        charges=money(node.text("ram:ChargeTotalAmount"), "BT-108"),
        tax_exclusive=required(money(node.text("ram:TaxBasisTotalAmount"), "BT-109"), "BT-109"),
        tax=money(tax.own_text(), "BT-110") if tax else None,
        tax_accounting=money(foreign.own_text(), "BT-111") if foreign else None,
        tax_inclusive=required(money(node.text("ram:GrandTotalAmount"), "BT-112"), "BT-112"),
        prepaid=money(node.text("ram:TotalPrepaidAmount"), "BT-113"),
        rounding=money(node.text("ram:RoundingAmount"), "BT-114"),
        payable=required(money(node.text("ram:DuePayableAmount"), "BT-115"), "BT-115"),
    )


def _tax(node: Node) -> TaxGroup:
    return TaxGroup(
        category=required(node.text("ram:CategoryCode"), "BT-118"),
        rate=decimal(node.text("ram:RateApplicablePercent"), "BT-119"),
        base=required(money(node.text("ram:BasisAmount"), "BT-116"), "BT-116"),
        tax=required(money(node.text("ram:CalculatedAmount"), "BT-117"), "BT-117"),
        exemption_reason=node.text("ram:ExemptionReason"),
        exemption_code=node.text("ram:ExemptionReasonCode"),
    )


def _line(node: Node) -> Line:
    document = required(node.first("ram:AssociatedDocumentLineDocument"), "BT-126")
    settlement = required(node.first("ram:SpecifiedLineTradeSettlement"), "BT-131")
    agreement = required(node.first("ram:SpecifiedLineTradeAgreement"), "BG-29")
    quantity = node.first("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity")
    net = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    invoiced = settlement.first("ram:AdditionalReferencedDocument")
    object_number = invoiced.text("ram:IssuerAssignedID") if invoiced else None
    return Line(
        number=required(document.text("ram:LineID"), "BT-126"),
        note=document.text("ram:IncludedNote/ram:Content"),
        object_reference=Identifier(
            value=object_number, scheme=invoiced.text("ram:ReferenceTypeCode")
        )
        if invoiced and object_number
        else None,
        quantity=required(decimal(quantity.own_text() if quantity else None, "BT-129"), "BT-129"),
        unit=quantity.attribute("unitCode") if quantity else None,
        net=required(amount(settlement.text(net), "BT-131"), "BT-131"),
        order_line=agreement.text("ram:BuyerOrderReferencedDocument/ram:LineID"),
        accounting_reference=settlement.text(
            "ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"
        ),
        period=_period(settlement),
        allowances_charges=_allowances(settlement),
        price=_price(agreement),
        category=settlement.text("ram:ApplicableTradeTax/ram:CategoryCode"),
        rate=decimal(settlement.text("ram:ApplicableTradeTax/ram:RateApplicablePercent"), "BT-152"),
        item=_item(required(node.first("ram:SpecifiedTradeProduct"), "BG-31")),
    )


def _price(agreement: Node) -> Price:
    net = required(agreement.first("ram:NetPriceProductTradePrice"), "BT-146")
    gross = agreement.first("ram:GrossPriceProductTradePrice")
    quantity = net.first("ram:BasisQuantity") or (gross and gross.first("ram:BasisQuantity"))
    discount = gross.text("ram:AppliedTradeAllowanceCharge/ram:ActualAmount") if gross else None
    return Price(
        net=required(decimal(net.text("ram:ChargeAmount"), "BT-146"), "BT-146"),
        discount=decimal(discount, "BT-147"),
        gross=decimal(gross.text("ram:ChargeAmount"), "BT-148") if gross else None,
        per_quantity=decimal(quantity.own_text(), "BT-149") if quantity else None,
        per_unit=quantity.attribute("unitCode") if quantity else None,
    )


def _item(product: Node) -> Item:
    codes = (
        (child.own_text(), child.attribute("listID"))
        for child in product.all("ram:DesignatedProductClassification/ram:ClassCode")
    )
    properties = (
        (child.text("ram:Description"), child.text("ram:Value"))
        for child in product.all("ram:ApplicableProductCharacteristic")
    )
    return Item(
        name=required(product.text("ram:Name"), "BT-153"),
        description=product.text("ram:Description"),
        seller_number=product.text("ram:SellerAssignedID"),
        buyer_number=product.text("ram:BuyerAssignedID"),
        standard_number=_identifier(product.first("ram:GlobalID")),
        classifications=tuple(Identifier(value=v, scheme=s) for v, s in codes if v),
        origin=product.text("ram:OriginTradeCountry/ram:ID"),
        properties=tuple(Property(name=n, value=v) for n, v in properties if n and v),
    )
