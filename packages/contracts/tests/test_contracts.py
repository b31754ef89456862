"""The contracts: golden schemas, replay of old examples, exact decimals."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from valero.contracts import golden
from valero.contracts.beleg import InvoiceReceived
from valero.contracts.envelope import Envelope, registry

HERE = Path(__file__).resolve().parent.parent
SCHEMAS = HERE / "schemas"
EXAMPLES = HERE / "examples"


def load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return content


def test_the_schemas_are_the_committed_ones() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*.json")}
    assert dict(golden.schemas()) == committed, (
        "a contract changed: within .v1 only optional additions; then regenerate with "
        "`python -m valero.contracts.golden packages/contracts/schemas`"
    )


def test_every_type_has_an_example() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.json")} == set(registry())


@pytest.mark.parametrize("name", sorted(registry()))
def test_an_old_example_is_still_understood_and_written_the_same(name: str) -> None:
    example = load(name)
    envelope = Envelope.model_validate(example)
    event = registry()[envelope.type].model_validate(envelope.data)
    assert envelope.model_dump(mode="json") == example
    assert event.model_dump(mode="json") == example["data"]
    assert event.subject == envelope.subject


@pytest.mark.parametrize("name", sorted(registry()))
def test_an_example_satisfies_its_published_schema(name: str) -> None:
    example = load(name)
    for file, value in (("envelope", example), (name, example["data"])):
        schema = json.loads((SCHEMAS / f"{file}.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(value)


@pytest.mark.parametrize("name", sorted(registry()))
def test_a_reader_ignores_fields_it_does_not_know(name: str) -> None:
    data = load(name)["data"]
    event = registry()[name].model_validate({**data, "added_later": {"x": 1}})
    assert event.model_dump(mode="json") == data


@pytest.mark.parametrize("name", sorted(registry()))
def test_an_event_cannot_be_changed(name: str) -> None:
    event = registry()[name].model_validate(load(name)["data"])
    with pytest.raises(ValidationError, match="frozen"):
        setattr(event, next(iter(type(event).model_fields)), None)


def test_a_binary_fraction_is_not_an_amount() -> None:
    data = load("beleg.invoice_received.v1")["data"]
    with pytest.raises(ValidationError, match="binary fraction"):
        InvoiceReceived.model_validate({**data, "payable": 172.5})
    with pytest.raises(ValidationError, match="no more than 2 decimal places"):
        InvoiceReceived.model_validate({**data, "payable": "172.505"})


def test_an_amount_keeps_its_decimals_through_json() -> None:
    event = InvoiceReceived.model_validate(load("beleg.invoice_received.v1")["data"])
    again = InvoiceReceived.model_validate_json(event.model_dump_json())
    assert again.payable == Decimal("172.50")
    assert str(again.payable) == "172.50"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "not-a-uuid"),
        ("tenantid", ""),
        ("time", "2026-11-20T10:15:30"),
        ("specversion", "0.3"),
        ("type", "EntryPosted"),
        ("source", "fibu"),
    ],
)
def test_a_malformed_envelope_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValidationError):
        Envelope.model_validate({**load("fibu.entry_posted.v1"), field: value})
