"""PostgreSQL and Redis of one machine: where their data is, and the programs that run them.

As root, PostgreSQL runs as an unprivileged user. That user cannot enter a private home, and no
permissions are widened for it: its data then goes below /var/lib/valero, and `postgres` in the home
is a link to it. Everyone else finds the data in the home itself.
"""

import secrets
from pathlib import Path

from valero.cli.credentials import Vault
from valero.cli.failure import Failure
from valero.cli.home import Home, write_private
from valero.cli.language import text
from valero.cli.programs import INFRASTRUCTURE_PRIORITY, Program
from valero.kit import infrastructure
from valero.kit.infrastructure import Postgres, User

READABLE = 0o755
REDIS_SETTINGS = "redis.conf"
OWNER = "home"
"""Beside a database outside of its home: a file that names the home."""
HERE = Path()
"""Relative to the data folder, which the server enters first: a socket path of any length fits."""


def postgres(home: Home, port: int) -> Postgres:
    """The server of this home; its data folder exists afterwards, empty at the first start."""
    user = infrastructure.server_user()
    instead = infrastructure.SYSTEM_HOME
    if user is not None:
        _make_readable(instead)
    place = _place(home, user, instead)
    return Postgres(
        data=place / "data",
        sockets=HERE,
        port=port,
        binaries=infrastructure.postgres_binaries(user, instead=instead),
        user=user,
    )


def initialise(server: Postgres, vault: Vault) -> bool:
    """Create the cluster at the first start; True if it was created. Raises Failure.

    A cluster whose password is gone belongs to another home or to a lost one: it is left alone.
    """
    exists = (server.data / "PG_VERSION").is_file()
    if exists and not (vault.folder / "postgres").is_file():
        raise Failure(
            "database_without_password",
            text(
                f"Zu der Datenbank in {server.data} fehlt das Kennwort.",
                f"The password of the database in {server.data} is missing.",
            ),
            text(
                f"{vault.folder} aus der Sicherung zurückholen, oder mit leerem --home beginnen.",
                f"Restore {vault.folder} from the backup, or begin with an empty --home.",
            ),
        )
    try:
        return server.initialise(vault.postgres)
    except (OSError, RuntimeError) as error:
        raise Failure(
            "database_not_created",
            text("Die Datenbank ließ sich nicht anlegen:\n", "No database could be created:\n")
            + str(error).strip()[-1500:],
            text(
                f"Plattenplatz und Rechte in {server.data.parent} prüfen: valero doctor",
                f"Check disk and permissions in {server.data.parent}: valero doctor",
            ),
        ) from error


def postgres_program(home: Home, server: Postgres) -> Program:
    """PostgreSQL as a supervised process. SIGINT stops it fast; SIGTERM would wait for clients."""
    return Program(
        name="postgres",
        command=server.command(),
        ports={"postgres": server.port},
        environment=_marks(home, "postgres"),
        user=server.user.name if server.user else None,
        stop_signal="INT",
        death_signal="INT",
        priority=INFRASTRUCTURE_PRIORITY,
        autostart=True,
    )


def write_redis_configuration(home: Home, vault: Vault, port: int) -> None:
    """Make Redis's folder and its settings: a private file, because of the password in it."""
    data = home.path / "redis"
    data.mkdir(mode=0o700, exist_ok=True)
    _binary, *switches = infrastructure.redis_command(port=port, data=data, password=vault.redis)
    # with its own title Redis would overwrite the environment by which it is recognised
    switches += ["--set-proc-title", "no"]
    write_private(home.run / REDIS_SETTINGS, as_redis_configuration(switches))


def redis_program(home: Home, port: int) -> Program:
    """Redis as a supervised process."""
    return Program(
        name="redis",
        command=(str(infrastructure.redis_binary()), str(home.run / REDIS_SETTINGS)),
        ports={"redis": port},
        environment=_marks(home, "redis"),
        death_signal="TERM",
        priority=INFRASTRUCTURE_PRIORITY,
        autostart=True,
    )


def abandoned() -> list[Path]:
    """Folders of databases whose home is gone or has another database now."""
    left = []
    for note in infrastructure.SYSTEM_HOME.glob(f"*/{OWNER}"):
        link = Path(note.read_text(encoding="utf-8")) / "postgres"
        if not link.is_symlink() or note.parent not in link.resolve().parents:
            left.append(note.parent)
    return left


def as_redis_configuration(switches: list[str]) -> str:
    """`--name value` switches as the lines of a redis.conf."""
    lines: list[str] = []
    for part in switches:
        if part.startswith("--"):
            lines.append(part.removeprefix("--"))
        else:
            escaped = part.replace("\\", "\\\\").replace('"', '\\"')
            lines[-1] += f' "{escaped}"'
    return "\n".join(lines) + "\n"


def _marks(home: Home, instance: str) -> dict[str, str]:
    """By which a process is recognised as one of this home."""
    return {"VALERO_HOME": str(home.path), "VALERO_INSTANCE": instance}


def _place(home: Home, user: User | None, instead: Path) -> Path:
    """The folder that holds the cluster: where the link in the home leads, else a new one."""
    link = home.path / "postgres"
    if link.is_symlink():
        return link.resolve()
    if user is None or infrastructure.reachable(home.path, user):
        return infrastructure.folder_for(user, link)
    own = instead / secrets.token_hex(4)
    _make_readable(own)
    place = infrastructure.folder_for(user, link, instead=own)
    write_private(own / OWNER, str(home.path))
    link.symlink_to(place)
    return place


def _make_readable(folder: Path) -> None:
    """A folder of ours that an unprivileged server may pass through, whatever the umask."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(READABLE)
