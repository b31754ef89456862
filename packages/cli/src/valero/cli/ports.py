"""Which ports the stack needs, who holds a busy one, and where there is room instead."""

import contextlib
import errno
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from valero.cli.failure import Failure
from valero.cli.language import text

STEP = 1000
HIGHEST = 65535


@dataclass(frozen=True)
class Owner:
    """The process that listens on a port; `pid` is None where the system does not tell us."""

    pid: int | None
    command: str = ""
    user: str = ""
    home: str = ""

    def describe(self) -> str:
        """One line for people: pid, user and command line."""
        if self.pid is None:
            return text(
                "von einem Prozess, den nur root sehen kann (sudo ss -ltnp)",
                "by a process only root can see (sudo ss -ltnp)",
            )
        other = text(f", VALERO in {self.home}", f", VALERO in {self.home}") if self.home else ""
        return f"PID {self.pid} ({self.user}{other}): {self.command}"


def is_free(port: int) -> bool:
    """True if a server could listen on the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def owner(port: int) -> Owner:
    """Who listens on `port`, as far as this user may know."""
    with contextlib.suppress(psutil.AccessDenied):
        for connection in psutil.net_connections(kind="tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,)
            if listens and connection.pid is not None:
                return _describe(connection.pid)
    return Owner(pid=None)


def check_free(wanted: Mapping[str, int], *, offset: int) -> None:
    """Raise Failure for busy ports: which, held by whom, and an offset at which all are free.

    `wanted` maps what a port is for to its number, offset included.
    """
    busy = {name: port for name, port in wanted.items() if not is_free(port)}
    if not busy:
        return
    owners = {name: owner(port) for name, port in busy.items()}
    lines = [f"  {port} ({name})  {owners[name].describe()}" for name, port in busy.items()]
    room = free_offset((port - offset for port in wanted.values()), start=offset + STEP)
    ours = {found.home for found in owners.values() if found.home}
    raise Failure(
        "port_busy",
        "\n".join([text("Diese Ports sind belegt:", "These ports are taken:"), *lines]),
        text(
            f"Den Prozess beenden{_down(ours)}, oder alle Ports verschieben: --offset {room}",
            f"Stop that process{_down(ours)}, or move all ports: --offset {room}",
        ),
        facts={
            "ports": [
                {"name": name, "port": port, "pid": found.pid, "command": found.command}
                for (name, port), found in zip(busy.items(), owners.values(), strict=True)
            ],
            "free_offset": room,
        },
    )


def free_offset(base_ports: Iterable[int], *, start: int = STEP) -> int:
    """The smallest multiple of 1000 from `start` on at which every port is free."""
    ports = list(base_ports)
    for offset in range(max(STEP, start // STEP * STEP), HIGHEST - max(ports), STEP):
        if all(is_free(port + offset) for port in ports):
            return offset
    return 0


def _down(homes: Iterable[str]) -> str:
    """The command that ends stacks of ours which hold ports."""
    return "".join(f" (valero down --home {home})" for home in sorted(homes))


def _describe(pid: int) -> Owner:
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            command = " ".join(process.cmdline()) or process.name()
            user = process.username()
        return Owner(pid, command, user, _home_of(process))
    except psutil.Error:
        return Owner(pid)


def _home_of(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        home = process.environ().get("VALERO_HOME", "")
        return str(Path(home)) if home else ""
    return ""
