"""German or English: the interface language of the terminal, German unless the environment asks."""

import os
import re
import shutil
import sys
from itertools import pairwise
from pathlib import Path

COMMAND = re.compile(
    r"\bvalero (up|down|status|logs|restart|scale|migrate|check|doctor|verify|new-service)\b"
)
NAMES = ("VALERO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def is_english() -> bool:
    """True if the first of VALERO_LANG, LC_ALL, LC_MESSAGES, LANG that is set starts with `en`."""
    chosen = next((value for value in map(os.environ.get, NAMES) if value), "")
    return chosen.lower().startswith("en")


def text(german: str, english: str) -> str:
    """The wording for this terminal."""
    return english if is_english() else german


def number(value: float, digits: int = 0) -> str:
    """A number as people write it here: `1.234,5` in German, `1,234.5` in English."""
    written = f"{value:,.{digits}f}"
    return written if is_english() else written.translate(str.maketrans(",.", ".,"))


def typed(words: str) -> str:
    """Commands in `words` as they can be typed here, for the same --home.

    Who started everything with the one script has no `valero` on the PATH.
    """
    return COMMAND.sub(rf"{_program()} \1{_home_switch()}", words)


def _program() -> str:
    found = shutil.which("valero")
    if found and Path(found).resolve() == Path(sys.argv[0]).resolve():
        return "valero"
    script = os.environ.get("VALERO_SCRIPT", sys.argv[0])
    near = os.path.relpath(script)
    return script if near.startswith("..") else f"./{near}" if os.sep not in near else near


def _home_switch() -> str:
    for switch, value in pairwise(sys.argv):
        if switch == "--home":
            return f" --home {value}"
    return ""
