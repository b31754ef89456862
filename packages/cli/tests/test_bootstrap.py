"""tools/bootstrap.py: says what is missing, does nothing twice, and finds what it needs."""

import ast
import contextlib
import os
import sys
import threading
from pathlib import Path

import bootstrap
import pytest
from bootstrap import Options

ROOT = Path(__file__).parents[3]


def program(folder: Path, name: str, script: str) -> Path:
    """An executable of ours that pretends to be `name`."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Options:
    """A project folder with a lock file and an environment that is a link to ours."""
    (tmp_path / "requirements.txt").write_text("typer==1\n")
    (tmp_path / "requirements-dev.txt").write_text("pytest==1\n")
    options = Options(root=tmp_path, progress=bootstrap.keep_quiet)
    options.interpreter.parent.mkdir(parents=True)
    options.interpreter.symlink_to(sys.executable)
    return options


def stamp(options: Options) -> None:
    """As if everything had just been installed."""
    place = options.environment / "valero-stamp.json"
    place.write_text(bootstrap._python_stamp(options))


def test_an_old_python_can_read_it_and_say_what_is_missing() -> None:
    source = (ROOT / "tools" / "bootstrap.py").read_text("utf8")
    ast.parse(source, feature_version=(3, 8))
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in (
            node.names if isinstance(node, ast.Import) else [ast.alias(node.module or "")]
        )
    }
    assert imported <= set(sys.stdlib_module_names)


def test_nothing_is_done_when_the_stamp_matches(checkout: Options) -> None:
    stamp(checkout)
    assert bootstrap.prepare(checkout) == checkout.interpreter


@pytest.mark.parametrize("file", ["requirements.txt", "packages/x/pyproject.toml"])
def test_a_changed_lock_or_package_is_installed(checkout: Options, monkeypatch, file: str) -> None:
    stamp(checkout)
    (checkout.root / file).parent.mkdir(parents=True, exist_ok=True)
    (checkout.root / file).write_text("changed")
    ran: list[str] = []
    monkeypatch.setattr(bootstrap, "_is_usable", lambda _options: True)
    monkeypatch.setattr(bootstrap, "_install_uv", lambda _options: "uv")
    monkeypatch.setattr(bootstrap, "_run", lambda command, *_rest: ran.append(command[2]))
    bootstrap.prepare_python(checkout)
    assert ran == ["sync", "install"]
    bootstrap.prepare_python(checkout)
    assert len(ran) == 2, "and then not again"


def test_developer_tools_are_not_taken_away_by_a_plain_start(checkout: Options) -> None:
    stamp(Options(root=checkout.root, dev=True))
    assert bootstrap.prepare(checkout) == checkout.interpreter


def test_a_moved_environment_is_made_anew(checkout: Options) -> None:
    (checkout.environment / "pyvenv.cfg").write_text("")
    activate = checkout.interpreter.parent / "activate"
    activate.write_text(f"VIRTUAL_ENV={checkout.environment}")
    assert bootstrap._is_usable(checkout)
    activate.write_text("VIRTUAL_ENV=/elsewhere/.venv311")
    assert not bootstrap._is_usable(checkout)


def test_a_shim_without_python_behind_it_is_passed_over(tmp_path: Path, monkeypatch) -> None:
    shims = tmp_path / "shims"
    program(shims, "python3.11", "echo 'pyenv: python3.11: command not found' >&2; exit 127")
    good = program(tmp_path / "good", "python3", "echo 3 11")
    monkeypatch.setenv("PATH", f"{shims}{os.pathsep}{good.parent}")
    monkeypatch.setattr(sys, "_base_executable", str(shims / "python3.11"))
    assert bootstrap.find_python() == str(good)


def test_without_python_311_the_remedy_is_named_in_both_languages(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "_base_executable", str(tmp_path / "none"))
    with pytest.raises(bootstrap.BootstrapError) as missing:
        bootstrap.find_python()
    assert "apt install python3.11" in missing.value.german
    assert "not found" in missing.value.english


@pytest.mark.parametrize(("version", "found"), [("v20.19.0", True), ("v18.20.0", False)])
def test_an_old_node_is_not_used(tmp_path: Path, monkeypatch, version: str, found: bool) -> None:
    programs = tmp_path / "bin"
    node = program(programs, "node", f"echo {version}")
    script = tmp_path / "lib" / "node_modules" / bootstrap.NPM
    script.parent.mkdir(parents=True)
    script.touch()
    (programs / "npm").symlink_to(script)
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    assert bootstrap._system_node() == ((node, script) if found else None)


def test_the_interface_is_built_when_a_source_changed_and_only_then(checkout, monkeypatch) -> None:
    source = checkout.root / "ui" / "shell" / "main.tsx"
    for file in (source, checkout.root / "ui" / "build" / "build.mjs"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("1")
    (checkout.root / "node_modules").mkdir()
    ran: list[str] = []
    monkeypatch.setattr(bootstrap, "node", lambda _options: (Path("node"), Path("npm")))
    monkeypatch.setattr(
        bootstrap, "_run", lambda command, *_rest: ran.append(Path(command[1]).name)
    )
    bootstrap.prepare_interface(checkout)
    bootstrap.prepare_interface(checkout)
    assert ran == ["npm", "build.mjs"]
    source.write_text("2")
    bootstrap.prepare_interface(checkout)
    assert ran == ["npm", "build.mjs", "build.mjs"]


def test_two_starts_at_once_take_turns(checkout: Options) -> None:
    order: list[str] = []

    def second() -> None:
        with bootstrap._only_one(checkout.root):
            order.append("second")

    with bootstrap._only_one(checkout.root):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join(5)
    assert order == ["first", "second"]


def test_a_failing_step_shows_its_output_and_the_way_out(checkout: Options) -> None:
    failed = ("Deutsch.", "English.")
    with pytest.raises(bootstrap.BootstrapError) as error:
        bootstrap._run(["sh", "-c", "echo why; exit 3"], checkout, failed)
    assert error.value.log.strip() == "why"
    assert "Deutsch." in str(error.value)
    assert "English." in str(error.value)


def test_each_step_is_one_line_where_nobody_watches(capsys) -> None:
    with bootstrap.show_progress("Pakete"):
        pass
    with contextlib.suppress(ValueError), bootstrap.show_progress("Oberfläche"):
        raise ValueError
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["…", "✓", "…", "✗"]
