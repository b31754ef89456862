"""The types of the schema: names for the fields of the services' JSON, which passes through as is.

Plain fields cost some microseconds each, asynchronous ones three times as much, so only the edges
between services are functions. A test holds every plain field against the services' openapi.json.
"""

from collections.abc import Callable
from typing import Any, Generic, NewType, TypeVar, cast

import strawberry
from strawberry.scalars import JSON

from valero.gateway.graphql.context import Context

Amount = NewType("Amount", str)
Day = NewType("Day", str)
Instant = NewType("Instant", str)
Id = NewType("Id", str)

SCALARS: dict[object, Any] = {
    Amount: strawberry.scalar(
        name="Decimal", serialize=str, parse_value=str, description='as a string, "119.00"'
    ),
    Day: strawberry.scalar(name="Date", serialize=str, parse_value=str, description="2026-03-31"),
    Instant: strawberry.scalar(
        name="DateTime", serialize=str, parse_value=str, description="ISO 8601 with offset"
    ),
    Id: strawberry.scalar(name="UUID", serialize=str, parse_value=str),
}

Info = strawberry.Info[Context, None]
Row = dict[str, Any]
T = TypeVar("T")
Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def field(description: str) -> Callable[[Resolver], Resolver]:
    """`strawberry.field`, typed."""
    decorate: Callable[[Resolver], Resolver] = strawberry.field(description=description)
    return decorate


def subscription(description: str) -> Callable[[Resolver], Resolver]:
    """`strawberry.subscription`, typed."""
    decorate: Callable[[Resolver], Resolver] = strawberry.subscription(description=description)
    return decorate


@strawberry.type(description="One sentence in both languages.")
class Text:
    de: str
    en: str


@strawberry.type(description="What a list shows of an e-invoice.")
class Invoice:
    syntax: str
    type_code: str
    number: str
    issued_on: Day
    due_on: Day | None
    currency: str
    seller_name: str
    buyer_name: str
    tax_inclusive: Amount
    payable: Amount


@strawberry.type(description="One line: a debit or a credit.")
class Line:
    account: str
    account_name: str | None
    debit: Amount | None
    credit: Amount | None
    tax_code: str | None
    cost_centre: str | None
    partner: str | None
    text: str | None


@strawberry.type(description="A proposed entry.")
class Draft:
    posted_on: Day
    document_on: Day
    document_number: str
    text: str
    currency: str
    lines: list[Line]


@strawberry.type(description="How fibu would book a document, and why.")
class Proposal:
    document_id: Id
    state: str
    entry_id: Id | None
    entry: Draft
    reasons: list[str]
    warnings: list[str]


@strawberry.type(description="Who did something, by the name of that day.")
class Person:
    id: Id
    name: str


@strawberry.type(description="A posted entry; number is null until it is sealed.")
class Entry:
    id: Id
    number: int | None
    state: str
    posted_on: Day
    document_on: Day
    document_number: str
    text: str
    currency: str
    total: Amount
    source: str
    source_id: str | None
    reverses: Id | None
    reversed_by: Id | None
    posted_at: Instant
    posted_by: Person
    lines: list[Line]

    @field("The document that was booked, if one was.")
    async def document(self: Any, info: Info) -> "Document | None":
        if self["source"] != "beleg" or self["source_id"] is None:
            return None
        return cast("Document | None", await info.context.documents.load(self["source_id"]))


@strawberry.type(description="A document as received.")
class Document:
    id: Id
    sha256: str
    filename: str
    media_type: str
    size_bytes: int
    received_at: Instant
    state: str
    invoice: Invoice | None
    duplicate_of: Id | None
    entry_id: Id | None
    problem: str | None

    @field("The entry that books it.")
    async def entry(self: Any, info: Info) -> Entry | None:
        if self["entry_id"] is None:
            return None
        return cast("Entry | None", await info.context.entries.load(self["entry_id"]))

    @field("How fibu would book it.")
    async def proposal(self: Any, info: Info) -> Proposal | None:
        if self["invoice"] is None:
            return None
        return cast("Proposal | None", await info.context.proposals.load(self["id"]))


@strawberry.type(description="One account in the trial balance; balance is debit minus credit.")
class Balance:
    account: str
    name: str
    type: str
    debit: Amount
    credit: Amount
    balance: Amount


@strawberry.type(description="Summen- und Saldenliste of one currency.")
class TrialBalance:
    as_of: Day
    currency: str
    accounts: list[Balance]
    total_debit: Amount
    total_credit: Amount
    balanced: bool


@strawberry.type(description="One instance of a service, as the Observer sees it.")
class Instance:
    instance: str
    state: str
    cause: str
    text: Text
    since: Instant
    version: str | None
    latency_ms: float | None
    cpu_percent: float | None
    memory_mb: float | None
    crash_looping: bool


@strawberry.type(name="Service", description="A service with its instances.")
class Watched:
    id: str
    title: str
    description: str
    state: str
    since: Instant
    depends_on: list[str]
    affected_by: list[str]
    instances: list[Instance]


@strawberry.type(description="Something that happened to a service.")
class Event:
    id: int | None
    at: Instant
    service: str
    instance: str
    kind: str
    severity: str
    text: Text
    state_before: str | None
    state_after: str | None
    why: JSON


@strawberry.type(description="A part of a list; next is the cursor of the following part.")
class Page(Generic[T]):
    items: list[T]
    next: str | None


@strawberry.type(description="A document has changed.")
class DocumentChange:
    document_id: Id
    action: str
    state: str
    entry_id: Id | None
    changed_at: Instant

    @field("The document as it is now.")
    async def document(self: Any, info: Info) -> Document | None:
        return cast("Document | None", await info.context.documents.load(self["document_id"]))
