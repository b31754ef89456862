"""What is refused before anything runs, and what people are told about it."""

import os
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from valero.cli import programs
from valero.cli.failure import Failure
from valero.cli.home import Home
from valero.kit import catalogue

ROOT = Path(__file__).parents[3]
CATALOGUE = catalogue.load(ROOT / catalogue.FILE, offset=0)


@pytest.fixture
def stranger(installation) -> Iterator[int]:
    """A port of the stack on which somebody else, namely this test, listens."""
    port = CATALOGUE.services["auth"].port + installation.offset
    with socket.create_server(("127.0.0.1", port)):
        yield port


def test_a_taken_port_names_its_owner_and_the_way_out(installation, stranger: int) -> None:
    done = installation.up()
    assert done.returncode == 1
    assert str(stranger) in done.stderr
    assert f"PID {os.getpid()}" in done.stderr
    assert _own_command().split()[0] in done.stderr
    assert "--offset" in done.stderr
    assert installation.names() == []


def test_a_taken_port_is_data_for_programs(installation, stranger: int) -> None:
    document = installation.json("up", "-d", "--offset", str(installation.offset))
    assert document["error"] == "port_busy"
    assert document["ports"] == [
        {"name": "auth-1", "port": stranger, "pid": os.getpid(), "command": _own_command()}
    ]
    assert document["free_offset"] > installation.offset


def _own_command() -> str:
    return " ".join(Path("/proc/self/cmdline").read_text().rstrip("\0").split("\0"))


def test_an_offset_beyond_the_last_port_is_refused(installation) -> None:
    done = installation.run("up", "-d", "--offset", "60000")
    assert done.returncode == 2
    assert "49000" in done.stderr


def test_a_home_with_too_long_a_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Failure) as refused:
        Home(tmp_path / ("x" * 120)).create()
    assert refused.value.code == "home_path_too_long"


def test_a_home_is_private_from_the_first_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        home = Home(tmp_path / "h")
        assert home.create()
        assert not home.create()
    finally:
        os.umask(before)
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user's folder")
def test_the_home_of_another_user_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "h").mkdir()
    os.chown(tmp_path / "h", 12345, 12345)
    with pytest.raises(Failure) as refused:
        Home(tmp_path / "h").create()
    assert refused.value.code == "home_of_another_user"


def test_only_brings_what_the_chosen_ones_need() -> None:
    assert [entry.name for entry in programs.choose(CATALOGUE, ["fibu"])] == ["auth", "fibu"]
    assert [entry.name for entry in programs.choose(CATALOGUE, ["observer"])] == ["observer"]
    assert len(programs.choose(CATALOGUE, [])) == len(CATALOGUE.services)


def test_an_unknown_service_is_answered_with_those_that_exist(installation) -> None:
    done = installation.run("up", "--only", "buchhaltung")
    assert done.returncode == 1
    assert "fibu" in done.stderr


def test_english_is_spoken_where_it_is_asked_for(installation) -> None:
    assert "Nothing runs" in installation.run("status", VALERO_LANG="en").stderr
    assert "läuft nichts" in installation.run("status").stderr


def test_a_command_outside_of_the_project_says_where_to_go(installation, tmp_path: Path) -> None:
    environment = {**installation.environment(), "VALERO_ROOT": str(tmp_path)}
    done = subprocess.run(
        installation.command("up"), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
