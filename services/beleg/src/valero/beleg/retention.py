"""How long a document is kept (rule FI-5); the periods are data in `data/retention.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources


class Retention(StrEnum):
    """Retention classes of § 147 AO."""

    BOOKS = "books"
    VOUCHERS = "vouchers"
    LETTERS = "letters"


@dataclass(frozen=True, slots=True)
class Period:
    """A statutory period and the day it came into force."""

    retention: Retention
    years: int
    valid_from: date


@cache
def periods() -> tuple[Period, ...]:
    """All periods ever in force, oldest first."""
    text = resources.files("valero.beleg").joinpath("data/retention.toml").read_text("utf-8")
    found = (
        Period(Retention(entry["class"]), entry["years"], entry["valid_from"])
        for entry in tomllib.loads(text)["periods"]
    )
    return tuple(sorted(found, key=lambda period: period.valid_from))


def years(retention: Retention, *, on: date) -> int:
    """Years to keep documents of this class under the law in force on a day."""
    valid = [p.years for p in periods() if p.retention is retention and p.valid_from <= on]
    if not valid:
        raise ValueError(f"no retention period for {retention} on {on}")
    return valid[-1]


def deletable_on(retention: Retention, *, dated_on: date, on: date) -> date:
    """First day on which a document of `dated_on` may be deleted, by the law in force on `on`.

    The period starts with the end of the calendar year of `dated_on`, § 147 (4) AO. An open
    assessment period prolongs it (§ 147 (3) sentence 5 AO); that is not known here.
    """
    return date(dated_on.year + years(retention, on=on) + 1, 1, 1)
