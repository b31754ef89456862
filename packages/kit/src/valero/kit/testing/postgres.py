"""A throw-away PostgreSQL server and databases on it, fast enough for a new one per test."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from valero.kit import infrastructure, migrate, provision
from valero.kit.testing.ports import free_port

PASSWORD = "test"
START_SECONDS = 20.0


class PostgresProcess:
    """One server in a temporary folder, without durability; `stop` removes everything."""

    def __init__(self) -> None:
        user = infrastructure.server_user()
        self.folder = Path(tempfile.mkdtemp(prefix="valero-postgres-", dir=_open_folder(user)))
        if user is not None:
            os.chown(self.folder, user.uid, user.gid)
        self.server = infrastructure.Postgres(
            data=self.folder / "data",
            sockets=self.folder,
            port=free_port(),
            binaries=infrastructure.postgres_binaries(user, instead=self.folder),
            user=user,
            durable=False,
        )
        self.server.initialise(PASSWORD)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        """The SQLAlchemy address of the superuser."""
        return self.url("postgres")

    def url(self, database: str, role: str = infrastructure.SUPERUSER) -> str:
        """The SQLAlchemy address of `role` in `database`."""
        return self.server.url(database=database, role=role, password=PASSWORD)

    def start(self) -> None:
        """Start and wait until it answers. Raises TimeoutError with the server's log."""
        log = self.folder / "log"
        self.process = infrastructure.start(self.server.command(), user=self.server.user, log=log)
        give_up_at = time.monotonic() + START_SECONDS
        while not self.server.answers():
            if time.monotonic() > give_up_at or self.process.poll() is not None:
                raise TimeoutError(log.read_text(encoding="utf-8"))
            time.sleep(0.02)

    def halt(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server, keeping its data: SIGINT drops all clients, SIGQUIT is a crash."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=START_SECONDS)
            self.process = None

    def remove(self) -> None:
        """Stop the server and delete its folder."""
        self.halt(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class ServiceDatabase:
    """A database of its own, migrated, with the service's role."""

    name: str
    url: str
    admin_url: str


class ServiceDatabases:
    """Makes databases; each service is migrated once, then copied as a template."""

    def __init__(self, server: PostgresProcess) -> None:
        self._server = server
        self._templates: dict[tuple[str, Path | None], str] = {}
        self._numbers = itertools.count(1)

    async def __call__(self, service: str, *, versions: Path | None = None) -> ServiceDatabase:
        """A new migrated database for `service`; `versions` names other migrations than its own."""
        template = self._templates.get((service, versions))
        if template is None:
            template = f"template_{service}_{next(self._numbers)}"
            await self._provision(service, template)
            await migrate.upgrade(service, self._server.url(template, service), versions=versions)
            self._templates[service, versions] = template
        name = f"{service}_{next(self._numbers)}"
        await provision.create_database(self._server.admin_url, name, template=template)
        return self._describe(service, name)

    async def empty(self, service: str) -> ServiceDatabase:
        """A new database with role and schema of `service`, not migrated."""
        name = f"{service}_{next(self._numbers)}"
        await self._provision(service, name)
        return self._describe(service, name)

    async def _provision(self, service: str, name: str) -> None:
        await provision.provision(self._server.admin_url, service, PASSWORD, database=name)

    def _describe(self, service: str, name: str) -> ServiceDatabase:
        return ServiceDatabase(name, self._server.url(name, service), self._server.url(name))


def _open_folder(user: infrastructure.User | None) -> str:
    """A folder for temporary files that `user` can reach."""
    for folder in (tempfile.gettempdir(), "/var/tmp"):
        if infrastructure.reachable(Path(folder), user):
            return folder
    raise OSError("no folder for temporary files that the server's user can reach")
