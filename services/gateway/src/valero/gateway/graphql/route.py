"""The route: GraphQL over HTTP, and over server-sent events when the client accepts them.

Sources: the GraphQL-over-HTTP draft for queries; graphql-sse's protocol, distinct connections mode,
for subscriptions (events `next` and `complete`).
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from graphql import GraphQLError
from pydantic import BaseModel, ConfigDict, Field
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from valero.gateway.control import Control
from valero.gateway.graphql import errors
from valero.gateway.graphql.context import Context
from valero.gateway.graphql.downstream import Downstream
from valero.gateway.graphql.persisted import Persisted
from valero.gateway.graphql.schema import build
from valero.kit.auth import ACCESS_COOKIE, CurrentPrincipal
from valero.kit.errors import Invalid, preferred_language

EVENTS = "text/event-stream"
RESULT = "application/graphql-response+json"
SIGN_OF_LIFE_SECONDS = 15.0
# the token is verified again when the client comes back
STREAM_SECONDS = 600.0

Values = dict[str, Any]


class PersistedQuery(BaseModel):
    """Which query is meant, by the SHA-256 of its text in hexadecimal digits."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    sha256_hash: Annotated[
        str, Field(alias="sha256Hash", pattern=r"^[0-9a-fA-F]{64}$", max_length=64)
    ]


class Extensions(BaseModel):
    """Beside the query."""

    persisted_query: Annotated[PersistedQuery | None, Field(alias="persistedQuery")] = None


class QueryIn(BaseModel):
    """A query, or the hash of one that was sent before."""

    model_config = ConfigDict(populate_by_name=True)

    query: str | None = None
    variables: Values | None = None
    operation_name: Annotated[str | None, Field(alias="operationName")] = None
    extensions: Extensions | None = None


class QueryOut(BaseModel):
    """What could be read, and what went wrong; `extensions.code` is stable."""

    data: Values | None = None
    errors: list[Values] | None = None


class QueryUnreadable(Invalid):
    """`variables` or `extensions` of a GET request are not the JSON they should be."""


async def asked(
    query: str | None = None,
    variables: str | None = None,
    operation_name: Annotated[str | None, Query(alias="operationName")] = None,
    extensions: str | None = None,
) -> QueryIn:
    """The query of a GET request. Raises QueryUnreadable."""
    try:
        return QueryIn(
            query=query,
            variables=json.loads(variables or "null"),
            operation_name=operation_name,
            extensions=json.loads(extensions or "null"),
        )
    except ValueError as error:
        raise QueryUnreadable(
            de="variables oder extensions sind nicht lesbar.",
            en="variables or extensions cannot be read.",
        ) from error


router = APIRouter(tags=["graphql"])
schema = build()


@router.post("/graphql", response_model=QueryOut)
async def query_graph(wanted: QueryIn, request: Request, _caller: CurrentPrincipal) -> Response:
    """Read over several services at once. Subscriptions: accept `text/event-stream`."""
    return await _answer(wanted, request)


@router.get("/graphql", response_model=QueryOut)
async def get_graph(
    wanted: Annotated[QueryIn, Depends(asked)], request: Request, _caller: CurrentPrincipal
) -> Response:
    """The same by address, for persisted queries and for browsers' EventSource."""
    return await _answer(wanted, request)


async def _answer(wanted: QueryIn, request: Request) -> Response:
    accepted = request.headers.get("accept", "")
    context = _context(request)
    german = context.services.german
    persisted: Persisted = request.app.state.persisted
    hashed = wanted.extensions.persisted_query if wanted.extensions else None
    try:
        query = persisted.resolve(wanted.query, hashed.sha256_hash if hashed else None)
        if EVENTS in accepted:
            return _streamed(query, wanted, context)
        result = await schema.execute(
            query,
            variable_values=wanted.variables,
            context_value=context,
            operation_name=wanted.operation_name,
            allowed_operation_types=(OperationType.QUERY,),
        )
    except GraphQLError as error:
        return _json(None, errors.public([error], german=german), accepted)
    except InvalidOperationTypeError:
        refusal = errors.refused("OperationNotAllowed", "Subscriptions need text/event-stream.")
        return _json(None, errors.public([refusal], german=german), accepted)
    except CannotGetOperationTypeError:
        refusal = errors.refused("OperationUnknown", "There is no operation of this name.")
        return _json(None, errors.public([refusal], german=german), accepted)
    return _json(result.data, errors.public(result.errors, german=german), accepted)


def _context(request: Request) -> Context:
    """The caller's token goes on to the services, whether it came as header or as cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        token = request.cookies.get(ACCESS_COOKIE, "")
    control: Control = request.app.state.control
    services = Downstream(
        request.app.state.http,
        lambda: control.routing.topology,
        token=token.strip(),
        language=preferred_language(request.headers.get("accept-language", "")),
    )
    return Context(services)


def _json(data: Values | None, problems: list[Values], accepted: str) -> Response:
    """With the older media type, 200 whatever happened; with the newer, 400 if nothing was run."""
    content: Values = {"data": data}
    if problems:
        content = {"errors": problems, **({} if data is None else content)}
    strict = RESULT in accepted
    return JSONResponse(
        content,
        status_code=400 if strict and data is None and problems else 200,
        media_type=RESULT if strict else "application/json",
    )


def _streamed(query: str, wanted: QueryIn, context: Context) -> Response:
    return StreamingResponse(
        _events(query, wanted, context),
        media_type=EVENTS,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(query: str, wanted: QueryIn, context: Context) -> AsyncIterator[str]:
    """The results as events, with a comment whenever it has been quiet for a while."""
    results = cast(
        "AsyncGenerator[ExecutionResult, None]",
        await schema.stream(
            query,
            variable_values=wanted.variables,
            context_value=context,
            operation_name=wanted.operation_name,
            allowed_operation_types=(OperationType.QUERY, OperationType.SUBSCRIPTION),
        ),
    )
    ends_at = asyncio.get_running_loop().time() + STREAM_SECONDS
    yield ":\n\n"
    async with aclosing(results):
        coming = asyncio.ensure_future(anext(results, None))
        try:
            while asyncio.get_running_loop().time() < ends_at:
                done, _ = await asyncio.wait({coming}, timeout=SIGN_OF_LIFE_SECONDS)
                if not done:
                    yield ":\n\n"
                    continue
                result = coming.result()
                if result is None:
                    break
                yield f"event: next\ndata: {_dump(result, german=context.services.german)}\n\n"
                coming = asyncio.ensure_future(anext(results, None))
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
    yield "event: complete\ndata: \n\n"


def _dump(result: ExecutionResult, *, german: bool) -> str:
    content: Values = {"data": result.data}
    if result.errors:
        content["errors"] = errors.public(result.errors, german=german)
    return json.dumps(content, ensure_ascii=False)
