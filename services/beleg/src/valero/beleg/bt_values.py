"""The fields of an invoice by their number in EN 16931-1, as text, exactly as read."""

from collections.abc import Iterable, Iterator
from typing import Any

from valero.beleg.invoice import AllowanceCharge, Invoice, Line, Party

Values = dict[str, str]
Pairs = Iterable[tuple[str, Any]]

_SELLER = {
    "name": "BT-27", "trading_name": "BT-28", "vat_id": "BT-31", "tax_number": "BT-32",
    "legal_information": "BT-33",
}  # fmt: skip
_BUYER = {"name": "BT-44", "trading_name": "BT-45", "vat_id": "BT-48"}
_PARTS = ("line_one", "line_two", "city", "post_code", "subdivision", "country")


def header(invoice: Invoice) -> Values:
    """All header fields that are there; repeated ones joined by `; `."""
    pairs = (
        *_document(invoice),
        *_party(invoice.seller, _SELLER, ("BT-29", "BT-30", "BT-34"), 35, 41),
        *_party(invoice.buyer, _BUYER, ("BT-46", "BT-47", "BT-49"), 50, 56),
        *_others(invoice),
        *_payment(invoice),
        *_totals(invoice),
    )
    found: dict[str, list[str]] = {}
    for term, value in pairs:
        if value is not None and value != "":
            found.setdefault(term, []).append(str(value))
    ordered = sorted(found, key=lambda term: int(term.partition("-")[2]))
    return {term: "; ".join(found[term]) for term in ordered}


def lines(invoice: Invoice) -> list[Values]:
    """The fields of each line."""
    return [
        {term: str(value) for term, value in _line(line) if value is not None}
        for line in invoice.lines
    ]


def _document(invoice: Invoice) -> Pairs:
    references = invoice.references
    yield from (
        ("BT-1", invoice.number),
        ("BT-2", invoice.issued_on),
        ("BT-3", invoice.type_code),
        ("BT-5", invoice.currency),
        ("BT-6", invoice.tax_currency),
        ("BT-7", invoice.tax_point_on),
        ("BT-8", invoice.tax_point_code),
        ("BT-9", invoice.due_on),
        ("BT-10", references.buyer),
        ("BT-11", references.project),
        ("BT-12", references.contract),
        ("BT-13", references.order),
        ("BT-14", references.sales_order),
        ("BT-15", references.receiving_advice),
        ("BT-16", references.despatch_advice),
        ("BT-17", references.tender),
        ("BT-18", references.invoiced_object and references.invoiced_object.value),
        ("BT-19", references.accounting),
        ("BT-20", invoice.payment_terms),
        ("BT-23", invoice.process),
        ("BT-24", invoice.specification),
    )
    for note in invoice.notes:
        yield from (("BT-21", note.subject_code), ("BT-22", note.text))
    for one in references.preceding:
        yield from (("BT-25", one.number), ("BT-26", one.issued_on))


def _party(
    party: Party, names: dict[str, str], ids: tuple[str, str, str], address: int, contact: int
) -> Pairs:
    """`address` and `contact` are the numbers of the first term of these groups."""
    yield from ((term, getattr(party, name)) for name, term in names.items())
    yield from ((ids[0], one.value) for one in party.identifiers)
    yield (ids[1], party.legal_registration and party.legal_registration.value)
    yield (ids[2], party.endpoint and party.endpoint.value)
    yield from _numbered(party.address, address, _PARTS)
    yield from _numbered(party.contact, contact, ("name", "phone", "email"))


def _numbered(group: object, first: int, names: tuple[str, ...]) -> Pairs:
    if group is not None:
        yield from ((f"BT-{first + i}", getattr(group, name)) for i, name in enumerate(names))


def _others(invoice: Invoice) -> Pairs:
    payee, representative = invoice.payee, invoice.tax_representative
    if payee is not None:
        yield ("BT-59", payee.name)
    if representative is not None:
        yield from (("BT-62", representative.name), ("BT-63", representative.vat_id))
        yield from _numbered(representative.address, 64, _PARTS)
    delivery = invoice.delivery
    if delivery is not None:
        place = delivery.location and delivery.location.value
        yield from (("BT-70", delivery.name), ("BT-71", place), ("BT-72", delivery.delivered_on))
        yield from _numbered(delivery.address, 75, _PARTS)
    if invoice.period is not None:
        yield from (("BT-73", invoice.period.starts_on), ("BT-74", invoice.period.ends_on))


def _payment(invoice: Invoice) -> Pairs:
    yield from (("BT-83", invoice.payment_reference), ("BT-90", invoice.creditor_id))
    for one in invoice.payments:
        yield from (
            ("BT-81", one.means_code),
            ("BT-82", one.means_text),
            ("BT-84", one.account),
            ("BT-85", one.account_name),
            ("BT-86", one.bank),
            ("BT-87", one.card_number),
            ("BT-88", one.card_holder),
            ("BT-89", one.mandate),
            ("BT-91", one.debited_account),
        )


def _totals(invoice: Invoice) -> Pairs:
    for one in invoice.allowances_charges:
        yield from _allowance(one, 99 if one.is_charge else 92)
    totals = invoice.totals
    yield from (
        ("BT-106", totals.lines),
        ("BT-107", totals.allowances),
        ("BT-108", totals.charges),
        ("BT-109", totals.tax_exclusive),
        ("BT-110", totals.tax),
        ("BT-111", totals.tax_accounting),
        ("BT-112", totals.tax_inclusive),
        ("BT-113", totals.prepaid),
        ("BT-114", totals.rounding),
        ("BT-115", totals.payable),
    )
    for group in invoice.taxes:
        yield from (
            ("BT-116", group.base),
            ("BT-117", group.tax),
            ("BT-118", group.category),
            ("BT-119", group.rate),
            ("BT-120", group.exemption_reason),
            ("BT-121", group.exemption_code),
        )
    for attachment in invoice.attachments:
        yield from (
            ("BT-122", attachment.reference),
            ("BT-123", attachment.description),
            ("BT-124", attachment.location),
            ("BT-125", attachment.filename),
        )


def _allowance(one: AllowanceCharge, first: int) -> Pairs:
    names = ("amount", "base", "percent", "category", "rate", "reason", "reason_code")
    return _numbered(one, first, names)


def _line(line: Line) -> Iterator[tuple[str, Any]]:
    item, price = line.item, line.price
    yield from (
        ("BT-126", line.number),
        ("BT-127", line.note),
        ("BT-128", line.object_reference and line.object_reference.value),
        ("BT-129", line.quantity),
        ("BT-130", line.unit),
        ("BT-131", line.net),
        ("BT-132", line.order_line),
        ("BT-133", line.accounting_reference),
        ("BT-134", line.period and line.period.starts_on),
        ("BT-135", line.period and line.period.ends_on),
        ("BT-146", price.net),
        ("BT-147", price.discount),
        ("BT-148", price.gross),
        ("BT-149", price.per_quantity),
        ("BT-151", line.category),
        ("BT-152", line.rate),
        ("BT-153", item.name),
        ("BT-154", item.description),
        ("BT-155", item.seller_number),
        ("BT-156", item.buyer_number),
        ("BT-157", item.standard_number and item.standard_number.value),
        ("BT-159", item.origin),
    )
