"""PostgreSQL: one transaction per request or message, isolated by tenant, ended at the edge.

`valero.tenant` is set for the transaction only; row level security compares every row with it.
Opening a transaction survives a restarted server, because nothing has happened in it yet.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from uuid import UUID

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import DateTime, MetaData, Numeric, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import Mapped, mapped_column
from starlette.requests import HTTPConnection

from valero.kit import auth, errors
from valero.kit.metrics import MeasuredPool

T = TypeVar("T")

RECONNECT_SECONDS = 3.0
FIRST_PAUSE_SECONDS = 0.05
ATTEMPTS = 5

ROLLED_BACK = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: the server has undone everything."""

STALE_PLAN = "0A000"
"""A prepared statement met a changed table; undone too, and gone on the next attempt."""

LOST = frozenset({"57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08004", "08006"})
"""The server goes down, comes up, is out of reach, or has too many clients."""

CURRENT_TENANT = "nullif(current_setting('valero.tenant', true), '')::uuid"
"""SQL for the tenant of the transaction; null outside of one (the setting becomes '', not null)."""

TYPES: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    Decimal: Numeric(18, 2),
    str: Text(),
    UUID: Uuid(),
    dict[str, Any]: JSONB(),
}
"""`type_annotation_map` of a service's `Base`."""

ENTER = text(
    "select set_config('valero.tenant', :tenant, true), set_config('valero.user', :user, true)"
)

log = structlog.get_logger(__name__)


class UnavailableDatabase(errors.Unavailable):
    """PostgreSQL does not answer, or all connections are in use."""

    def __init__(self) -> None:
        super().__init__(
            de="Die Datenbank ist gerade nicht erreichbar. Bitte versuchen Sie es gleich erneut.",
            en="The database cannot be reached right now. Please try again in a moment.",
            headers={"Retry-After": "2"},
        )


class OutcomeUnknown(Exception):  # noqa: N818
    """The connection broke while committing, so nobody knows whether the server did it."""


class ConstraintViolated(errors.Conflict):
    """A constraint refused what the code had let through, typically in a race."""


def metadata() -> MetaData:
    """A MetaData for one service's `Base`, with names that migrations can rely on."""
    return MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class TenantRow:
    """Mixin of every business table: the tenant is filled in by the database, never by code."""

    tenant_id: Mapped[UUID] = mapped_column(
        server_default=text(CURRENT_TENANT), sort_order=-10, nullable=False
    )


class Database:
    """The connection pool of one service."""

    def __init__(
        self,
        url: str,
        *,
        application: str = "valero",
        pool_size: int = 5,
        overflow: int = 15,
        pool_timeout_seconds: float = 5.0,
    ) -> None:
        """`application` is shown in pg_stat_activity; the pool grows to pool_size + overflow."""
        self.engine: AsyncEngine = create_async_engine(
            url,
            poolclass=MeasuredPool,
            pool_size=pool_size,
            max_overflow=overflow,
            pool_timeout=pool_timeout_seconds,
            pool_recycle=1800,
            hide_parameters=True,  # values may be personal data and end in logs
            connect_args={
                "timeout": 5,
                "server_settings": {
                    "application_name": application,
                    "idle_in_transaction_session_timeout": "60s",
                },
            },
        )
        self.sessionmaker = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(
        self, *, tenant: UUID | None = None, principal: auth.Principal | None = None
    ) -> AsyncIterator[AsyncSession]:
        """A session whose transaction is committed at the end and undone by any exception.

        Without tenant and principal, tables with tenant isolation look empty. Raises
        UnavailableDatabase when no transaction can be opened within RECONNECT_SECONDS, and
        OutcomeUnknown when the connection breaks while committing.
        """
        session = await self._open(tenant, principal)
        async with session:
            yield session
            await _commit(session)

    async def run(
        self,
        work: Callable[[AsyncSession], Awaitable[T]],
        *,
        tenant: UUID | None = None,
        principal: auth.Principal | None = None,
    ) -> T:
        """Do idempotent `work` in its own transaction, again when the database says so.

        Repeated after serialization failures, deadlocks and lost connections. A lost connection
        may hide a successful commit: `work` must be harmless when done twice.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self.transaction(tenant=tenant, principal=principal) as session:
                    return await work(session)
            except (DBAPIError, OutcomeUnknown) as error:
                if attempt == ATTEMPTS or not may_succeed_later(error):
                    raise
                await pause(attempt)
        raise AssertionError("unreachable")

    async def ping(self) -> None:
        """One round trip. Raises UnavailableDatabase."""
        async with self.transaction():
            pass

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()

    async def _open(self, tenant: UUID | None, principal: auth.Principal | None) -> AsyncSession:
        """A session in a transaction that knows its tenant. This is also the liveness probe."""
        clock = asyncio.get_running_loop()
        give_up_at = clock.time() + RECONNECT_SECONDS
        if tenant is None and principal is not None:
            tenant = principal.tenant_id
        settings = {
            "tenant": str(tenant or ""),
            "user": str(principal.user_id if principal else ""),
        }
        for attempt in range(1, 1000):
            session = self.sessionmaker(info={"tenant": tenant, "principal": principal})
            try:
                await session.execute(ENTER, settings)
            except PoolExhausted as error:
                raise UnavailableDatabase from error
            except (DBAPIError, OSError) as error:
                await session.close()
                if isinstance(error, DBAPIError) and not is_lost(error):
                    raise
                if clock.time() > give_up_at:
                    raise UnavailableDatabase from error
                await pause(attempt)
            else:
                return session
        raise UnavailableDatabase


async def _commit(session: AsyncSession) -> None:
    try:
        await session.commit()
    except DBAPIError as error:
        if is_lost(error):
            raise OutcomeUnknown from error
        raise


async def enter_tenant(session: AsyncSession, tenant: UUID) -> None:
    """Let the rest of the session's transaction act for `tenant`: for routes before sign-in."""
    await session.execute(
        text("select set_config('valero.tenant', :tenant, true)"), {"tenant": str(tenant)}
    )
    session.info["tenant"] = tenant


async def open_session(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    """The request's session, in a transaction for the caller's tenant."""
    database: Database = connection.app.state.database
    principal = await auth.find_principal(connection)
    async with database.transaction(principal=principal) as session:
        yield session


Session = Annotated[AsyncSession, Depends(open_session, scope="function")]
"""Committed after the route function and before the answer: a failed commit is never a 201."""


def install(app: FastAPI) -> None:
    """Answer constraint violations and an exhausted pool as problems."""
    app.add_exception_handler(IntegrityError, _on_integrity)
    app.add_exception_handler(PoolExhausted, _on_exhausted)


async def _on_integrity(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, IntegrityError)
    cause = getattr(error.orig, "__cause__", None)
    log.warning(
        "constraint_violated",
        path=request.url.path,
        table=getattr(cause, "table_name", None),
        constraint=getattr(cause, "constraint_name", None),
    )
    problem = ConstraintViolated(
        de="Der vorhandene Datenbestand lässt das nicht zu.",
        en="The present data does not permit this.",
    )
    return errors.answer(request, problem)


async def _on_exhausted(request: Request, _error: Exception) -> JSONResponse:
    return errors.answer(request, UnavailableDatabase())


def is_rolled_back(error: BaseException) -> bool:
    """Whether the server certainly undid the transaction and a new attempt may succeed."""
    state = sqlstate(error)
    if state == STALE_PLAN:
        return "cached statement plan" in str(error)
    return state in ROLLED_BACK


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone; what was not being committed is undone."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or sqlstate(error) in LOST
    return False


def may_succeed_later(error: BaseException) -> bool:
    """Whether doing the whole transaction again can help."""
    return isinstance(error, OutcomeUnknown) or is_rolled_back(error) or is_lost(error)


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's five-character error code, if `error` came from the server."""
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state


async def pause(attempt: int) -> None:
    """Wait before attempt + 1: about 50 ms, doubling to at most 0.8 s, never in step."""
    longest = FIRST_PAUSE_SECONDS * 2 ** min(attempt - 1, 4)
    await asyncio.sleep(longest * random.uniform(0.5, 1.0))  # noqa: S311 - not a secret


def enable_tenant_isolation(op: Any, table: str, *, tenant: str = CURRENT_TENANT) -> None:
    """In a migration: rows of `table` are visible and writable only for their own tenant.

    Forced, so that the owner of the table is bound too. The condition is a plain equality, so
    that indexes which begin with `tenant_id` serve it: they give lists their order too.
    """
    own = f"(tenant_id = {tenant})"
    op.execute(f'alter table "{table}" enable row level security')
    op.execute(f'alter table "{table}" force row level security')
    op.execute(f'create policy tenant on "{table}" using {own} with check {own}')


def forbid_changes(op: Any, table: str, *, when: str | None = None) -> None:
    """In a migration: refuse UPDATE, DELETE and TRUNCATE on `table` for every role.

    `when` is a condition on `old` (e.g. "old.state <> 'draft'") that limits the refusal to some
    rows; TRUNCATE is refused regardless. The error has SQLSTATE 55006 (object_in_use).
    """
    condition = f"when ({when})" if when else ""
    op.execute(
        """
        create or replace function forbid_change() returns trigger language plpgsql as $$
        begin
            raise exception '% on % is forbidden: history is append-only', tg_op, tg_table_name
                using errcode = '55006';
        end $$
        """
    )
    op.execute(
        f'create trigger forbid_change before update or delete on "{table}" '
        f"for each row {condition} execute function forbid_change()"
    )
    op.execute(
        f'create trigger forbid_truncate before truncate on "{table}" '
        "for each statement execute function forbid_change()"
    )
