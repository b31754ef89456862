"""Runs a command that dies with its parent: `parent_death.py SIGNAL [--user NAME] -- COMMAND ...`.

Stands in front of every process of the stack, supervisord included, so that `kill -9` of a parent
leaves nothing behind: the kernel sends SIGNAL to the process when the process above it is gone. The
setting survives `exec`, so nothing of this file stays in memory. A change of user clears it, which
is why `--user` is handled here, before it, and not by supervisord; by then everything is imported,
for that user may not be able to read this Python. SIGNAL `NONE` is for a process that outlives its
parent. Only Linux has this; elsewhere the command is started as it is.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1
PARENT = "VALERO_PARENT_PID"


def become(name: str) -> None:
    """Give up root for the user `name`, groups first."""
    user = pwd.getpwnam(name)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ.update(HOME="/", USER=name, LOGNAME=name)


def follow_parent(libc: ctypes.CDLL, number: int) -> None:
    """Ask for the signal; send it at once where the parent died before the question."""
    expected = int(os.environ.get(PARENT, os.getppid()))
    if libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != expected:
        os.kill(os.getpid(), number)


def main(arguments: list[str]) -> None:
    """Replace this process by the command; never returns."""
    switches, command = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    libc = ctypes.CDLL(None, use_errno=True)
    if "--user" in switches:
        become(switches[switches.index("--user") + 1])
    if switches[0] != "NONE" and sys.platform == "linux":
        follow_parent(libc, getattr(signal, f"SIG{switches[0]}"))
    os.environ[PARENT] = str(os.getpid())
    os.execvp(command[0], command)  # noqa: S606 - replacing the process is the purpose


if __name__ == "__main__":
    main(sys.argv[1:])
