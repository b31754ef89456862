"""Free ports, so that tests never meet each other or a running installation."""

import random
import socket
from collections.abc import Iterable

LOWEST_PORT = 20_000
HIGHEST_PORT = 32_000
"""Below the range from which Linux gives outgoing connections their ports."""

LOWEST_OFFSET = 10_000
CHANCE = random.SystemRandom()  # test frameworks seed the other one: parallel runs would collide
STEP = 20


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on now."""
    for _ in range(1000):
        port = CHANCE.randrange(LOWEST_PORT, HIGHEST_PORT)
        if _is_free(port):
            return port
    raise OSError("no free port")


def free_offset(ports: Iterable[int]) -> int:
    """An offset that moves all of `ports` to free ones. Raises OSError if there is none."""
    wanted = list(ports)
    offsets = list(range(LOWEST_OFFSET, HIGHEST_PORT - max(wanted), STEP))
    CHANCE.shuffle(offsets)
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
