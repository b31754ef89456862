"""Separation of duties: who may do two things that one person should not do alone.

The rules are data in separation.toml (GoBD, margin number 100: separation of functions). The
report warns and forbids nothing: a company of three people cannot separate everything, but it has
to know, and to say so in its description of procedures.
"""

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Duty:
    """Something that is one person's task, and the permissions that are enough to do it."""

    key: str
    de: str
    en: str
    permissions: frozenset[str]


@dataclass(frozen=True)
class Conflict:
    """Two duties that one person must not join, and why."""

    first: Duty
    second: Duty
    de: str
    en: str


@cache
def duties() -> dict[str, Duty]:
    """Every duty, by key."""
    return {
        key: Duty(key, table["de"], table["en"], frozenset(table["permissions"]))
        for key, table in _document()["duties"].items()
    }


@cache
def conflicts() -> tuple[Conflict, ...]:
    """Every pair of duties to keep apart."""
    known = duties()
    return tuple(
        Conflict(known[table["duties"][0]], known[table["duties"][1]], table["de"], table["en"])
        for table in _document()["conflicts"]
    )


@cache
def harmless() -> frozenset[str]:
    """The permissions that fulfil no duty in need of separation."""
    return frozenset(_document()["harmless"])


def conflicts_of(permissions: Collection[str]) -> Sequence[Conflict]:
    """The pairs of duties that somebody with all these `permissions` can do alone."""
    held = frozenset(permissions)
    return [
        conflict
        for conflict in conflicts()
        if conflict.first.permissions & held and conflict.second.permissions & held
    ]


@cache
def _document() -> dict[str, Any]:
    text = (files("valero.auth") / "data" / "separation.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
