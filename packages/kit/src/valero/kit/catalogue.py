"""`services.toml` as data: the names, titles, ports and dependencies of everything that runs."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from valero.kit.settings import Settings

FILE = "services.toml"
INSTANCE_STRIDE = 100


class CatalogueMissing(LookupError):  # noqa: N818
    """No services.toml here or above."""


@dataclass(frozen=True)
class Entry:
    """One service; `port` already contains the offset."""

    name: str
    title: str
    description: str
    port: int
    database: bool
    depends_on: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """The path under which the service answers at the edge, e.g. `/api/fibu`."""
        return f"/api/{self.name}"

    def port_of(self, instance: int = 1) -> int:
        """The port of the n-th instance, counted from 1."""
        return self.port + INSTANCE_STRIDE * (instance - 1)


@dataclass(frozen=True)
class Catalogue:
    """The whole file; `edge` and `infrastructure` map names to ports with the offset added."""

    edge: Mapping[str, int]
    infrastructure: Mapping[str, int]
    services: Mapping[str, Entry]

    def in_start_order(self) -> tuple[Entry, ...]:
        """The services so that each comes after those it depends on.

        Raises ValueError for an unknown dependency or a circle.
        """
        ordered: dict[str, Entry] = {}
        for name in self.services:
            self._place(name, ordered, ())
        return tuple(ordered.values())

    def _place(self, name: str, ordered: dict[str, Entry], path: tuple[str, ...]) -> None:
        if name in ordered or name in self.infrastructure:
            return
        if name in path or name not in self.services:
            raise ValueError(f"{FILE}: {' -> '.join((*path, name))}")
        for dependency in self.services[name].depends_on:
            self._place(dependency, ordered, (*path, name))
        ordered[name] = self.services[name]


def root() -> Path:
    """The workspace root: VALERO_ROOT, or the nearest folder above the working one or this file.

    Raises CatalogueMissing if neither holds services.toml.
    """
    named = Settings().root
    if named is not None:
        return named
    for start in (Path.cwd(), Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / FILE).is_file():
                return folder
    raise CatalogueMissing(f"{FILE} not found; set VALERO_ROOT to the workspace")


def load(path: Path | None = None, *, offset: int | None = None) -> Catalogue:
    """Read services.toml (of `root()`), adding `offset` (of VALERO_OFFSET) to every port."""
    return _load(path or root() / FILE, Settings().offset if offset is None else offset)


@cache
def _load(path: Path, offset: int) -> Catalogue:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    services = {
        name: Entry(
            name=name,
            title=table["title"],
            description=table["description"],
            port=table["port"] + offset,
            database=table["database"],
            depends_on=tuple(table["depends_on"]),
        )
        for name, table in document["services"].items()
    }
    return Catalogue(
        edge=_ports(document["edge"], offset),
        infrastructure=_ports(document["infrastructure"], offset),
        services=MappingProxyType(services),
    )


def _ports(table: Mapping[str, int], offset: int) -> Mapping[str, int]:
    return MappingProxyType({name: port + offset for name, port in table.items()})
