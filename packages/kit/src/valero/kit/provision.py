"""Roles and schemas: each service gets one of each in the common database, and nothing else."""

from sqlalchemy import NullPool, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

CONNECTIONS_PER_ROLE = 60
"""Three instances with full pools; all services together stay below max_connections."""


async def provision(admin_url: str, service: str, password: str, *, database: str) -> None:
    """Create database, role and schema of `service` as far as they are missing; set the password.

    `admin_url` names a superuser. Role and schema are called like the service; the search path
    is set on the role, so no schema name stands in code. Safe to repeat.
    """
    await create_database(admin_url, database)
    address = make_url(admin_url).set(database=database)
    engine = create_async_engine(address, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await _create_role(connection, service, password)
            quoted = _quoted(service)
            await connection.execute(text("revoke all on schema public from public"))
            await connection.execute(
                text(f"create schema if not exists {quoted} authorization {quoted}")
            )
    finally:
        await engine.dispose()


async def create_database(admin_url: str, name: str, *, template: str | None = None) -> None:
    """Create the database `name` unless it exists, as a copy of `template` if given."""
    engine = create_async_engine(admin_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            known = text("select 1 from pg_database where datname = :name")
            if await connection.scalar(known, {"name": name}) is None:
                source = f" template {_quoted(template)}" if template else ""
                await connection.execute(text(f"create database {_quoted(name)}{source}"))
    finally:
        await engine.dispose()


async def _create_role(connection: AsyncConnection, role: str, password: str) -> None:
    quoted = _quoted(role)
    known = text("select 1 from pg_roles where rolname = :role")
    if await connection.scalar(known, {"role": role}) is None:
        await connection.execute(text(f"create role {quoted} login"))
    literal = await connection.scalar(text("select quote_literal(:value)"), {"value": password})
    for change in (
        f"nosuperuser nocreatedb nocreaterole nobypassrls connection limit {CONNECTIONS_PER_ROLE}",
        f"password {literal}",
        f"set search_path = {quoted}",
        "set statement_timeout = '60s'",
    ):
        await connection.execute(text(f"alter role {quoted} {_escaped(change)}"))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _escaped(statement: str) -> str:
    """Colons would be bind parameters."""
    return statement.replace(":", r"\:")
