"""The canonical form of a sealed journal: what is hashed, and how. Pure, standard library only.

Format "valero-journal-1". A record is canonical JSON: UTF-8, keys sorted, no white space, nothing
escaped that need not be; amounts are text with two decimals and a dot, debit positive; instants
are UTC with microseconds and Z; what is absent is null. The chain runs over entries and seals:

    hash = SHA-256(hash of the record before, 32 bytes, followed by the canonical bytes)

and begins with 32 zero bytes. So no entry or seal can be changed, added, removed or moved without
changing every later hash (§ 146 Abs. 4 AO, § 239 Abs. 3 HGB, GoBD Rz. 107-112).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

FORMAT = "valero-journal-1"
GENESIS = "0" * 64
"""The hash before the first record, in hexadecimal as all hashes here."""


@dataclass(frozen=True)
class Line:
    """One line of a sealed entry; `amount` in units of `currency`, debit positive."""

    account: str
    amount: Decimal
    currency: str
    tax_code: str | None
    cost_centre: str | None
    partner: str | None
    text: str | None


@dataclass(frozen=True)
class Entry:
    """A sealed entry; `number` is the gapless journal number, from 1."""

    number: int
    id: UUID
    posted_on: date
    document_on: date
    document_number: str
    text: str
    currency: str
    source: str
    source_id: str | None
    source_sha256: str | None
    reverses: UUID | None
    posted_at: datetime
    posted_by: UUID
    posted_by_name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Seal:
    """A batch of entries sealed together: those numbered `first` to `last`."""

    number: int
    until: date
    first: int
    last: int
    sealed_at: datetime
    sealed_by: UUID
    sealed_by_name: str


def record(content: Entry | Seal) -> dict[str, Any]:
    """The content as the JSON object that is hashed and exported."""
    fields = {name: _plain(value) for name, value in vars(content).items()}
    return {"kind": "entry" if isinstance(content, Entry) else "seal", **fields}


def dump(fields: Mapping[str, Any]) -> bytes:
    """Canonical bytes of a JSON object without floats."""
    return json.dumps(
        fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def link(before: str, fields: Mapping[str, Any]) -> str:
    """The hash of a record that follows the record with hash `before`."""
    return hashlib.sha256(bytes.fromhex(before) + dump(fields)).hexdigest()


def chain(before: str, contents: Sequence[Entry | Seal]) -> list[str]:
    """The hashes of `contents` in their order, the first following `before`."""
    hashes = []
    for content in contents:
        before = link(before, record(content))
        hashes.append(before)
    return hashes


def _plain(value: Any) -> Any:
    """A field as JSON has it."""
    match value:
        case None | str() | int():
            return value
        case Decimal():
            return f"{value:.2f}"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case tuple():
            return [{name: _plain(field) for name, field in vars(line).items()} for line in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")
