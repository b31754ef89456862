"""An e-invoice as the document states it: the semantic model of EN 16931-1, read only.

Nothing here is computed. Fields carry the number of their business term (BT) or group (BG); amounts
are in the document currency (BT-5) unless said otherwise, rates in per cent.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Unreadable(Exception):  # noqa: N818 - the outcome is a state, not a defect
    """The file is no e-invoice we can read; says in both languages what to do about it."""

    def __init__(self, *, de: str, en: str) -> None:
        super().__init__(en)
        self.de = de
        self.en = en


class Syntax(StrEnum):
    """The two syntaxes of EN 16931-1."""

    CII = "cii"
    UBL = "ubl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A value with the list it comes from, for example a GLN with scheme 0088."""

    value: str
    scheme: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """BG-5, BG-8, BG-12, BG-15: postal address."""

    line_one: str | None = None
    line_two: str | None = None
    line_three: str | None = None
    city: str | None = None
    post_code: str | None = None
    subdivision: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """BG-6, BG-9: whom to ask."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """BG-4 seller, BG-7 buyer, BG-10 payee, BG-11 tax representative."""

    name: str | None = None
    """BT-27, BT-44, BT-59, BT-62."""
    trading_name: str | None = None
    """BT-28, BT-45."""
    identifiers: tuple[Identifier, ...] = ()
    """BT-29, BT-46, BT-60."""
    legal_registration: Identifier | None = None
    """BT-30, BT-47, BT-61."""
    vat_id: str | None = None
    """BT-31, BT-48, BT-63."""
    tax_number: str | None = None
    """BT-32, the seller's local tax number."""
    legal_information: str | None = None
    """BT-33."""
    endpoint: Identifier | None = None
    """BT-34, BT-49."""
    address: Address | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """BG-1."""

    subject_code: str | None = None
    """BT-21, UNTDID 4451."""
    text: str
    """BT-22."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecedingInvoice:
    """BG-3: the invoice that is corrected or settled."""

    number: str
    """BT-25."""
    issued_on: date | None = None
    """BT-26."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """BG-14, BG-26: first and last day of supply (BT-73, BT-74, BT-134, BT-135)."""

    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """BG-13."""

    name: str | None = None
    """BT-70."""
    location: Identifier | None = None
    """BT-71."""
    delivered_on: date | None = None
    """BT-72."""
    address: Address | None = None
    """BG-15."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """BG-16 with BG-17 credit transfer, BG-18 card, BG-19 direct debit; one per stated means."""

    means_code: str
    """BT-81, UNTDID 4461: 58 SEPA credit transfer, 59 SEPA direct debit."""
    means_text: str | None = None
    """BT-82."""
    account: str | None = None
    """BT-84, IBAN."""
    account_name: str | None = None
    """BT-85."""
    bank: str | None = None
    """BT-86, BIC."""
    card_number: str | None = None
    """BT-87."""
    card_holder: str | None = None
    """BT-88."""
    mandate: str | None = None
    """BT-89."""
    debited_account: str | None = None
    """BT-91."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceCharge:
    """BG-20, BG-21 on the document, BG-27, BG-28 on a line; `amount` is never negated."""

    is_charge: bool
    amount: Decimal
    """BT-92, BT-99, BT-136, BT-141."""
    base: Decimal | None = None
    """BT-93, BT-100, BT-137, BT-142."""
    percent: Decimal | None = None
    """BT-94, BT-101, BT-138, BT-143."""
    category: str | None = None
    """BT-95, BT-102; absent on lines."""
    rate: Decimal | None = None
    """BT-96, BT-103; absent on lines."""
    reason: str | None = None
    """BT-97, BT-104, BT-139, BT-144."""
    reason_code: str | None = None
    """BT-98, BT-105, BT-140, BT-145."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxGroup:
    """BG-23: one group of the VAT breakdown."""

    category: str
    """BT-118, UNTDID 5305."""
    rate: Decimal | None = None
    """BT-119."""
    base: Decimal
    """BT-116."""
    tax: Decimal
    """BT-117."""
    exemption_reason: str | None = None
    """BT-120."""
    exemption_code: str | None = None
    """BT-121."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BG-22: the document's own totals, two decimals."""

    lines: Decimal
    """BT-106."""
    allowances: Decimal | None = None
    """BT-107."""
    charges: Decimal | None = None
    """BT-108."""
    tax_exclusive: Decimal
    """BT-109."""
    tax: Decimal | None = None
    """BT-110."""
    tax_accounting: Decimal | None = None
    """BT-111, in the tax currency (BT-6)."""
    tax_inclusive: Decimal
    """BT-112."""
    prepaid: Decimal | None = None
    """BT-113."""
    rounding: Decimal | None = None
    """BT-114."""
    payable: Decimal
    """BT-115."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """BG-24: a supporting document; its bytes stay in the archived original."""

    reference: str
    """BT-122."""
    description: str | None = None
    """BT-123."""
    location: str | None = None
    """BT-124."""
    filename: str | None = None
    """BT-125, name."""
    media_type: str | None = None
    """BT-125, as claimed by the sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """BG-32."""

    name: str
    """BT-160."""
    value: str
    """BT-161."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """BG-29."""

    net: Decimal
    """BT-146."""
    discount: Decimal | None = None
    """BT-147."""
    gross: Decimal | None = None
    """BT-148."""
    per_quantity: Decimal | None = None
    """BT-149."""
    per_unit: str | None = None
    """BT-150."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """BG-31."""

    name: str
    """BT-153."""
    description: str | None = None
    """BT-154."""
    seller_number: str | None = None
    """BT-155."""
    buyer_number: str | None = None
    """BT-156."""
    standard_number: Identifier | None = None
    """BT-157, for example a GTIN."""
    classifications: tuple[Identifier, ...] = ()
    """BT-158."""
    origin: str | None = None
    """BT-159."""
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """BG-25."""

    number: str
    """BT-126."""
    note: str | None = None
    """BT-127."""
    object_reference: Identifier | None = None
    """BT-128."""
    quantity: Decimal
    """BT-129."""
    unit: str | None = None
    """BT-130, UN/ECE Recommendation 20."""
    net: Decimal
    """BT-131."""
    order_line: str | None = None
    """BT-132."""
    accounting_reference: str | None = None
    """BT-133."""
    period: Period | None = None
    allowances_charges: tuple[AllowanceCharge, ...] = ()
    price: Price
    category: str | None = None
    """BT-151."""
    rate: Decimal | None = None
    """BT-152."""
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What the document refers to."""

    buyer: str | None = None
    """BT-10, the Leitweg-ID of public buyers."""
    project: str | None = None
    """BT-11."""
    contract: str | None = None
    """BT-12."""
    order: str | None = None
    """BT-13."""
    sales_order: str | None = None
    """BT-14."""
    receiving_advice: str | None = None
    """BT-15."""
    despatch_advice: str | None = None
    """BT-16."""
    tender: str | None = None
    """BT-17."""
    invoiced_object: Identifier | None = None
    """BT-18."""
    accounting: str | None = None
    """BT-19."""
    preceding: tuple[PrecedingInvoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """The whole document."""

    syntax: Syntax
    specification: str | None = None
    """BT-24."""
    process: str | None = None
    """BT-23."""
    number: str
    """BT-1."""
    issued_on: date
    """BT-2."""
    type_code: str
    """BT-3, UNTDID 1001."""
    currency: str
    """BT-5, ISO 4217."""
    tax_currency: str | None = None
    """BT-6."""
    tax_point_on: date | None = None
    """BT-7."""
    tax_point_code: str | None = None
    """BT-8."""
    due_on: date | None = None
    """BT-9."""
    references: References
    payment_terms: str | None = None
    """BT-20, with its line breaks, also the last one."""
    notes: tuple[Note, ...] = ()
    seller: Party
    buyer: Party
    payee: Party | None = None
    tax_representative: Party | None = None
    delivery: Delivery | None = None
    period: Period | None = None
    payments: tuple[Payment, ...] = ()
    payment_reference: str | None = None
    """BT-83."""
    creditor_id: str | None = None
    """BT-90."""
    allowances_charges: tuple[AllowanceCharge, ...] = ()
    totals: Totals
    taxes: tuple[TaxGroup, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    lines: tuple[Line, ...] = ()
