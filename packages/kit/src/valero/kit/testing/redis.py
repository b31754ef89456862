"""A Redis server of its own for the tests, from the wheel, on an ephemeral port."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import redis

from valero.kit import infrastructure
from valero.kit.testing.ports import free_port

PASSWORD = "test"
START_SECONDS = 10.0


class RedisProcess:
    """One server; what it has confirmed survives `kill` and `start`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="valero-redis-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where to connect, password included."""
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start and wait until it answers. Raises TimeoutError with the server's log."""
        log = self.folder / "log"
        command = infrastructure.redis_command(port=self.port, data=self.folder, password=PASSWORD)
        self.process = infrastructure.start([*command, "--save", ""], user=None, log=log)
        give_up_at = time.monotonic() + START_SECONDS
        while not self.answers():
            if time.monotonic() > give_up_at or self.process.poll() is not None:
                raise TimeoutError(log.read_text(encoding="utf-8"))
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether the server is up and has read its data."""
        with redis.Redis.from_url(self.url, retry=None) as client:
            try:
                return bool(client.ping())
            except (redis.ConnectionError, redis.TimeoutError):
                return False

    def flush(self) -> None:
        """Forget everything."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        """End it and delete its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
