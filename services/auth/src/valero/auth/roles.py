"""Roles and permissions: data in roles.toml, so that a new release can widen or narrow a role."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from valero.kit.errors import FieldError, Invalid

ADMINISTRATION = "administration"
EVERYTHING = "*"


class RoleUnknown(Invalid):
    """A role that roles.toml does not name."""


@dataclass(frozen=True)
class Role:
    """What people call it, and what it allows."""

    key: str
    de: str
    en: str
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class Permission:
    """One thing that somebody may be allowed to do, named `<service>:<verb>`."""

    name: str
    de: str
    en: str


@cache
def permissions() -> Mapping[str, Permission]:
    """Every permission there is, by name."""
    return {
        name: Permission(name=name, de=table["de"], en=table["en"])
        for name, table in _document()["permissions"].items()
    }


@cache
def catalogue() -> Mapping[str, Role]:
    """Every role, by key; `*` is already replaced by all permissions."""
    everything = tuple(permissions())
    return {
        key: Role(
            key=key,
            de=table["de"],
            en=table["en"],
            permissions=everything
            if EVERYTHING in table["permissions"]
            else tuple(table["permissions"]),
        )
        for key, table in _document()["roles"].items()
    }


def permissions_of(keys: Collection[str]) -> tuple[str, ...]:
    """The permissions of all `keys` together, sorted; a role that no longer exists gives none."""
    roles = catalogue()
    return tuple(sorted({name for key in keys if key in roles for name in roles[key].permissions}))


def check_known(keys: Collection[str]) -> None:
    """Raises RoleUnknown if one of `keys` is no role."""
    unknown = sorted(set(keys) - set(catalogue()))
    if unknown:
        names = ", ".join(unknown)
        de, en = f"Diese Rollen gibt es nicht: {names}.", f"There are no such roles: {names}."
        raise RoleUnknown(de=de, en=en, errors=[FieldError("/roles", "role_unknown", de, en)])


@cache
def _document() -> dict[str, dict[str, dict[str, str]]]:
    text = (files("valero.auth") / "data" / "roles.toml").read_text(encoding="utf-8")
    document: dict[str, dict[str, dict[str, str]]] = tomllib.loads(text)
    return document
