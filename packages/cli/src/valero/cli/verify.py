"""`valero verify`: system health, database connections, API, end to end, in that order.

The order is that of the deployment document. The last part is `journey` and needs a sign-in.
"""

import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx

from valero.cli import health, journey
from valero.cli.credentials import DATABASE, Vault
from valero.cli.findings import Finding, Grade, failed, passed
from valero.cli.journey import SignIn
from valero.cli.language import text
from valero.cli.programs import Stack
from valero.kit.catalogue import Entry

AUTHORISATION = frozenset({401, 403})
SERVER_ERRORS = range(500, 600)


async def verify(stack: Stack, sign_in: SignIn | None) -> AsyncIterator[Finding]:
    """Every finding as soon as it is made, in the order of the deployment document."""
    async with health.client() as http:
        parts: tuple[tuple[str, AsyncIterator[Finding]], ...] = (
            (text("Systemzustand", "System health"), _system(stack, http)),
            (text("Datenbankverbindungen", "Database connections"), _databases(stack)),
            (text("Schnittstellen", "API functionality"), _interfaces(stack, http)),
            (text("Durchgängig", "End to end"), journey.end_to_end(stack, sign_in)),
        )
        for group, findings in parts:
            async for finding in findings:
                yield replace(finding, group=group)


# --- 1. system health -----------------------------------------------------------------------------


async def _system(stack: Stack, http: httpx.AsyncClient) -> AsyncIterator[Finding]:
    numbered = {name: entry.port_of(number) for name, entry, number in stack.instances()}
    for name, answer in (await health.ask_all(http, numbered)).items():
        if answer.status == "silent":
            silent = text("antwortet nicht", "does not answer")
            yield failed(name, silent, f"valero logs {name}")
        elif answer.status == "fail":
            yield failed(name, answer.problem, f"valero logs {name}")
        else:
            grade = Grade.OK if answer.status == "pass" else Grade.WARNING
            yield Finding(name, grade, answer.problem or text("gesund", "healthy"))


# --- 2. databases ---------------------------------------------------------------------------------


async def _databases(stack: Stack) -> AsyncIterator[Finding]:
    owners = [entry for entry in stack.services if entry.database]
    for entry in owners:
        yield await _database_of(stack, entry, [other for other in owners if other != entry])
    if "redis" in stack.infrastructure:
        yield await _redis(stack)


async def _database_of(stack: Stack, entry: Entry, others: list[Entry]) -> Finding:
    """The service's role gets in, finds its tables, and is refused its neighbours' schemas."""
    import asyncpg

    subject = f"PostgreSQL, {entry.name}"
    try:
        connection = await asyncpg.connect(
            host="127.0.0.1",
            port=stack.catalogue.infrastructure["postgres"],
            user=entry.name,
            password=Vault(stack.home).role(entry.name),
            database=DATABASE,
            timeout=5,
        )
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        return failed(subject, str(error), "valero logs postgres")
    try:
        count = await connection.fetchval(
            "select count(*) from pg_tables where schemaname = current_schema()"
        )
        for other in others:
            allowed = await connection.fetchval(
                "select has_schema_privilege(oid, 'usage') from pg_namespace where nspname = $1",
                other.name,
            )
            if allowed:
                opened = text(f"darf in {other.name} lesen", f"may read {other.name}")
                return failed(subject, opened, f"revoke all on schema {other.name} from public")
    finally:
        await connection.close()
    tables = text(f"{count} Tabellen, fremde gesperrt", f"{count} tables, others' are closed")
    return passed(subject, tables)


async def _redis(stack: Stack) -> Finding:
    """Writes and reads one key that expires by itself."""
    import redis.asyncio as redis

    client = redis.Redis(
        port=stack.catalogue.infrastructure["redis"],
        password=Vault(stack.home).redis,
        socket_timeout=5,
    )
    key, value = f"valero:verify:{secrets.token_hex(4)}", secrets.token_bytes(8)
    try:
        started = time.monotonic()
        await client.set(key, value, ex=10)
        same = await client.getdel(key) == value
        milliseconds = (time.monotonic() - started) * 1000
    except redis.RedisError as error:
        return failed("Redis", str(error), "valero logs redis")
    finally:
        await client.aclose()
    if not same:
        return failed("Redis", text("liest anderes als geschrieben", "reads other"), "valero logs")
    return passed("Redis", text("schreibt und liest", "writes, reads") + f", {milliseconds:.0f} ms")


# --- 3. interfaces --------------------------------------------------------------------------------


async def _interfaces(stack: Stack, http: httpx.AsyncClient) -> AsyncIterator[Finding]:
    """Through the gateway: every service is reached, and nothing is open to strangers."""
    if not stack.has_edge:
        yield Finding("Gateway", Grade.NOTE, text("läuft nicht mit", "is not part of this stack"))
        return
    edge = f"http://127.0.0.1:{stack.catalogue.edge['api']}"
    for entry in stack.services:
        yield await _interface(http, edge, entry)
    try:
        listed = await http.get(f"{edge}/ui/registry.json")
        parts = len(listed.json())
    except (httpx.HTTPError, ValueError) as error:
        yield failed(text("Oberflächen", "Interfaces"), str(error), "valero logs gateway")
    else:
        yield passed(text("Oberflächen", "Interfaces"), text(f"{parts} Teile", f"{parts} parts"))


async def _interface(http: httpx.AsyncClient, edge: str, entry: Entry) -> Finding:
    """Its description directly, and every plain read as a stranger through the gateway."""
    remedy = f"valero logs {entry.name} envoy"
    try:
        described = await http.get(f"http://127.0.0.1:{entry.port}/openapi.json")
        paths = described.raise_for_status().json()["paths"]
        readable = [
            path
            for path, ways in paths.items()
            if path.startswith(f"{entry.prefix}/") and _is_plain_read(path, ways)
        ]
        answers = [await http.get(f"{edge}{path}") for path in readable]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return failed(entry.name, f"{type(error).__name__}: {error}", remedy)
    if not await health.is_routed(http, int(edge.rpartition(":")[2]), entry.name):
        unreached = text("das Gateway erreicht ihn nicht", "the gateway does not reach it")
        return failed(entry.name, unreached, remedy)
    broken = [str(a.request.url.path) for a in answers if a.status_code in SERVER_ERRORS]
    if broken:
        return failed(entry.name, ", ".join(broken), remedy)
    guarded = sum(answer.status_code in AUTHORISATION for answer in answers)
    return passed(
        entry.name,
        text(
            f"{len(paths)} Adressen; {guarded} von {len(answers)} Listen verlangen Anmeldung",
            f"{len(paths)} addresses; {guarded} of {len(answers)} lists ask for a sign-in",
        ),
    )


def _is_plain_read(path: str, ways: dict[str, Any]) -> bool:
    """A GET without parameters in its path, and not a stream, which would never end."""
    return "get" in ways and "{" not in path and not path.endswith("/stream")
