"""Runs a command that dies with its parent: `parent_death.py SIGNAL [--user NAME] -- COMMAND ...`.

Stands in front of every process of the stack, supervisord included, so that `kill -9` of a parent
leaves nothing behind: the kernel sends SIGNAL to the process when the process above it is gone. The
setting survives `exec`, so nothing of this file stays in memory. A change of user clears it, which
is why `--user` is handled here, before it, and not by supervisord; the interpreter is then already
loaded and need not be readable for that user. SIGNAL `NONE` is for a process that outlives its
parent. Only Linux has this; elsewhere the command is started as it is.
"""

import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PARENT = "VALERO_PARENT_PID"


def become(name: str) -> None:
    """Give up root for the user `name`, groups first."""
    import pwd

    user = pwd.getpwnam(name)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ.update(HOME="/", USER=name, LOGNAME=name)


def follow_parent(number: int) -> None:
    """Ask for the signal; send it at once where the parent died before the question."""
    if sys.platform != "linux":
        return
    import ctypes

    expected = int(os.environ.get(PARENT, os.getppid()))
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != expected:
        os.kill(os.getpid(), number)


def main(arguments: list[str]) -> None:
    """Replace this process by the command; never returns."""
    switches, command = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    if "--user" in switches:
        become(switches[switches.index("--user") + 1])
    if switches[0] != "NONE":
        follow_parent(getattr(signal, f"SIG{switches[0]}"))
    os.environ[PARENT] = str(os.getpid())
    os.execvp(command[0], command)  # noqa: S606 - replacing the process is the purpose


if __name__ == "__main__":
    main(sys.argv[1:])
