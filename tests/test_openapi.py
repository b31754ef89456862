"""The committed `openapi.json` of each service is what its code says."""

import json
from pathlib import Path

import openapi
import pytest

from valero.kit import catalogue

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("service", sorted(catalogue.load(ROOT / "services.toml").services))
def test_the_committed_interface_is_the_real_one(service: str) -> None:
    committed = (ROOT / "services" / service / "openapi.json").read_text("utf8")
    assert json.loads(committed) == json.loads(openapi.render(service)), (
        f"run: python tools/openapi.py {service}"
    )
