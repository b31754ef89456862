"""What the resolvers of one query share: the services, and a loader per edge between services.

A loader gathers what all rows of an answer ask for and reads it in one call.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from strawberry.dataloader import DataLoader

from valero.gateway.graphql.downstream import Downstream, Json, Query
from valero.gateway.graphql.limits import MOST_ITEMS

Loader = DataLoader[str, Json | None]


class Context:
    """One caller's query, or one event of a subscription."""

    def __init__(self, services: Downstream) -> None:
        self.services = services
        self.renew()

    def renew(self) -> None:
        """Forget what was read: the next event of a subscription shall see the present."""
        self.entries = self._loader("fibu", "entries", parameter="id", key="id")
        self.proposals = self._loader(
            "fibu", "proposals", parameter="document_id", key="document_id"
        )
        self.documents = self._loader("beleg", "documents", parameter="id", key="id")

    def _loader(self, service: str, path: str, *, parameter: str, key: str) -> Loader:
        async def load(ids: list[str]) -> list[Json | None]:
            query: Query = {parameter: ids, "limit": MOST_ITEMS}
            page = await self.services.get(service, path, query)
            found: dict[Any, Json] = {item[key]: item for item in page["items"]}
            return [found.get(one) for one in ids]

        loading: Callable[[list[str]], Awaitable[list[Json | None]]] = load
        return DataLoader(load_fn=loading, max_batch_size=MOST_ITEMS)
