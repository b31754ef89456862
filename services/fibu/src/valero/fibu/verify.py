"""Checks an exported journal without service and database: `python -m valero.fibu.verify FILE`.

Every byte of the file counts: records must stand in canonical form (seal.py), chain and seals are
computed anew, numbers must be gapless, entries balanced, and the last line holds the SHA-256 of
everything before it. Whoever rewrites a whole file consistently is found by comparing the head of
the chain with one kept elsewhere: `--head HEX`. Exit code 0 intact, 1 findings, 2 unreadable.
"""

import argparse
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from valero.fibu import seal


@dataclass
class Report:
    """What the file holds and what is wrong with it; `head` is the last hash of the chain."""

    entries: int = 0
    seals: int = 0
    head: str = seal.GENESIS
    findings: list[str] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


class _Damaged(ValueError):  # noqa: N818
    """A record that cannot be judged any further."""


@dataclass
class _Reading:
    """The state of a check: what came before the present line."""

    report: Report
    digest: Any = field(default_factory=hashlib.sha256)
    expected: str = "header"
    sealed: int = 0
    line: int = 0


def verify(lines: Iterable[bytes], *, head: str | None = None) -> Report:
    """Check the lines of an export, each with its line feed; stops at the first damage.

    `head` is the expected last hash of the chain, if one was kept elsewhere.
    """
    reading = _Reading(Report())
    try:
        for line in lines:
            reading.line += 1
            _check_line(reading, line)
        if reading.expected != "nothing":
            raise _Damaged("the file ends too early")
    except _Damaged as damage:
        reading.report.findings.append(f"line {reading.line}: {damage}")
    if head is not None and head != reading.report.head:
        reading.report.findings.append(f"the chain ends in {reading.report.head}, not in {head}")
    return reading.report


def header(tenant: str) -> dict[str, Any]:
    """The first record of an export."""
    return {"kind": "header", "format": seal.FORMAT, "tenant": tenant}


def end(entries: int, seals: int, head: str, sha256: str) -> dict[str, Any]:
    """The last record; `sha256` of all bytes before it."""
    return {"kind": "end", "entries": entries, "seals": seals, "head": head, "sha256": sha256}


def main(arguments: list[str] | None = None) -> int:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m valero.fibu.verify")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--head", help="expected last hash of the chain, in hexadecimal")
    options = parser.parse_args(arguments)
    try:
        with options.file.open("rb") as file:
            report = verify(file, head=options.head)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for finding in report.findings:
        sys.stdout.write(f"{finding}\n")
    verdict = "intact" if report.is_intact else "DAMAGED"
    counts = f"{report.entries} entries, {report.seals} seals, head {report.head}"
    sys.stdout.write(f"{verdict}: {counts}\n")
    return 0 if report.is_intact else 1


def _check_line(reading: _Reading, line: bytes) -> None:
    fields = _read(line)
    kind = fields.get("kind")
    if reading.expected == "nothing":
        raise _Damaged("something follows the end")
    if reading.expected == "header":
        if fields != header(str(fields.get("tenant"))):
            raise _Damaged("the file does not begin with a header of this format")
        reading.expected = "record"
    elif kind in ("entry", "seal"):
        _check_record(reading, fields)
    elif kind == "end":
        _check_end(reading, fields)
    else:
        raise _Damaged(f"unknown kind {kind!r}")
    reading.digest.update(line)


def _read(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
        if not isinstance(fields, dict) or seal.dump(fields) + b"\n" != line:
            raise _Damaged("not in canonical form")
    except (ValueError, RecursionError) as error:
        raise _Damaged(str(error)) from error
    return fields


def _check_record(reading: _Reading, fields: dict[str, Any]) -> None:
    """An entry or a seal: numbers without gaps, balanced, and linked to what came before."""
    report = reading.report
    stated = fields.pop("hash", None)
    report.head = seal.link(report.head, fields)
    if report.head != stated:
        raise _Damaged(f"the hash does not fit {fields['kind']} {fields.get('number')}")
    if fields["kind"] == "entry":
        report.entries += 1
        _check_number(fields, report.entries)
        _check_balance(fields)
        return
    report.seals += 1
    _check_number(fields, report.seals)
    if (fields.get("first"), fields.get("last")) != (reading.sealed + 1, report.entries):
        raise _Damaged(f"seal {report.seals} does not cover the entries before it")
    reading.sealed = report.entries


def _check_number(fields: Mapping[str, Any], number: int) -> None:
    if fields.get("number") != number:
        raise _Damaged(f"{fields['kind']} {fields.get('number')} stands in the place of {number}")


def _check_balance(fields: Mapping[str, Any]) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    try:
        for line in fields["lines"]:
            sums[line["currency"]] += Decimal(line["amount"])
    except (KeyError, TypeError, InvalidOperation) as error:
        raise _Damaged(f"entry {fields['number']} has unreadable lines") from error
    if any(sums.values()) or len(fields["lines"]) < 2:
        raise _Damaged(f"entry {fields['number']} is not balanced")


def _check_end(reading: _Reading, fields: Mapping[str, Any]) -> None:
    report = reading.report
    if reading.sealed != report.entries:
        raise _Damaged("the last entries are not covered by a seal")
    if fields != end(report.entries, report.seals, report.head, reading.digest.hexdigest()):
        raise _Damaged("the end does not fit what stands before it")
    reading.expected = "nothing"


if __name__ == "__main__":
    sys.exit(main())
