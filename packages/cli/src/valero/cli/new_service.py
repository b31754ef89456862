"""`valero new-service NAME`: renders a service that passes every check, and registers it.

The template is a service called `sample`, in files that no tool takes for code (`.tmpl`);
rendering replaces that word. Registered are: port
and title in services.toml, thresholds in observer_config.json, permissions in auth's roles, and the
lists of packages in the root's pyproject.toml.
"""

import keyword
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from valero.cli.failure import Failure
from valero.cli.language import text
from valero.kit import catalogue, clock

TEMPLATE = Path(__file__).parent / "template"
SAMPLE = "sample"
SUFFIX = ".tmpl"
TITLE, PORT, DATE = "SAMPLE_TITLE", "SAMPLE_PORT", "0000_00_00"
NAME = re.compile(r"^[a-z][a-z0-9]{1,19}$")
LONGEST_TITLE = 50
IMPORTS = re.compile(r"(?:^from valero\..+\n)+", re.MULTILINE)
TAKEN = frozenset({"cli", "contracts", "kit", "envoy", "infrastructure", "postgres", "redis"})
ROLES = Path("services/auth/src/valero/auth/data/roles.toml")

OBSERVED = """\
    "{name}": {{
      "critical_endpoints": ["GET /api/{name}/notes", "POST /api/{name}/notes"],
      "thresholds": {{ "p95_ms": 500, "cpu_percent": 70, "memory_mb": 400, "error_ratio": 0.01 }}
    }},
"""
LISTED = """
[services.{name}]
title = "{title}"
description = "{title}"
port = {port}
database = true
depends_on = ["postgres", "redis", "auth"]
"""
GRANTED = """\
"{name}:read" = {{ de = "{title}: lesen", en = "{title}: read" }}
"{name}:write" = {{ de = "{title}: schreiben", en = "{title}: write" }}
"""


def create(root: Path, name: str, *, title: str) -> list[Path]:
    """Write services/<name> below `root` and register it; the files written or changed.

    Raises Failure, before anything is written, for a name that cannot be used.
    """
    services = tomllib.loads((root / catalogue.FILE).read_text(encoding="utf-8"))["services"]
    _check(root, name, title, services)
    port = max(table["port"] for table in services.values()) + 1
    changed = list(_register(root, name, title=title, port=port))
    written = list(_render(root / "services" / name, name, title=title, port=port))
    described = _describe(root, name)
    return [path.relative_to(root) for path in (*changed, *written, described)]


def _check(root: Path, name: str, title: str, services: dict[str, object]) -> None:
    if not NAME.match(name) or name in TAKEN or keyword.iskeyword(name) or name == SAMPLE:
        raise Failure(
            "name_unusable",
            text(f"„{name}“ geht nicht als Name.", f"{name!r} cannot be the name."),
            text(
                "Kleinbuchstaben und Ziffern, 2 bis 20 Zeichen, z. B. lager",
                "Lower case letters and digits, 2 to 20 of them, e.g. lager",
            ),
            exit_code=2,
        )
    if name in services or (root / "services" / name).exists():
        raise Failure(
            "name_taken",
            text(f"Den Dienst {name} gibt es schon.", f"There is a service {name} already."),
            text("Anderen Namen wählen.", "Choose another name."),
        )
    if any(character in title for character in '"\\\n') or not 0 < len(title) <= LONGEST_TITLE:
        raise Failure(
            "title_unusable",
            text(
                f"Der Titel: höchstens {LONGEST_TITLE} Zeichen, ohne Anführungszeichen.",
                f"The title may have {LONGEST_TITLE} characters and no quotes.",
            ),
            "--title Lager",
            exit_code=2,
        )


def _render(folder: Path, name: str, *, title: str, port: int) -> Iterator[Path]:
    today = f"{clock.today():%Y_%m_%d}"
    replacements = {TITLE: title, PORT: str(port), DATE: today, SAMPLE: name}

    def rendered(content: str) -> str:
        for word, value in replacements.items():
            content = content.replace(word, value)
        return IMPORTS.sub(_sorted_imports, content)

    for source in sorted(TEMPLATE.rglob("*")):
        if source.is_dir() or "__pycache__" in source.parts:
            continue
        place = source.relative_to(TEMPLATE).as_posix().removesuffix(SUFFIX)
        target = folder / rendered(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rendered(source.read_text(encoding="utf-8")), encoding="utf-8")
        yield target


def _sorted_imports(block: re.Match[str]) -> str:
    """The order of imports depends on the name of the service."""
    return "".join(
        sorted(block.group().splitlines(keepends=True), key=lambda line: line.split()[1])
    )


def _register(root: Path, name: str, *, title: str, port: int) -> Iterator[Path]:
    """Enter the service wherever services are listed; all files are read before one is written."""
    words = {"name": name, "title": title, "port": port}
    listed, observed = root / catalogue.FILE, root / "observer_config.json"
    project, roles = root / "pyproject.toml", root / ROLES
    changed = {
        listed: listed.read_text(encoding="utf-8").rstrip("\n") + "\n" + LISTED.format(**words),
        observed: _after(observed, r'^  "services": \{\n', OBSERVED.format(**words)),
        project: _listed_packages(project.read_text(encoding="utf-8"), name),
        roles: _after(roles, r"^\[permissions\]\n(?:\S.*\n)*", GRANTED.format(**words)),
    }
    for path, content in changed.items():
        path.write_text(content, encoding="utf-8")
        yield path


def _after(path: Path, pattern: str, addition: str) -> str:
    """The content of a file with `addition` after the first match of `pattern`."""
    content = path.read_text(encoding="utf-8")
    found = re.search(pattern, content, re.MULTILINE)
    if found is None:
        raise Failure(
            "registration_unclear",
            text(f"{path.name} sieht anders aus als erwartet.", f"{path.name} is unexpected."),
            text(f"Von Hand eintragen:\n{addition}", f"Enter by hand:\n{addition}"),
        )
    return content[: found.end()] + addition + content[found.end() :]


def _listed_packages(project: str, name: str) -> str:
    """Wherever the last service of pyproject.toml is listed, list the new one after it."""
    last = tomllib.loads(project)["tool"]["mypy"]["packages"][-1].removeprefix("valero.")
    for known, new in (
        (f'    "valero-{last}",\n', f'    "valero-{name}",\n'),
        (f"valero-{last} = {{ workspace = true }}\n", f"valero-{name} = {{ workspace = true }}\n"),
        (f', "valero.{last}"', f', "valero.{name}"'),
        (f', "services/{last}/src"', f', "services/{name}/src"'),
    ):
        project = project.replace(known, known + new)
    return project


def _describe(root: Path, name: str) -> Path:
    """Write openapi.json from the new code, in a process that sees the new package."""
    source = str(root / "services" / name / "src")
    path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, str(root / "tools" / "openapi.py"), name],
        env={**os.environ, "PYTHONPATH": path, "VALERO_ROOT": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failure(
            "openapi_not_written",
            done.stderr.strip()[-600:],
            f"python tools/openapi.py {name}",
        )
    return root / "services" / name / "openapi.json"
