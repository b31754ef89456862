"""Free ports, so that tests never meet each other or a running installation."""

import random
import socket
from collections.abc import Iterable

LOWEST_OFFSET = 20_000
HIGHEST_PORT = 65_000
STEP = 1_000


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def free_offset(ports: Iterable[int]) -> int:
    """An offset that moves all of `ports` to free ones. Raises OSError if there is none."""
    wanted = list(ports)
    offsets = list(range(LOWEST_OFFSET, HIGHEST_PORT - max(wanted), STEP))
    random.shuffle(offsets)
    for offset in offsets:
        if all(_is_free(port + offset) for port in wanted):
            return offset
    raise OSError("no offset leaves all ports free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
