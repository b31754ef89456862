"""Interest on late payment (Verzugszinsen) after §§ 286 to 289 BGB, segment by segment. Pure.

The base rate changes twice a year and the principal with every payment; each stretch of days with
one rate and one principal is a segment, rounded to cents by itself. There is no interest on
interest (§ 289 BGB). Rates are data (data/base_rates.toml); an unknown one is an error.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from valero.kit import money

ZERO = Decimal("0.00")
ONE_DAY = timedelta(days=1)


class BaseRateUnknown(LookupError):  # noqa: N818
    """No base rate is known for a day; says in German and English what to do."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.de = (
            f"Der Basiszinssatz für den {day:%d.%m.%Y} ist nicht hinterlegt. "
            "Bitte die Zinsdaten ergänzen oder bis zu einem früheren Tag rechnen."
        )
        self.en = f"No base rate is known for {day}. Please add it or compute up to an earlier day."
        super().__init__(self.en)


@dataclass(frozen=True)
class Terms:
    """What decides when a debtor is in default.

    `is_business`: no consumer is involved. `is_fixed`: the due date is a calendar date agreed
    between both (§ 286 Abs. 2 Nr. 1). `was_told`: the invoice tells a consumer of the 30 days.
    """

    due_on: date
    received_on: date
    is_business: bool = True
    is_fixed: bool = False
    was_told: bool = False
    reminded_on: date | None = None


@dataclass(frozen=True)
class Principal:
    """What is owed from a day on, until the next such statement; without interest and charges."""

    from_: date
    amount: Decimal


@dataclass(frozen=True)
class Segment:
    """Days `first` to `last` inclusive at one rate (per cent a year) and one principal."""

    first: date
    last: date
    principal: Decimal
    rate: Decimal
    interest: Decimal

    @property
    def days(self) -> int:
        """How many days bear interest."""
        return (self.last - self.first).days + 1


def default_from(terms: Terms) -> date | None:
    """The first day of default (§ 286 BGB); None if nothing has put the debtor in default.

    The day after an agreed date, after a reminder of a claim that is due, or after 30 days from
    due date and receipt, whichever comes first; the latter for consumers only if they were told.
    """
    days = []
    if terms.is_fixed:
        days.append(terms.due_on)
    if terms.reminded_on is not None:
        days.append(max(terms.reminded_on, terms.due_on))
    if terms.is_business or terms.was_told:
        grace = timedelta(days=_data()["grace_days"])
        days.append(max(terms.due_on, terms.received_on) + grace)
    return min(days) + ONE_DAY if days else None


def interest(
    principals: Sequence[Principal], *, first: date, last: date, is_business: bool
) -> list[Segment]:
    """The segments of interest for the days `first` to `last` inclusive, oldest first.

    `principals` in order of days; before the first of them nothing is owed. The legal rate is
    never below zero. Raises BaseRateUnknown.
    """
    points = Decimal(_data()["business_points" if is_business else "consumer_points"])
    segments = []
    for position, principal in enumerate(principals):
        ends = principals[position + 1].from_ - ONE_DAY if position + 1 < len(principals) else last
        start, end = max(first, principal.from_), min(last, ends)
        if principal.amount <= 0:
            continue
        while start <= end:
            base, valid_to = _base_rate(start)
            until, rate = min(end, valid_to), max(base + points, Decimal(0))
            segments.append(_segment(start, until, principal.amount, rate))
            start = until + ONE_DAY
    return segments


def total(segments: Sequence[Segment]) -> Decimal:
    """The interest of all segments."""
    return sum((segment.interest for segment in segments), ZERO)


def lump_sum(*, is_business: bool, already_charged: bool) -> Decimal:
    """The 40 EUR of § 288 Abs. 5 BGB: from businesses, once per claim, without VAT."""
    return Decimal(_data()["lump_sum"]) if is_business and not already_charged else ZERO


def _segment(first: date, last: date, principal: Decimal, rate: Decimal) -> Segment:
    days = (last - first).days + 1
    amount = money.cents(principal * rate * days / (100 * _data()["year_days"]))
    return Segment(first, last, principal, rate, amount)


def _base_rate(day: date) -> tuple[Decimal, date]:
    """The rate on a day, and the last day for which it is known."""
    for period in _data()["rates"]:
        if period["from"] <= day <= period["to"]:
            return Decimal(period["rate"]), period["to"]
    raise BaseRateUnknown(day)


@cache
def _data() -> dict[str, Any]:
    pack = files("valero.fibu") / "data" / "base_rates.toml"
    return tomllib.loads(pack.read_text("utf8"))
