"""The scripts that the requirements name: they exist, parse, and say the same in both shells."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[3] / "scripts"
NAMED = {
    "start_all_services_311",
    "start_beleg_service_311",
    "start_observer_311",
    "start_finance_311",
    "cleanup_and_restart",
    "system_test",
}


def test_every_named_script_is_there_for_both_shells() -> None:
    assert {path.stem for path in SCRIPTS.glob("*.sh")} == NAMED
    assert {path.stem for path in SCRIPTS.glob("*.ps1")} == NAMED | {"valero"}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_both_shells_call_the_same_commands(name: str) -> None:
    def calls(suffix: str, program: str) -> list[str]:
        content = (SCRIPTS / f"{name}{suffix}").read_text("utf8")
        code = "\n".join(line for line in content.splitlines() if not line.startswith("#"))
        found = re.findall(program + r'"? ((?:up|down|doctor|verify)(?: --only [\w,]+)?)', code)
        assert found
        return found

    assert calls(".sh", "valero") == calls(".ps1", r"valero\.ps1")


@pytest.mark.parametrize("path", sorted([*SCRIPTS.glob("*.sh"), SCRIPTS / "valero"]), ids=str)
def test_shell_scripts_parse_and_may_be_started(path: Path) -> None:
    assert path.stat().st_mode & 0o111
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    assert subprocess.run([bash, "-n", str(path)], check=False).returncode == 0


@pytest.mark.parametrize("path", sorted(SCRIPTS.iterdir()), ids=str)
def test_scripts_are_a_few_lines(path: Path) -> None:
    if path.is_file():
        assert len(path.read_text("utf8").splitlines()) <= 30


def test_powershell_of_windows_can_read_every_character() -> None:
    for path in SCRIPTS.glob("*.ps1"):
        assert path.read_bytes().isascii(), path.name
