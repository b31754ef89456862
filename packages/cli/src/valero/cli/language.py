"""German or English: the interface language of the terminal, German unless the environment asks."""

import os

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
