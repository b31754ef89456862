"""Golden JSON schemas of all events, so that a change of a contract is seen in review.

Regenerate with `python -m valero.contracts.golden packages/contracts/schemas`.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from valero.contracts.envelope import Envelope, registry


def _text(model: type[BaseModel]) -> str:
    schema = model.model_json_schema(mode="serialization")
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def schemas() -> Mapping[str, str]:
    """File name to file content, one schema per event type and one for the envelope."""
    found = {f"{name}.json": _text(event) for name, event in sorted(registry().items())}
    return {"envelope.json": _text(Envelope), **found}


def write(folder: Path) -> None:
    """Write all schemas into `folder`; a file of a type that is gone stays for review."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
