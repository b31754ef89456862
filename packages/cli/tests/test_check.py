"""`valero check FILE...`: exit code, JSON, and sentences for people."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from valero.beleg.broken_samples import XRECHNUNG
from valero.beleg.invoice import Syntax
from valero.beleg.sample import Sample, dump
from valero.cli.main import app


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    contents = {
        "good.xml": dump(Sample(number="R7")),
        "bad.xml": XRECHNUNG["BR-DE-15"].file(Syntax.UBL),
        "other.txt": b"Guten Tag",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in (*contents, "missing.xml")}


@pytest.mark.parametrize(
    ("name", "code"), [("good.xml", 0), ("bad.xml", 1), ("other.txt", 2), ("missing.xml", 2)]
)
def test_the_exit_code_tells_valid_broken_and_unreadable(
    files: dict[str, str], name: str, code: int
) -> None:
    assert CliRunner().invoke(app, ["check", files[name]]).exit_code == code


def test_json_has_verdict_findings_values_and_times(files: dict[str, str]) -> None:
    result = CliRunner().invoke(app, ["check", files["good.xml"], files["bad.xml"], "--json"])
    assert result.exit_code == 1
    good, bad = json.loads(result.stdout)["files"]
    assert (good["verdict"], good["values"]["BT-1"]) == ("valid", "R7")
    assert good["milliseconds"]["schematron"] > 0
    assert [(one["rule"], one["level"], one["field"]) for one in bad["findings"]] == [
        ("BR-DE-15", "fatal", "BT-10")
    ]


def test_people_read_a_german_sentence(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALERO_LANG", "de")
    result = CliRunner().invoke(app, ["check", files["bad.xml"]])
    assert "Geschäftsregelfehler" in result.stdout
    assert "BR-DE-15" in result.stdout
