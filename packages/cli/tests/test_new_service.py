"""A rendered service passes the checks that every service passes, without a change by hand."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from valero.cli import new_service
from valero.cli.failure import Failure

ROOT = Path(__file__).parents[3]
PROGRAMS = Path(sys.executable).parent
FIRST_IN_THE_ALPHABET, LONGEST = "adressen", "waehrungsumrechnung1"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as git sees it, with two services more."""
    folder = tmp_path_factory.mktemp("copy")
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for line in listing.stdout.splitlines():
        if (ROOT / line).is_file():
            (folder / line).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / line, folder / line)
    run(folder, "git", "init", "--quiet")
    new_service.create(folder, FIRST_IN_THE_ALPHABET, title="Adressen & Kontakte")
    new_service.create(folder, LONGEST, title="X" * new_service.LONGEST_TITLE)
    return folder


def run(folder: Path, *command: str) -> None:
    """Run a check in the copy, with its packages before the installed ones."""
    sources = [*folder.glob("packages/*/src"), *folder.glob("services/*/src")]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VALERO_")},
        "PYTHONPATH": os.pathsep.join(map(str, sources)),
        "VALERO_ROOT": str(folder),
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_it_is_registered_everywhere_with_the_next_ports(copy: Path) -> None:
    services = tomllib.loads((copy / "services.toml").read_text("utf8"))["services"]
    old = tomllib.loads((ROOT / "services.toml").read_text("utf8"))["services"]
    highest = max(service["port"] for service in old.values())
    assert services[FIRST_IN_THE_ALPHABET]["port"] == highest + 1
    assert services[LONGEST]["port"] == highest + 2
    assert (
        FIRST_IN_THE_ALPHABET in json.loads((copy / "observer_config.json").read_text())["services"]
    )
    project = tomllib.loads((copy / "pyproject.toml").read_text("utf8"))
    for name in (FIRST_IN_THE_ALPHABET, LONGEST):
        assert f"valero-{name}" in project["project"]["dependencies"]
        assert f"valero.{name}" in project["tool"]["mypy"]["packages"]
        assert f"services/{name}/src" in project["tool"]["mypy"]["mypy_path"]
        contracts = project["tool"]["importlinter"]["contracts"]
        assert f"valero.{name}" in contracts[0]["modules"]
    roles = tomllib.loads((copy / new_service.ROLES).read_text("utf8"))
    assert f"{LONGEST}:write" in roles["permissions"]


def test_no_word_of_the_template_is_left(copy: Path) -> None:
    for path in (copy / "services" / LONGEST).rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            content = path.read_text("utf8").lower()
            assert "sample" not in content, path
            assert "0000_00_00" not in content, path


@pytest.mark.parametrize("name", [FIRST_IN_THE_ALPHABET, LONGEST])
def test_it_is_formatted_and_lint_free(copy: Path, name: str) -> None:
    run(copy, str(PROGRAMS / "ruff"), "check", "--no-cache", f"services/{name}")
    run(copy, str(PROGRAMS / "ruff"), "format", "--no-cache", "--check", f"services/{name}")


def test_its_types_hold(copy: Path) -> None:
    run(copy, str(PROGRAMS / "mypy"), "-p", f"valero.{FIRST_IN_THE_ALPHABET}")


def test_its_own_tests_pass(copy: Path) -> None:
    tests = f"services/{FIRST_IN_THE_ALPHABET}/tests"
    run(copy, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests)


def test_the_house_rules_hold_for_it(copy: Path) -> None:
    rules = (
        f"test_every_service_has_the_same_rooms[{FIRST_IN_THE_ALPHABET}]",
        "test_every_folder_of_services_is_in_the_catalogue",
        "test_no_two_services_claim_one_port",
    )
    tidy = [f"tests/test_tidy.py::{rule}" for rule in rules]
    run(copy, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tidy)


@pytest.mark.parametrize("name", ["Kasse", "k", "mein-dienst", "1x", "kit", "class", "sample", ""])
def test_unusable_names_are_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "services.toml", tmp_path)
    with pytest.raises(Failure) as refused:
        new_service.create(tmp_path, name, title="Titel")
    assert refused.value.code == "name_unusable"
    assert [path.name for path in tmp_path.iterdir()] == ["services.toml"]


def test_a_service_is_not_created_twice(copy: Path) -> None:
    with pytest.raises(Failure) as refused:
        new_service.create(copy, FIRST_IN_THE_ALPHABET, title="Noch einmal")
    assert refused.value.code == "name_taken"
