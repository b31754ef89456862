"""$VALERO_HOME: where one stack keeps its data, secrets, logs, sockets and what it remembers.

postgres/ redis/ observer/ envoy/   data of the processes
secrets/<service>/                  0700, one file per setting, 0600
logs/<process>.log                  what each process prints, rotated
run/                                sockets, generated configuration, state of the running stack
scale.json                          instances per service, kept over restarts
"""

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valero.cli.failure import Failure
from valero.cli.language import text

LONGEST_SOCKET = 90
"""A unix socket's path ends at 104 bytes (macOS); supervisord appends its pid while it binds."""


@dataclass(frozen=True)
class Home:
    """The folder of one stack. Nothing is created before `create`."""

    path: Path

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    @property
    def first_sign_in(self) -> Path:
        """Written by auth at its first start, removed by it when the password was changed."""
        return self.secrets / "first-sign-in.json"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def socket(self) -> Path:
        return self.run / "supervisor.sock"

    @property
    def configuration(self) -> Path:
        return self.run / "supervisord.conf"

    @property
    def supervisor_log(self) -> Path:
        return self.logs / "supervisord.log"

    def log_of(self, process: str) -> Path:
        """The log file of a supervised process."""
        return self.logs / f"{process}.log"

    def create(self) -> bool:
        """Make the folders, private to this user; True when the home is new. Raises Failure."""
        if len(os.fsencode(self.socket)) > LONGEST_SOCKET:
            raise Failure(
                "home_path_too_long",
                text(f"Der Pfad {self.path} ist zu lang.", f"The path {self.path} is too long."),
                text("Kürzeren Ordner wählen: --home", "Choose a shorter one: --home"),
            )
        new = not self.secrets.exists()
        try:
            for folder in (self.path, self.secrets, self.logs, self.run):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Failure(
                "home_not_writable",
                text(
                    f"{self.path} lässt sich nicht anlegen: {error.strerror}",
                    f"{self.path} cannot be created: {error.strerror}",
                ),
                text(
                    "Anderen Ordner wählen: --home PFAD oder VALERO_HOME",
                    "Choose another folder: --home PATH or VALERO_HOME",
                ),
            ) from error
        if self.path.stat().st_uid != os.geteuid():
            raise Failure(
                "home_of_another_user",
                text(
                    f"{self.path} gehört einem anderen Benutzer.",
                    f"{self.path} belongs to another user.",
                ),
                text(
                    "Als dieser Benutzer starten, oder einen eigenen Ordner wählen: --home PFAD",
                    "Start as that user, or choose a folder of your own: --home PATH",
                ),
            )
        return new

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the home while its set of processes changes. Raises Failure if another holds it."""
        with (self.run / "lock").open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Failure(
                    "home_busy",
                    text(
                        f"In {self.path} startet oder ändert gerade ein anderer Aufruf etwas.",
                        f"Another command is starting or changing something in {self.path}.",
                    ),
                    text("Kurz warten, dann: valero status", "Wait a moment, then: valero status"),
                ) from None
            yield

    def scale(self) -> dict[str, int]:
        """Instances per service where other than one."""
        return {name: int(count) for name, count in _load(self.path / "scale.json").items()}

    def remember_scale(self, scale: Mapping[str, int]) -> None:
        """Keep the numbers of instances for this and every later start."""
        write_private(self.path / "scale.json", json.dumps(scale, indent=1))

    def state(self) -> dict[str, Any]:
        """What the last start noted: offset, services, nonces."""
        return _load(self.run / "stack.json")

    def remember_state(self, state: Mapping[str, Any]) -> None:
        """Note what runs, for commands in other terminals."""
        write_private(self.run / "stack.json", json.dumps(state, indent=1))


def write_private(path: Path, content: str) -> None:
    """Replace a file at once, readable only by its owner."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    Path(name).replace(path)


def _load(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}
    return content
