"""The event envelope (CloudEvents 1.0) and the parent of all payloads.

Within one version of a type only optional fields are added; a break is a new type beside the old.
Readers ignore fields they do not know. Decimals travel as JSON strings, never as JSON numbers.
"""

import importlib
import pkgutil
from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)


def _refuse_binary_fraction(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("a decimal arrives as a string, never as a binary fraction")
    return value


Exact = Annotated[Decimal, BeforeValidator(_refuse_binary_fraction), Field(allow_inf_nan=False)]
"""A Decimal that was never a binary fraction; JSON string on the wire."""

Amount = Annotated[Exact, Field(max_digits=18, decimal_places=2)]
"""Money in units of the accompanying currency, at most two decimals."""

Rate = Annotated[Exact, Field(ge=0, max_digits=9, decimal_places=6)]
"""Tax rate in per cent: 19 means nineteen per cent."""

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217 alphabetic code."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in lower-case hexadecimal."""


def _check_uuid(value: str) -> str:
    return str(UUID(value))


UuidText = Annotated[str, AfterValidator(_check_uuid)]
"""A UUID as text in canonical form."""

EventType = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z_]+\.v[1-9][0-9]*$")]
"""`<producer>.<past tense>.v<major>`."""


class Part(BaseModel):
    """A value inside a payload: immutable, tolerant of unknown fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Part):
    """A fact that happened in one service; subclasses set `type` and say what they are about."""

    type: ClassVar[str]

    @property
    @abstractmethod
    def subject(self) -> str:
        """Id of the aggregate the fact is about; orders and groups events."""


class Envelope(BaseModel):
    """CloudEvents 1.0 in structured mode; `data` is the payload as JSON values."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: UuidText
    source: Annotated[str, StringConstraints(pattern=r"^/[a-z]+$")]
    type: EventType
    time: AwareDatetime
    subject: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    tenantid: UuidText
    traceparent: str | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Any]


@cache
def registry() -> Mapping[str, type[Event]]:
    """Every event type known in this installation, by its type name."""
    package = importlib.import_module("valero.contracts")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"valero.contracts.{module.name}")
    found: dict[str, type[Event]] = {}
    for event in Event.__subclasses__():
        if event.__module__.startswith("valero.contracts."):
            if event.type in found:
                raise ValueError(f"event type {event.type} is defined twice")
            found[event.type] = event
    return MappingProxyType(found)
