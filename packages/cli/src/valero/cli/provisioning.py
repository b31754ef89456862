"""Makes the database ready: roles, schemas, migrations. Runs in a process of its own.

`python -m valero.cli.provisioning --home H --root R [service ...]` prints one JSON object per line:
`{"event": "provisioned" | "migrated" | "skipped", "service": ...}`. A process of its own, because
Alembic and SQLAlchemy are 60 MB that the launcher need not keep, and because it loads them while
PostgreSQL is still starting.
"""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from valero.cli import programs, revisions
from valero.cli.credentials import DATABASE, Vault, settings_of
from valero.cli.home import Home
from valero.kit import catalogue


@dataclass(frozen=True)
class Progress:
    """One line of the process: what happened to which service."""

    event: str
    service: str
    detail: str = ""
    revision: str = ""


async def run(
    home: Home, root: Path, offset: int, services: Sequence[str]
) -> AsyncIterator[Progress]:
    """Start the process and yield its progress, noting the revisions that were reached.

    Raises Failure with the last words of the process if it fails.
    """
    files = {name: revisions.fingerprint(root, name) for name in services}
    process = await asyncio.create_subprocess_exec(
        *(*programs.PYTHON, "valero.cli.provisioning"),
        *("--home", str(home.path), "--root", str(root), "--offset", str(offset), *services),
        cwd="/",
        start_new_session=True,  # Ctrl-C is for who waits for this, not for this
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    try:
        async for line in process.stdout:
            progress = Progress(**json.loads(line))
            if progress.revision:
                name = progress.service
                revisions.remember(home, name, files[name], progress.revision)
            yield progress
        if await process.wait():
            raise revisions.not_ready((await errors).decode(errors="replace"))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


# --- inside the process ---------------------------------------------------------------------------


async def provision(home: Home, stack: catalogue.Catalogue, names: Sequence[str]) -> None:
    """Wait for PostgreSQL, then create and migrate what each service owns, printing progress."""
    from valero.kit import migrate
    from valero.kit import provision as kit_provision

    vault = Vault(home)
    server = revisions.Server(home, stack.infrastructure["postgres"])
    admin = f"postgresql+asyncpg://postgres:{vault.postgres}@127.0.0.1:{server.port}/postgres"
    await _wait_for_postgres(vault.postgres, server.port)
    owners = [stack.services[name] for name in names if stack.services[name].database]
    for entry in owners:
        await kit_provision.provision(admin, entry.name, vault.role(entry.name), database=DATABASE)
        _say("provisioned", entry.name)
    for entry in owners:
        url = settings_of(vault, stack, entry)["valero_database_url"]
        try:
            await migrate.upgrade(entry.name, url)
        except LookupError as missing:
            _say("skipped", entry.name, detail=str(missing))
        else:
            _say("migrated", entry.name, revision=await server.revision(entry.name))


async def _wait_for_postgres(password: str, port: int) -> None:
    deadline = time.monotonic() + revisions.WAIT_SECONDS
    while True:
        try:
            connection = await asyncpg.connect(
                host="127.0.0.1", port=port, user="postgres", password=password, timeout=5
            )
        except (OSError, asyncpg.CannotConnectNowError, TimeoutError) as error:
            if time.monotonic() > deadline:
                raise SystemExit(f"127.0.0.1:{port}: {error}") from error
            await asyncio.sleep(0.05)
        else:
            await connection.close()
            return


def _say(event: str, service: str, **more: Any) -> None:
    print(json.dumps({"event": event, "service": service, **more}), flush=True)


def main() -> None:
    """Provision the services named on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--offset", type=int, default=0)
    parser.add_argument("services", nargs="*")
    given = parser.parse_args()
    stack = catalogue.load(given.root / catalogue.FILE, offset=given.offset)
    asyncio.run(provision(Home(given.home), stack, given.services or list(stack.services)))


if __name__ == "__main__":
    main()
