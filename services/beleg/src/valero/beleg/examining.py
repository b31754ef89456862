"""Asks the examiner process, starts it when it is needed and ends it when it is idle.

A process of its own, because the official rules need 200 MB while they are loaded and because a
defect in the XSLT engine must not take the service with it.
"""

import json
import subprocess
import sys
import threading
import time
from typing import Any, Final, Self

from valero.beleg.findings import Finding
from valero.beleg.invoice import Unreadable
from valero.beleg.official import Outcome

SECONDS: Final = 60.0
"""A document that takes longer is given up; the start of the process is part of it."""

MOST_DOCUMENTS: Final = 2000
"""Then a fresh process takes over, so that nothing can grow without bound."""


class ExaminerFailed(Exception):  # noqa: N818 - says what became of the process
    """The examiner died over a document, or took too long."""


class Examiner:
    """One examiner process; callers of several threads take turns."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._documents = 0
        self._used_at = 0.0
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._process.pid if self._process else None

    def examine(self, data: bytes) -> Outcome:
        """Apply the official rules to an e-invoice (XML). Blocks; use a thread.

        Raises ExaminerFailed, or Unreadable for what is no e-invoice.
        """
        with self._turn:
            answer = self._ask(data)
        if "unreadable" in answer:
            de, en = answer["unreadable"]
            raise Unreadable(de=de, en=en)
        findings = tuple(Finding.load(one) for one in answer["findings"])
        return Outcome(findings, answer["stages"])

    def close(self) -> None:
        """End the process at once, also under a caller, and start no other."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()
        with self._turn:
            self._end()

    def rest(self, idle_seconds: float) -> None:
        """End the process if nobody asked for so long."""
        with self._turn:
            if time.monotonic() - self._used_at >= idle_seconds:
                self._end()

    def _ask(self, data: bytes) -> dict[str, Any]:
        process = self._running()
        deadline = threading.Timer(self.seconds, process.kill)
        deadline.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(b"%d\n" % len(data) + data)
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError as error:
            self._end()
            raise ExaminerFailed("the examiner went away") from error
        finally:
            deadline.cancel()
            self._used_at = time.monotonic()
        if not line:
            self._end()
            raise ExaminerFailed("the examiner gave no answer")
        self._documents += 1
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise ExaminerFailed("the examiner is closed")
        if self._documents >= MOST_DOCUMENTS:
            self._end()
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "valero.beleg.examiner"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        self._documents = 0
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return
