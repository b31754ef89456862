"""The house rules of CONTRIBUTING.md that a machine can check, on the tree as git sees it."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BANNED_STEMS = {"utils", "helpers", "common", "misc", "manager", "base", "shared"}
BANNED_SUFFIXES = ("Service", "Manager", "Repository", "Helper", "Impl", "DTO", "Handler")
#: the only places for prose; everything else belongs in code, docs or an ADR
MARKDOWN = re.compile(
    r"^(README|CONTRIBUTING|CHANGELOG|SECURITY)\.md$|^docs/[\w/-]+\.md$"
    r"|^(packages|services)/\w+/README\.md$|^packages/cli/src/valero/cli/template/.+"
)
TEXT_SUFFIXES = {
    ".py",
    ".ts",
    ".tsx",
    ".mjs",
    ".css",
    ".html",
    ".toml",
    ".json",
    ".md",
    ".sh",
    ".ps1",
}
#: written in two parts so that this file does not contain what it forbids
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:roo" r"t|wor" r"k|far" r"m)/(?!\w*\.venv)")
REGISTRY_HOSTS = re.compile(
    "|".join((r"pypi\." "org", r"pythonhosted\." "org", r"registry\.npmjs\." "org"))
)
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git tracks, or would track, and that still exists."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(path for line in listing.splitlines() if (path := ROOT / line).is_file())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def python_files(*, product: bool = False) -> list[Path]:
    """Python files; with `product`, only what is shipped (no tests, tools, templates)."""
    files = [path for path in tracked() if path.suffix == ".py" and "/template/" not in name(path)]
    if product:
        files = [path for path in files if "/src/" in name(path)]
    return files


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_with(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path in files
        for number, line in enumerate(path.read_text("utf8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_root_stays_small() -> None:
    entries = {name(path).split("/")[0] for path in tracked()}
    assert len(entries) <= 25, sorted(entries)


def test_modules_and_functions_stay_short() -> None:
    too_long = []
    for path in python_files():
        if "/migrations/versions/" in name(path):
            continue
        length = len(path.read_text("utf8").splitlines())
        if length > 600:
            too_long.append(f"{name(path)}: {length} lines (600)")
        for node in functions(path):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > 70:
                too_long.append(f"{name(path)}:{node.lineno} {node.name}: {size} lines (70)")
    assert not too_long, "\n".join(too_long)


def test_front_end_files_stay_short() -> None:
    too_long = [
        f"{name(path)}: {length} lines (250)"
        for path in tracked()
        if path.suffix in {".ts", ".tsx"}
        and "/gen/" not in name(path)
        and (length := len(path.read_text("utf8").splitlines())) > 250
    ]
    assert not too_long, "\n".join(too_long)


def test_functions_take_few_parameters() -> None:
    def count(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        arguments = node.args
        return len(
            [
                a
                for a in arguments.posonlyargs + arguments.args + arguments.kwonlyargs
                if a.arg not in {"self", "cls"}
            ]
        )

    # routes and fixtures get their parameters from the framework, the composition roots are named
    crowded = [
        f"{name(path)}:{node.lineno} {node.name}: {count(node)}"
        for path in python_files(product=True)
        for node in functions(path)
        if count(node) > 6 and not node.decorator_list and node.name not in {"create", "__init__"}
    ]
    assert not crowded, "\n".join(crowded)


def test_names_say_what_is_inside() -> None:
    wrong = [name(path) for path in python_files() if path.stem in BANNED_STEMS]
    wrong += [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in python_files(product=True)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith(BANNED_SUFFIXES)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_module_says_what_it_is() -> None:
    silent = [
        name(path)
        for path in python_files(product=True)
        if path.stat().st_size and not ast.get_docstring(parse(path))
    ]
    assert not silent, "\n".join(silent)


def test_services_leave_the_transaction_to_the_edge() -> None:
    services = [path for path in python_files(product=True) if name(path).startswith("services/")]
    # Observer keeps its own SQLite, written by one thread that owns its transactions
    services = [path for path in services if not name(path).startswith("services/observer/")]
    assert not (found := lines_with(re.compile(r"\.commit\("), services)), "\n".join(found)


def test_money_is_never_a_float() -> None:
    guarded = [
        path
        for path in python_files(product=True)
        if path.stem in {"models", "money"} or name(path).startswith("packages/contracts/")
    ]
    found = [
        f"{name(path)}:{node.lineno}"
        for path in guarded
        for node in ast.walk(parse(path))
        if isinstance(node, ast.AnnAssign | ast.arg)
        and node.annotation is not None
        and "float" in ast.unparse(node.annotation)
    ]
    assert not found, "\n".join(found)


def test_the_environment_is_read_in_one_place() -> None:
    services = [
        path
        for path in python_files(product=True)
        if name(path).startswith(("services/", "packages/kit/"))
    ]
    services = [
        path for path in services if path.stem != "settings" and "/testing/" not in name(path)
    ]
    found = lines_with(re.compile(r"os\.(?:getenv|environ)"), services)
    assert not found, "\n".join(found)


def test_errors_are_ours() -> None:
    services = [path for path in python_files(product=True) if name(path).startswith("services/")]
    assert not (found := lines_with(re.compile(r"\bHTTPException\b"), services)), "\n".join(found)


def test_only_the_edge_of_a_service_knows_http() -> None:
    edge = {"app", "api", "cookies", "stream", "shell", "route", "reference"}
    inside = [
        path
        for path in python_files(product=True)
        if name(path).startswith("services/") and not edge & {path.stem, path.parent.name}
    ]
    found = lines_with(re.compile(r"^\s*(?:from|import) fastapi\b"), inside)
    assert not found, "\n".join(found)


def test_routes_hold_no_queries() -> None:
    routes = [
        path
        for path in python_files(product=True)
        if path.stem == "api" or path.parent.name == "api"
    ]
    assert routes
    assert not (found := lines_with(re.compile(r"\bselect\("), routes)), "\n".join(found)


def test_nothing_is_left_open() -> None:
    code = [path for path in tracked() if path.suffix in TEXT_SUFFIXES - {".md", ".json"}]
    assert not (found := lines_with(UNFINISHED, code)), "\n".join(found)


def test_no_path_or_host_of_a_machine_is_written_down() -> None:
    texts = [path for path in tracked() if path.suffix in TEXT_SUFFIXES | {".txt", ".yml", ".yaml"}]
    found = lines_with(MACHINE_PATHS, texts) + lines_with(REGISTRY_HOSTS, texts)
    assert not found, "\n".join(found)


def test_prose_stands_where_it_is_looked_for() -> None:
    stray = [
        name(path) for path in tracked() if path.suffix == ".md" and not MARKDOWN.match(name(path))
    ]
    assert not stray, "\n".join(stray)


def test_readmes_of_parts_stay_short() -> None:
    parts = [
        path for path in tracked() if re.match(r"(packages|services)/\w+/README\.md$", name(path))
    ]
    long = [name(path) for path in parts if len(path.read_text("utf8").splitlines()) > 60]
    assert parts
    assert not long, "\n".join(long)


def test_no_large_file_is_tracked() -> None:
    large = [
        name(path)
        for path in tracked()
        if path.stat().st_size > 500_000 and "lock" not in path.name
    ]
    assert not large, "\n".join(large)


def test_links_in_the_documentation_lead_somewhere() -> None:
    dead = [
        f"{name(path)} -> {target}"
        for path in tracked()
        if path.suffix == ".md" and "/template/" not in name(path)
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf8"))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert not dead, "\n".join(dead)


def catalogue() -> dict[str, dict[str, object]]:
    services: dict[str, dict[str, object]] = tomllib.loads(
        (ROOT / "services.toml").read_text("utf8")
    )["services"]
    return services


def test_no_two_services_claim_one_port() -> None:
    toml = tomllib.loads((ROOT / "services.toml").read_text("utf8"))
    ports = [
        *toml["edge"].values(),
        *toml["infrastructure"].values(),
        *(s["port"] for s in catalogue().values()),
    ]
    assert len(ports) == len(set(ports)), sorted(ports)


@pytest.mark.parametrize("service", sorted(catalogue()))
def test_every_service_has_the_same_rooms(service: str) -> None:
    folder = ROOT / "services" / service
    expected = [
        "README.md",
        "pyproject.toml",
        "openapi.json",
        f"src/valero/{service}/app.py",
        "tests",
    ]
    if catalogue()[service]["database"]:
        expected.append("migrations/versions")
    missing = [part for part in expected if not (folder / part).exists()]
    assert not missing, f"{service}: {missing}"


def test_every_folder_of_services_is_in_the_catalogue() -> None:
    folders = {name(path).split("/")[1] for path in tracked() if name(path).startswith("services/")}
    assert folders == set(catalogue())
