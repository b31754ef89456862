"""German names of the business terms of EN 16931-1, for sentences, forms and letters."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def names() -> dict[str, str]:
    """Name of each term (BT) and group (BG)."""
    content = files("valero.beleg").joinpath("data/terms.toml").read_text("utf-8")
    found: dict[str, str] = tomllib.loads(content)["terms"]
    return found


def name(term: str) -> str:
    """The German name; the number itself where the standard has no such term."""
    return names().get(term, term)


def named(*terms: str) -> str:
    """For sentences: `„Rechnungsnummer“ (BT-1) oder „Rechnungsdatum“ (BT-2)`."""
    return " oder ".join(f"„{name(term)}“ ({term})" for term in terms)
