"""Which schemas are up to date already: so that most starts need no migration, nor load Alembic.

After a migration the launcher notes, per service, a fingerprint of the files that determine the
schema and the revision they led to. A schema is current when the files are still the same and the
database, asked as the service's own role, is still at that revision: a restored backup is not.
"""

import asyncio
import hashlib
import importlib.util
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from valero.cli.credentials import DATABASE, Vault
from valero.cli.failure import Failure
from valero.cli.home import Home, write_private
from valero.cli.language import text

WAIT_SECONDS = 30.0
KIT = ("valero.kit.migrate", "valero.kit.provision")


@dataclass(frozen=True)
class Server:
    """The PostgreSQL of a home."""

    home: Home
    port: int

    async def connect(self, role: str) -> asyncpg.Connection:
        """A connection as a service's role, waiting while the server starts.

        Raises Failure after WAIT_SECONDS, and asyncpg.PostgresError where the role may not.
        """
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                return await asyncpg.connect(
                    host="127.0.0.1",
                    port=self.port,
                    user=role,
                    password=Vault(self.home).role(role),
                    database=DATABASE,
                    timeout=5,
                )
            except (OSError, asyncpg.CannotConnectNowError, TimeoutError) as error:
                if time.monotonic() > deadline:
                    raise not_ready(f"127.0.0.1:{self.port}: {error}") from error
                await asyncio.sleep(0.05)

    async def revision(self, role: str) -> str:
        """The revision of the role's schema; empty where there is none."""
        try:
            connection = await self.connect(role)
        except asyncpg.PostgresError:
            return ""
        try:
            return str(await connection.fetchval("select version_num from schema_version") or "")
        except asyncpg.PostgresError:
            return ""
        finally:
            await connection.close()


def not_ready(output: str) -> Failure:
    """The database cannot be used, with the last lines of what said so."""
    tail = "\n".join(output.strip().splitlines()[-12:])
    return Failure(
        "database_not_ready",
        text("Die Datenbank ließ sich nicht einrichten:\n", "The database is not ready:\n") + tail,
        text(
            "Das Protokoll der Datenbank: valero logs postgres",
            "The log of the database: valero logs postgres",
        ),
    )


def fingerprint(root: Path, service: str) -> str:
    """A hash over the service's migrations and over what of kit makes roles and schemas."""
    files = sorted((root / "services" / service / "migrations" / "versions").glob("*.py"))
    for module in KIT:
        spec = importlib.util.find_spec(module)
        if spec is not None and spec.origin is not None:
            files.append(Path(spec.origin))
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def remember(home: Home, service: str, files: str, revision: str) -> None:
    """Note that the files with this fingerprint have led to this revision."""
    known = _known(home) | {service: {"files": files, "revision": revision}}
    write_private(home.run / "revisions.json", json.dumps(known, indent=1))


async def find_current(server: Server, root: Path, services: Sequence[str]) -> list[str]:
    """Those of `services` whose schema needs nothing."""
    known = _known(server.home)
    candidates = [
        name
        for name in services
        if name in known and known[name]["files"] == fingerprint(root, name)
    ]
    found = await asyncio.gather(*(server.revision(name) for name in candidates))
    pairs = zip(candidates, found, strict=True)
    return [name for name, revision in pairs if revision and revision == known[name]["revision"]]


def _known(home: Home) -> dict[str, dict[str, str]]:
    try:
        known: dict[str, dict[str, str]] = json.loads((home.run / "revisions.json").read_text())
    except (OSError, json.JSONDecodeError):
        return {}
    return known
