"""Real stacks in temporary homes: short paths, free ports, and nothing left behind."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from valero.kit import catalogue
from valero.kit.testing.ports import free_offset

ROOT = Path(__file__).parents[3]
SECONDS_FOR_A_START = 170


def ports(offset: int) -> list[int]:
    """Every port of a whole stack with two instances of each service."""
    found = catalogue.load(ROOT / catalogue.FILE, offset=offset)
    services = [entry.port_of(number) for entry in found.services.values() for number in (1, 2)]
    return [*found.edge.values(), *found.infrastructure.values(), *services]


@dataclass
class Installation:
    """One home and one offset; `prefix` is how commands become another user's."""

    home: Path
    offset: int
    prefix: Sequence[str] = ()
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def command(self, *arguments: str) -> list[str]:
        """The command line of `valero` for this home."""
        valero = [sys.executable, "-c", "from valero.cli.main import main; main()"]
        return [*self.prefix, *valero, *arguments, "--home", str(self.home)]

    def environment(self, **more: str) -> dict[str, str]:
        """This process's, in German, whatever the machine speaks."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("VALERO_")}
        return {**kept, "VALERO_ROOT": str(ROOT), "VALERO_LANG": "de", **more}

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS_FOR_A_START,
            cwd="/",
        )

    def json(self, *arguments: str) -> Any:
        """Run a command with --json; its last document."""
        return json.loads(self.run(*arguments, "--json").stdout.splitlines()[-1])

    def up(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Start in the background and wait until all is ready."""
        return self.run("up", "-d", "--offset", str(self.offset), *arguments)

    def foreground(self, *arguments: str) -> subprocess.Popen[str]:
        """Start in the foreground and return as soon as all is ready."""
        process = subprocess.Popen(
            self.command("up", "--offset", str(self.offset), "--json", *arguments),
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )
        self.started.append(process)
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("{") and (event := json.loads(line)).get("event") == "ready":
                assert event["troubled"] == [], "".join(said)
                return process
        raise AssertionError("".join(said))

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for this home, whoever started it."""
        return [process for process in psutil.process_iter() if self._owns(process)]

    def _owns(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error, OSError):
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                return False
            mine = process.environ().get("VALERO_HOME") == str(self.home)
            return mine or str(self.home / "run") in " ".join(process.cmdline())
        return False

    def names(self) -> list[str]:
        """What runs: `postgres`, `redis-server`, `envoy`, or the module that Python runs."""
        found = []
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                command = process.cmdline()
                module = command[command.index("-m") + 1 :] if "-m" in command else []
                found.append(" ".join(module[:2]) or process.name())
        return found

    def supervisord(self) -> psutil.Process:
        """The supervisor of this home."""
        return psutil.Process(int((self.home / "run" / "supervisord.pid").read_text()))

    def remove(self) -> None:
        """Stop and delete everything."""
        self.run("down")
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                process.kill()
        for process in self.started:
            process.kill()
            process.communicate()
        database = self.home / "postgres"
        if database.is_symlink():
            shutil.rmtree(database.resolve().parent, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


def wait_until(holds: Callable[[], object], *, seconds: float) -> float:
    """Seconds until `holds()` is true. Fails the test when it does not become so in time."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds, "did not happen in time"
        time.sleep(0.02)
    return time.monotonic() - started


@pytest.fixture
def eventually() -> Callable[..., float]:
    """`eventually(holds, seconds=...)`."""
    return wait_until


@contextlib.contextmanager
def installed(prefix: Sequence[str] = (), owner: int | None = None) -> Iterator[Installation]:
    """An installation in a short temporary folder that `owner` may write in."""
    folder = Path(tempfile.mkdtemp(prefix="vl-", dir="/tmp"))
    if owner is not None:
        os.chown(folder, owner, owner)
    installation = Installation(folder / "home", free_offset(ports(0)), prefix)
    try:
        yield installation
    finally:
        installation.remove()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def installation() -> Iterator[Installation]:
    """A home of its own for one test; nothing runs in it."""
    with installed() as fresh:
        yield fresh


@pytest.fixture
def of_an_ordinary_user() -> Iterator[Installation]:
    """A home of somebody who is not root. Root becomes `nobody`, who may read this Python."""
    if os.geteuid() != 0:
        with installed() as mine:
            yield mine
        return
    if not shutil.which("setpriv"):
        pytest.skip("setpriv is not installed")
    user = pwd.getpwnam("nobody")
    prefix = [
        *("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"),
        # access(2) ignores capabilities of an ordinary user unless this is set
        "--securebits=+no_setuid_fixup",
        *(f"--{which}=-all,+dac_read_search" for which in ("bounding-set", "inh-caps")),
        *("--ambient-caps=-all,+dac_read_search", "--"),
    ]
    with installed(prefix, owner=user.pw_uid) as theirs:
        yield theirs


@pytest.fixture(scope="module")
def whole() -> Iterator[Installation]:
    """The whole stack, running, shared by the tests of one module."""
    with installed() as everything:
        done = everything.up()
        assert done.returncode == 0, done.stdout + done.stderr
        yield everything


@pytest.fixture
def interrupt() -> Callable[[subprocess.Popen[str]], float]:
    """`interrupt(process)`: press Ctrl-C; the seconds until it has ended."""

    def press(process: subprocess.Popen[str]) -> float:
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(20)
        return time.monotonic() - started

    return press
