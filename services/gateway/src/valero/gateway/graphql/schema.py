"""The root fields: what can be asked for and subscribed to. Nothing is changed through GraphQL."""

import operator
from collections.abc import AsyncIterator
from typing import Annotated, Any, cast

import strawberry
from graphql import GraphQLError
from strawberry.extensions import ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from valero.gateway.graphql.errors import Refusal
from valero.gateway.graphql.limits import MOST_ITEMS, REMEMBERED_QUERIES, USUAL_ITEMS, Limits
from valero.gateway.graphql.types import (
    SCALARS,
    Day,
    Document,
    DocumentChange,
    Entry,
    Event,
    Id,
    Info,
    Page,
    TrialBalance,
    Watched,
    field,
    subscription,
)

Limit = Annotated[int, strawberry.argument(description=f"1 to {MOST_ITEMS}")]


@strawberry.type
class Query:
    """Reads; a part whose service is away or refuses is null, with an error beside it."""

    @field("Documents, newest first.")
    async def documents(
        self: object,
        info: Info,
        state: str | None = None,
        q: str | None = None,
        limit: Limit = USUAL_ITEMS,
        after: str | None = None,
    ) -> Page[Document] | None:
        query = {"state": state, "q": q, "limit": _limit(limit), "after": after}
        found = await info.context.services.get("beleg", "documents", query)
        return cast("Page[Document]", found)

    @field("One document, null if there is none.")
    async def document(self: object, info: Info, id: Id) -> Document | None:  # noqa: A002 - the argument's name
        return cast("Document | None", await info.context.documents.load(id))

    @field("The journal, latest posting date first.")
    async def entries(
        self: object,
        info: Info,
        account: str | None = None,
        from_: Annotated[Day | None, strawberry.argument(name="from")] = None,
        to: Day | None = None,
        limit: Limit = USUAL_ITEMS,
        after: str | None = None,
    ) -> Page[Entry] | None:
        dates = {"from": from_, "to": to}
        query = {"account": account, **dates, "limit": _limit(limit), "after": after}
        return cast("Page[Entry]", await info.context.services.get("fibu", "entries", query))

    @field("One entry, null if there is none.")
    async def entry(self: object, info: Info, id: Id) -> Entry | None:  # noqa: A002 - the argument's name
        return cast("Entry | None", await info.context.entries.load(id))

    @field("Summen- und Saldenliste up to and including a day (today).")
    async def trial_balance(
        self: object, info: Info, as_of: Day | None = None, currency: str = "EUR"
    ) -> TrialBalance | None:
        query = {"as_of": as_of, "currency": currency}
        found = await info.context.services.get("fibu", "trial-balance", query)
        return cast("TrialBalance", found)

    @field("Every service and server that the Observer watches.")
    async def services(self: object, info: Info) -> list[Watched] | None:
        found = await info.context.services.get("observer", "services")
        return cast("list[Watched]", found["items"])


@strawberry.type
class Subscription:
    """Live events. A subscription ends with the stream of its service; subscribe again then."""

    @subscription("Changes to documents of the caller's tenant.")
    async def document_changed(self: object, info: Info) -> AsyncIterator[DocumentChange]:
        async for change in _events(info, "beleg", "document"):
            yield cast("DocumentChange", change)

    @subscription("A service looks different.")
    async def service_changed(self: object, info: Info) -> AsyncIterator[Watched]:
        async for service in _events(info, "observer", "service"):
            yield cast("Watched", service)

    @subscription("Something happened to a service.")
    async def event_happened(self: object, info: Info) -> AsyncIterator[Event]:
        async for event in _events(info, "observer", "event"):
            yield cast("Event", event)


class QuietSchema(strawberry.Schema):
    """Errors are logged where they are masked, and only those that nobody foresaw."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing: see `errors.public`."""


def build() -> strawberry.Schema:
    """The schema with its limits."""
    return QuietSchema(
        query=Query,
        subscription=Subscription,
        extensions=[Limits, lambda: ValidationCache(maxsize=REMEMBERED_QUERIES)],
        config=StrawberryConfig(default_resolver=operator.getitem, scalar_map=SCALARS),
    )


async def _events(info: Info, service: str, name: str) -> AsyncIterator[Any]:
    async for kind, content in info.context.services.events(service):
        if kind == name:
            info.context.renew()
            yield content


def _limit(limit: int) -> int:
    if not 1 <= limit <= MOST_ITEMS:
        raise Refusal("LimitOutOfRange", f"limit must be 1 to {MOST_ITEMS}.")
    return limit
