"""`observer_config.json`: read, checked, and read again when it changes.

A file that does not hold keeps the rules in force and says why; it never leaves us without rules.
"""

import json
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from valero.kit.catalogue import Catalogue
from valero.observer.policy import ConfigFile, OwnRules, Policy

FILE = "observer_config.json"
SCHEMA = "observer_config.schema.json"


class ConfigRejected(ValueError):  # noqa: N818
    """The file is missing, no JSON, or says something impossible; the text says what and where."""


class Config:
    """The rules in force. `reload` follows the file; `trouble` says why the newest was refused."""

    def __init__(self, path: Path, rules: ConfigFile) -> None:
        self.path = path
        self.rules = rules
        self.trouble: str | None = None
        self._stamp = _stamp(path)

    @classmethod
    def open(cls, path: Path) -> "Config":
        """The rules at `path`. Raises ConfigRejected."""
        return cls(path, load(path))

    @property
    def own(self) -> OwnRules:
        """The rules of the Observer itself."""
        return self.rules.observer

    def policy(self, service: str) -> Policy:
        """The rules of one service; without an entry the defaults."""
        return self.rules.policy(service)

    def depends_on(self, catalogue: Catalogue, service: str) -> tuple[str, ...]:
        """What `service` needs, by services.toml and beyond."""
        entry = catalogue.services.get(service)
        return (*(entry.depends_on if entry else ()), *self.policy(service).depends_on)

    def reload(self) -> bool:
        """Read the file again if it changed; True when there is something to report.

        Afterwards either `rules` are the new ones and `trouble` is None, or `rules` are the old
        ones and `trouble` says why.
        """
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self.rules = load(self.path)
        except ConfigRejected as error:
            self.trouble = str(error)
        else:
            self.trouble = None
        return True


def load(path: Path) -> ConfigFile:
    """The rules at `path`. Raises ConfigRejected."""
    try:
        return ConfigFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigRejected(f"{path.name}: {error.strerror}") from error
    except ValidationError as error:
        found = "; ".join(
            f"{'.'.join(map(str, entry['loc'])) or FILE}: {entry['msg']}"
            for entry in error.errors(include_url=False, include_context=False)[:10]
        )
        raise ConfigRejected(found) from error


def schema() -> dict[str, Any]:
    """The JSON Schema of the file, generated from the rules' own types."""
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:valero:observer-config",
        **ConfigFile.model_json_schema(by_alias=True),
    }
    document["title"] = FILE
    return document


def packaged_schema() -> dict[str, Any]:
    """The schema as it is shipped; a test holds it against `schema()`."""
    file = resources.files("valero.observer") / "data" / SCHEMA
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return document


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
