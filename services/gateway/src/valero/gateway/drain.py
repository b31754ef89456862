"""Stands above Envoy and lets requests in flight end before it stops: `drain SECONDS COMMAND ...`.

Envoy alone cuts them 50 ms after SIGTERM. On SIGTERM or SIGINT this process makes Envoy fail its
health check and close its listeners, waits until nothing is in flight, at most SECONDS, and then
stops it; a second signal ends the waiting. Only the standard library: it lives as long as Envoy.
"""

import ctypes
import os
import re
import signal
import socket
import sys
import time

ADMIN_SOCKET = "admin.sock"
ADMIN_TIMEOUT_SECONDS = 1.0
POLL_SECONDS = 0.05
STOP_SECONDS = 1.0

PR_SET_PDEATHSIG = 1
ASKED_TO_STOP = frozenset({signal.SIGTERM, signal.SIGINT})
AWAITED = ASKED_TO_STOP | {signal.SIGCHLD}
IN_FLIGHT = "http.edge.downstream_rq_active"


def main() -> None:
    """Run the command until it ends or somebody asks to stop; never returns."""
    patience_seconds, command = float(sys.argv[1]), sys.argv[2:]
    # from now on signals wait until they are asked for
    signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    child = start(command)
    while True:
        received = signal.sigwait(AWAITED)
        if received in ASKED_TO_STOP:
            drain(patience_seconds)
            sys.exit(stop(child))
        code = ended(child)
        if code is not None:
            sys.exit(code)


def start(command: list[str]) -> int:
    """Start the command in a process group of its own, so that Ctrl-C reaches this process alone.

    The kernel ends it when this process is killed. Envoy asks for that itself, but only later.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    child = os.fork()
    if child:
        return child
    try:
        os.setpgid(0, 0)
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, AWAITED)
        if os.getppid() == parent:
            os.execv(command[0], command)  # noqa: S606 - the command is ours
    finally:
        os._exit(127)


def drain(patience_seconds: float) -> None:
    """Take no more requests and wait for those in flight; give up when asked to stop again."""
    deadline = time.monotonic() + patience_seconds
    try:
        ask("POST", "/healthcheck/fail")
        ask("POST", "/drain_listeners")
        while time.monotonic() < deadline and in_flight():
            if signal.sigtimedwait(AWAITED, POLL_SECONDS) is not None:
                return
    except OSError as error:
        sys.stderr.write(f"Envoy cannot be drained: {error!r}\n")


def in_flight() -> int:
    """How many requests Envoy has not answered completely. Raises OSError."""
    answer = ask("GET", f"/stats?filter=^{IN_FLIGHT.replace('.', '[.]')}$")
    found = re.search(rf"{IN_FLIGHT}: (\d+)", answer)
    return int(found[1]) if found else 0


def ask(method: str, path: str) -> str:
    """Envoy's answer, as it came, on its admin socket in the working folder. Raises OSError."""
    with socket.socket(socket.AF_UNIX) as admin:
        admin.settimeout(ADMIN_TIMEOUT_SECONDS)
        admin.connect(ADMIN_SOCKET)
        headers = "Host: envoy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        admin.sendall(f"{method} {path} HTTP/1.1\r\n{headers}".encode())
        answer = b""
        while part := admin.recv(65536):
            answer += part
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise OSError(answer[:80].decode(errors="replace"))
    return answer.decode()


def stop(child: int) -> int:
    """End the child and return its exit code; kill it if it does not obey."""
    os.kill(child, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while (code := ended(child)) is None:
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        signal.sigtimedwait(AWAITED, POLL_SECONDS)
    return 0 if code == -signal.SIGTERM else code


def ended(child: int) -> int | None:
    """The child's exit code, negative for a signal, or None while it runs."""
    found, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


if __name__ == "__main__":
    main()
