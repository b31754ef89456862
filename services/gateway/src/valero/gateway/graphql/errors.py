"""What a caller is told when a query fails: a code and a sentence, never an address of ours."""

from collections.abc import Sequence
from typing import Any

import structlog
from graphql import GraphQLError

from valero.kit import tracing

log = structlog.get_logger(__name__)

UNEXPECTED = "InternalError"
INVALID = "QueryInvalid"


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of ours
    """An error that the caller may read; `code` stands in the error's extensions."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.extensions = {"code": code, "status": status}


def refused(code: str, message: str) -> GraphQLError:
    """An error found before anything is executed."""
    return GraphQLError(message, extensions={"code": code, "status": 400})


def public(errors: Sequence[GraphQLError] | None, *, german: bool) -> list[dict[str, Any]]:
    """The errors as the caller sees them; what nobody foresaw is logged and masked."""
    return [_shown(error, german=german) for error in errors or ()]


def _shown(error: GraphQLError, *, german: bool) -> dict[str, Any]:
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if cause is None or isinstance(cause, GraphQLError | Refusal):
        shown = dict(error.formatted)
        shown["extensions"] = {"code": INVALID, "status": 400, **(error.extensions or {})}
        return shown
    log.error("graphql_failed", path=error.path, error=repr(cause))
    text = "Unerwarteter Fehler." if german else "Unexpected error."
    trace = tracing.current()
    extensions = {"code": UNEXPECTED, "status": 500, "trace": trace.trace_id if trace else None}
    masked: dict[str, Any] = {"message": text, "extensions": extensions}
    if error.path is not None:
        masked["path"] = error.path
    return masked
