"""What the Observer's tests share: stores, a running application, a stack of real processes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

from valero.kit import catalogue
from valero.kit.testing.ports import free_offset
from valero.observer.app import create
from valero.observer.store import Store

# the machine may be busy: a slow example is no failure
settings.register_profile("house", deadline=None)
settings.load_profile("house")

OBSERVER_TOKEN = "token-of-this-stack"
READ, OPERATE = "observer:read", "observer:operate"


@pytest.fixture
async def store(tmp_path):
    opened = await Store.open(tmp_path / "observer" / "observer.sqlite")
    yield opened
    await opened.close()


@pytest.fixture
async def client(app_client, tmp_path):
    """The Observer in this process, without a supervisor."""
    async with app_client(
        create, service="observer", home=tmp_path, observer_token=OBSERVER_TOKEN
    ) as running:
        yield running


@pytest.fixture
def bearer():
    return {"Authorization": f"Bearer {OBSERVER_TOKEN}"}


async def until(condition, *, seconds=10.0):
    """The first true value of `condition()`; fails with its text after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {condition}")


@pytest.fixture(name="until")
def until_fixture():
    return until


STUB = Path(__file__).with_name("stub_service.py")
HEAD = """\
[unix_http_server]
file={home}/run/supervisor.sock
chmod=0700
[supervisord]
nodaemon=true
silent=true
{user}
logfile={home}/logs/supervisord.log
pidfile={home}/run/supervisord.pid
directory={home}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command={command}
environment={environment}
directory={home}
autorestart=true
startsecs={start_seconds}
startretries=1
stopwaitsecs=3
redirect_stderr=true
stdout_logfile={home}/logs/{name}.log
"""


class Stack:
    """Real processes under a real supervisord: `add` programs, `start`, use, `stop`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for folder in ("run", "logs"):
            (home / folder).mkdir()
        known = catalogue.load(offset=0)
        ports = [*known.infrastructure.values(), *(e.port for e in known.services.values())]
        self.offset = free_offset([*ports, *(port + 100 for port in ports)])
        self.catalogue = catalogue.load(offset=self.offset)
        self.nonces: dict[str, str] = {}
        self._programs: list[str] = []
        self._supervisord: subprocess.Popen[bytes] | None = None

    def port(self, instance: str) -> int:
        service, _, number = instance.rpartition("-")
        return self.catalogue.services[service].port_of(int(number))

    def add_service(self, instance: str, *, start_seconds: int = 1) -> None:
        """A stub of a service; an end within `start_seconds` is a start that failed."""
        self.nonces[instance] = f"nonce-of-{instance}"
        environment = {
            "VALERO_SERVICE": instance.rpartition("-")[0],
            "VALERO_INSTANCE": instance,
            "VALERO_NONCE": self.nonces[instance],
            "VALERO_PORT": str(self.port(instance)),
        }
        self.add(instance, f"{sys.executable} -I {STUB}", environment, start_seconds=start_seconds)

    def add(self, name, command, environment=None, *, start_seconds=1) -> None:
        """Any program."""
        pairs = ",".join(f'{key}="{value}"' for key, value in (environment or {}).items())
        self._programs.append(
            PROGRAM.format(
                name=name,
                command=command,
                environment=pairs,
                home=self.home,
                start_seconds=start_seconds,
            )
        )

    def start(self) -> None:
        """Start supervisord; its socket is there on return."""
        user = "user=root" if os.geteuid() == 0 else ""
        configuration = self.home / "run" / "supervisord.conf"
        configuration.write_text(HEAD.format(home=self.home, user=user) + "".join(self._programs))
        (self.home / "run" / "stack.json").write_text(json.dumps({"nonces": self.nonces}))
        self._supervisord = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 15
        while not (self.home / "run" / "supervisor.sock").exists():
            assert time.monotonic() < deadline, "supervisord has no socket"
            time.sleep(0.02)

    def stop(self) -> None:
        """End everything, stopped processes included."""
        if self._supervisord is None:
            return
        children = psutil.Process(self._supervisord.pid).children(recursive=True)
        for child in children:
            child.resume()
        self._supervisord.send_signal(signal.SIGTERM)
        self._supervisord.wait(20)
        _, alive = psutil.wait_procs(children, timeout=1)
        assert not alive, alive


@pytest.fixture
def stack(tmp_path, monkeypatch):
    """A stack on free ports, to be filled and started by the test; everything ends with it."""
    made = Stack(tmp_path)
    monkeypatch.setenv("VALERO_OFFSET", str(made.offset))
    yield made
    made.stop()
