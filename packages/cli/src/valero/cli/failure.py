"""Errors that end a command: what happened, what to do next, and the exit code."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Failure(Exception):  # noqa: N818 - the CLI's word for it
    """A command could not do its work. `remedy` is a command to type or a sentence."""

    code: str
    message: str
    remedy: str = ""
    exit_code: int = 1
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The same as one object for `--json`; keys are English and stable."""
        return {
            "error": self.code,
            "message": self.message,
            "remedy": self.remedy,
            **self.facts,
        }
