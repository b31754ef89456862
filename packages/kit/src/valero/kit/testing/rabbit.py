"""A RabbitMQ node of its own for the tests, where the system has RabbitMQ installed.

Everything of it, the Erlang port mapper included, is private: names, ports, cookie and folders.
"""

import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from valero.kit import infrastructure
from valero.kit.testing.ports import free_port

START_SECONDS = 60.0
SCRIPTS = (Path("/usr/lib/rabbitmq/bin"), Path("/usr/local/sbin"), Path("/opt/homebrew/sbin"))
"""Asked before PATH: Debian's /usr/sbin has a wrapper that changes the user."""


def find_server() -> str | None:
    """The `rabbitmq-server` script, None where there is none."""
    for folder in SCRIPTS:
        if (folder / "rabbitmq-server").is_file():
            return str(folder / "rabbitmq-server")
    return shutil.which("rabbitmq-server")


class RabbitProcess:
    """One node; what it has confirmed survives `kill` and `start`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="valero-rabbit-"))
        self.port, self._distribution_port, self._mapper_port = (free_port() for _ in range(3))
        (self.folder / "plugins").write_text("[].\n", encoding="utf-8")
        (self.folder / "rabbitmq.conf").write_text("", encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None
        self._mapper: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where to connect, as the standard user of a fresh node."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start and wait until it answers. Raises TimeoutError with the node's output."""
        server = find_server()
        mapper = shutil.which("epmd")
        assert server is not None
        assert mapper is not None
        log = self.folder / "output"
        if self._mapper is None:
            command = [mapper, "-port", str(self._mapper_port), "-address", "127.0.0.1"]
            self._mapper = infrastructure.start(command, user=None, log=log)
        variables = [f"{name}={value}" for name, value in self._environment().items()]
        self._process = infrastructure.start(["env", *variables, server], user=None, log=log)
        give_up_at = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > give_up_at or self._process.poll() is not None:
                raise TimeoutError(log.read_text(encoding="utf-8"))
            time.sleep(0.05)

    def kill(self) -> None:
        """End the node and all its processes at once, as a power cut would."""
        if self._process is not None:
            script = psutil.Process(self._process.pid)
            family = [*script.children(recursive=True), script]
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self._process.wait()
            while not all(_ended(process) for process in family):
                time.sleep(0.01)
            self._process = None

    def remove(self) -> None:
        """End everything and delete the folder."""
        self.kill()
        if self._mapper is not None:
            self._mapper.kill()
            self._mapper.wait()
            self._mapper = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(connection.recv(7))
        except OSError:
            return False

    def _environment(self) -> dict[str, str]:
        loopback_only = "-kernel inet_dist_use_interface {127,0,0,1}"
        return {
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self._mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"valero-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"+S 1:1 +sbwt none {loopback_only}",
        }


def _ended(process: psutil.Process) -> bool:
    """Whether a process holds nothing any more, even if nobody has asked for its end yet."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
