"""Persisted queries: a client sends the SHA-256 of a query instead of its text.

The protocol is Apollo's "automatic persisted queries", version 1: an unknown hash is answered with
PersistedQueryNotFound, and the client repeats the request with hash and text.
"""

from collections import OrderedDict
from hashlib import sha256

from valero.gateway.graphql.errors import refused

MOST_QUERIES = 1000
LONGEST_QUERY = 16_384


class Persisted:
    """The queries of this process; those used least recently are forgotten.

    A text is kept under its own hash only, so nobody can replace somebody else's query.
    """

    def __init__(self) -> None:
        self._queries: OrderedDict[str, str] = OrderedDict()

    def resolve(self, query: str | None, digest: str | None) -> str:
        """The text to execute. Raises GraphQLError QueryMissing, PERSISTED_QUERY_NOT_FOUND or
        PersistedQueryMismatch."""
        if digest is None:
            if not query:
                raise refused("QueryMissing", "The query is missing.")
            return query
        if query is None:
            return self._known(digest.lower())
        if sha256(query.encode()).hexdigest() != digest.lower():
            raise refused("PersistedQueryMismatch", "The hash is not that of the query.")
        self._keep(digest.lower(), query)
        return query

    def _known(self, digest: str) -> str:
        if digest not in self._queries:
            # the words that clients of the protocol look for
            raise refused("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
        self._queries.move_to_end(digest)
        return self._queries[digest]

    def _keep(self, digest: str, query: str) -> None:
        if len(query) > LONGEST_QUERY:
            return
        self._queries[digest] = query
        self._queries.move_to_end(digest)
        if len(self._queries) > MOST_QUERIES:
            self._queries.popitem(last=False)
