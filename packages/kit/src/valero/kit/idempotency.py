"""Idempotency-Key: a booking request sent twice books once and gets the first answer again.

Follows draft-ietf-httpapi-idempotency-key-header. Keys belong to a tenant and an operation (method
and path); with each, a hash of the input and of the caller is kept.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI, Header, Request, Response
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.kit.auth import CurrentPrincipal
from valero.kit.errors import Conflict, FieldError, Invalid

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
LONGEST_KEY = 200

CLAIM = text(
    """
    insert into idempotency_keys (operation, key, input_sha256, status, answer)
    values (:operation, :key, :digest, 0, '')
    on conflict do nothing
    returning true
    """
)
FIND = text(
    "select input_sha256, status, answer from idempotency_keys "
    "where operation = :operation and key = :key"
)
KEEP = text(
    "update idempotency_keys set status = :status, answer = :answer "
    "where operation = :operation and key = :key"
)

FORGET_EXPIRED = text("delete from idempotency_keys")
"""Outside of any tenant: there, row level security lets only expired keys go (migrate.KEY_DAYS)."""

M = TypeVar("M", bound=BaseModel)


class IdempotencyKeyMissing(Invalid):
    """The route books, so it needs a key."""


class IdempotencyKeyReused(Conflict):
    """The key was used for another input."""


@dataclass(frozen=True)
class Key:
    """The key of one request and what it belongs to."""

    value: str
    operation: str
    caller: str
    status: int


class Replayed(Exception):  # noqa: N818 - not an error: carries the first answer to the edge
    """The request was done before; `answer` is what was answered then."""

    def __init__(self, status: int, answer: str) -> None:
        super().__init__(status)
        self.status = status
        self.answer = answer


async def idempotency_key(
    request: Request,
    principal: CurrentPrincipal,
    value: Annotated[str | None, Header(alias=HEADER, max_length=LONGEST_KEY)] = None,
) -> Key:
    """The request's key. Raises IdempotencyKeyMissing."""
    if not value:
        raise IdempotencyKeyMissing(
            de="Diese Anfrage bucht und braucht deshalb die Kopfzeile Idempotency-Key.",
            en="This request books and therefore needs the header Idempotency-Key.",
            errors=[
                FieldError(f"/{HEADER}", "missing", "Diese Angabe fehlt.", "Missing.", "header")
            ],
        )
    request.state.idempotent = True
    return Key(
        value=value,
        operation=f"{request.method} {request.url.path}",
        caller=str(principal.user_id),
        status=request.scope["route"].status_code or 200,
    )


Idempotent = Annotated[Key, Depends(idempotency_key)]


async def run(key: Key, session: AsyncSession, payload: Any, book: Callable[[], Awaitable[M]]) -> M:
    """Call `book` once per key and keep its answer in the same transaction.

    A concurrent request with the same key waits for the first. Raises Replayed (answered by kit)
    when it is done already, and IdempotencyKeyReused when `payload` differs from then.
    """
    names = {"operation": key.operation, "key": key.value}
    digest = _digest(payload, key.caller)
    if await session.scalar(CLAIM, {**names, "digest": digest}) is None:
        first = (await session.execute(FIND, names)).one()
        if first.input_sha256 != digest:
            raise IdempotencyKeyReused(
                de="Dieser Idempotency-Key gehört zu einer anderen Eingabe.",
                en="This Idempotency-Key belongs to another input.",
            )
        raise Replayed(first.status, first.answer)
    result = await book()
    answer = result.model_dump_json(by_alias=True)
    await session.execute(KEEP, {**names, "status": key.status, "answer": answer})
    return result


def install(app: FastAPI) -> None:
    """Answer repeated requests with their first answer."""
    app.add_exception_handler(Replayed, _on_replayed)


async def _on_replayed(_request: Request, replayed: Exception) -> Response:
    assert isinstance(replayed, Replayed)
    return Response(
        replayed.answer,
        status_code=replayed.status,
        headers={REPLAYED_HEADER: "true"},
        media_type="application/json",
    )


def _digest(payload: Any, caller: str) -> bytes:
    """SHA-256 over the input with sorted keys, so that the order of fields does not matter."""
    content = json.dumps([caller, to_jsonable_python(payload)], sort_keys=True)
    return hashlib.sha256(content.encode()).digest()
