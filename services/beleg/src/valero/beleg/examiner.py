"""The process that applies the official rules: documents in on standard input, findings out.

A request is the number of bytes in a line and then the bytes; an answer is one line of JSON. Ends
with its standard input, so it never outlives who started it.
"""

import json
import sys
from typing import Any

from valero.beleg.invoice import Unreadable
from valero.beleg.official import Rules


def main() -> None:
    """Serve until the end of input."""
    rules = Rules()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := requests.readline():
        answer = _answer(rules, requests.read(int(line)))
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(rules: Rules, data: bytes) -> dict[str, Any]:
    try:
        outcome = rules.apply(data)
    except Unreadable as error:
        return {"unreadable": [error.de, error.en]}
    return {"findings": [one.dump() for one in outcome.findings], "stages": outcome.stages}


if __name__ == "__main__":
    main()
