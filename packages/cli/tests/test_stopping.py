"""Nothing stays behind: whoever is killed, and however it is stopped."""

import fcntl
import os
import pty
import signal
import subprocess
import termios

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

SMALL = ("--only", "auth")
"""PostgreSQL, Redis and one service: what has to die, without the time of a whole stack."""


def test_ctrl_c_ends_everything_within_five_seconds(installation, interrupt) -> None:
    process = installation.foreground()
    assert {"postgres", "redis-server", "envoy", "valero.kit.serve fibu"} < {*installation.names()}
    assert interrupt(process) < 5
    assert process.returncode == 0
    assert installation.names() == []


def test_kill_9_of_supervisord_leaves_no_process(installation, eventually) -> None:
    assert installation.up(*SMALL).returncode == 0
    assert {"postgres", "redis-server", "valero.kit.serve auth"} <= {*installation.names()}
    installation.supervisord().kill()
    eventually(lambda: installation.names() == [], seconds=4)


def test_kill_9_of_the_foreground_command_ends_the_stack(installation, eventually) -> None:
    process = installation.foreground(*SMALL)
    process.kill()
    process.wait()
    eventually(lambda: installation.names() == [], seconds=8)


def test_a_closed_terminal_ends_the_stack(installation, eventually) -> None:
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        installation.command("up", "--offset", str(installation.offset), *SMALL),
        env=installation.environment(TERM="xterm"),
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(inside)
    shown = ""
    while "Strg-C" not in shown:
        shown += os.read(terminal, 65536).decode(errors="replace")
    os.close(terminal)
    assert process.wait(10) == 0
    eventually(lambda: installation.names() == [], seconds=2)


def test_ctrl_c_while_starting_leaves_nothing(installation, eventually) -> None:
    process = subprocess.Popen(
        installation.command("up", "--offset", str(installation.offset)),
        env=installation.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    installation.started.append(process)
    socket = installation.home / "run" / "supervisor.sock"
    eventually(socket.exists, seconds=60)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert installation.names() == []


def test_a_frozen_service_does_not_hold_up_the_end(installation, interrupt) -> None:
    process = installation.foreground(*SMALL)
    frozen = next(p for p in installation.processes() if "valero.kit.serve" in p.cmdline())
    frozen.suspend()
    assert interrupt(process) < 5
    assert installation.names() == []


def test_the_foreground_says_when_supervisord_was_killed(installation) -> None:
    process = installation.foreground(*SMALL)
    installation.supervisord().kill()
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "supervisord" in output
    assert installation.names() == []


def test_it_starts_again_after_a_kill_and_keeps_its_data(installation) -> None:
    assert installation.up(*SMALL).returncode == 0
    first = (installation.home / "secrets" / "first-sign-in.json").read_text()
    installation.supervisord().kill()
    again = installation.up(*SMALL)
    assert again.returncode == 0, again.stdout + again.stderr
    assert (installation.home / "secrets" / "first-sign-in.json").read_text() == first


def test_a_second_up_starts_what_is_asked_for_besides(installation) -> None:
    assert installation.up("--only", "observer").returncode == 0
    assert set(installation.names()) == {"supervisor.supervisord -c", "valero.kit.serve observer"}
    observer = next(p for p in installation.processes() if "observer" in p.cmdline())
    more = installation.up(*SMALL)
    assert more.returncode == 0, more.stdout + more.stderr
    assert {"postgres", "valero.kit.serve auth"} < {*installation.names()}
    assert observer.is_running(), "what ran already is left alone"


def test_two_starts_at_once_make_one_stack(installation) -> None:
    both = [
        subprocess.Popen(
            installation.command("up", "-d", "--offset", str(installation.offset), *SMALL),
            env=installation.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    output = [process.communicate(timeout=170)[0] for process in both]
    assert 0 in {process.returncode for process in both}, output
    assert installation.names().count("supervisor.supervisord -c") == 1
    assert installation.json("status")["processes"][0]["state"] == "RUNNING"


def test_down_stops_and_says_so_and_then_has_nothing_to_do(installation) -> None:
    assert installation.up(*SMALL).returncode == 0
    stopped = installation.json("down")
    assert stopped["stopped"]
    assert stopped["seconds"] < 5
    assert installation.names() == []
    assert not installation.json("down")["stopped"]
    assert installation.run("status").returncode == 3


def test_an_ordinary_user_starts_and_stops_it(of_an_ordinary_user, interrupt) -> None:
    process = of_an_ordinary_user.foreground(*SMALL)
    owners = {p.uids().effective for p in of_an_ordinary_user.processes()}
    assert 0 not in owners
    assert of_an_ordinary_user.json("status")["processes"][0]["health"] == "pass"
    assert (of_an_ordinary_user.home / "postgres" / "data" / "PG_VERSION").exists()
    assert interrupt(process) < 5
    assert of_an_ordinary_user.names() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_under_root_postgres_is_nobody_and_no_folder_is_opened(installation) -> None:
    parent = installation.home.parent
    parent.chmod(0o700)
    assert installation.up(*SMALL).returncode == 0
    servers = [p for p in installation.processes() if p.name() == "postgres"]
    assert servers
    assert 0 not in {server.uids().effective for server in servers}
    assert parent.stat().st_mode & 0o777 == 0o700
    assert installation.home.stat().st_mode & 0o777 == 0o700
