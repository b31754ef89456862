"""The whole pipeline in one command: `python3.11 tools/ci_pipeline.py`.

Checks the environment, makes `.venv311`, installs from the lock, lints, checks types and import
contracts, runs every test, and writes `build/ci-report.json` and `build/ci-report.html`. Uses only
the standard library, because it runs before anything is installed. The exit code is 0 only if
every step that ran has passed. Options: `--skip-tests`, `--report-only`.
"""

import argparse
import html
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path

import bootstrap

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
REPORT = BUILD / "ci-report.json"
JUNIT = BUILD / "junit.xml"
JUNIT_AGAIN = BUILD / "junit-again.xml"
COVERAGE = BUILD / "coverage.json"
TESTS_FAILED = 1  # pytest's exit code; others mean that it could not do its work
#: programs that some tests need; without one its tests are skipped and named in the report
PROGRAMS = {
    "chromium": "browser tests (marker `browser`)",
    "rabbitmq-server": "events over RabbitMQ (marker `broker`)",
}


@dataclass
class Step:
    """One step: `status` is passed, failed, skipped or unstable; `seconds` is wall time."""

    name: str
    status: str
    seconds: float
    detail: str = ""


@dataclass
class Report:
    started_at: str
    python: str
    platform: str
    commit: str
    cores: int
    steps: list[Step] = field(default_factory=list)
    tests: dict[str, int] = field(default_factory=dict)
    skipped: list[dict[str, str]] = field(default_factory=list)
    unstable: list[dict[str, str]] = field(default_factory=list)
    slowest: list[dict[str, str | float]] = field(default_factory=list)
    coverage: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return bool(self.steps) and all(step.status != "failed" for step in self.steps)


def main() -> int:
    """Run the pipeline; returns the exit code."""
    parser = argparse.ArgumentParser(description="Prüft, installiert, testet und berichtet.")
    parser.add_argument("--skip-tests", action="store_true", help="alles außer den Tests")
    parser.add_argument(
        "--report-only",
        action="store_true",
        help="nur den Bericht des letzten Laufs neu schreiben, nichts ausführen",
    )
    options = parser.parse_args()
    BUILD.mkdir(exist_ok=True)
    report = last_report() if options.report_only else new_report()
    if not options.report_only:
        run_all(report, skip_tests=options.skip_tests)
        collect(report)
    write(report)
    print(f"\nBericht: {os.path.relpath(REPORT.with_suffix('.html'), ROOT)} und {REPORT.name}")
    print("Ergebnis: " + ("bestanden" if report.passed else "NICHT bestanden"))
    return 0 if report.passed else 1


def new_report() -> Report:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return Report(
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        python=platform.python_version(),
        platform=platform.platform(),
        commit=commit.stdout.strip() or "-",
        cores=os.cpu_count() or 0,
    )


def last_report() -> Report:
    """The report of the last run. Without one there is nothing to report, which is a failure."""
    if not REPORT.exists():
        report = new_report()
        report.steps.append(
            Step("Letzter Lauf", "failed", 0.0, "noch kein Lauf; erst ohne --report-only")
        )
        return report
    stored = json.loads(REPORT.read_text("utf8"))
    stored.pop("passed")
    return Report(**{**stored, "steps": [Step(**step) for step in stored["steps"]]})


def run_all(report: Report, *, skip_tests: bool) -> None:
    """Every step in order. A failed check hides no other; a failed installation ends the run."""
    for name, prepare in (("Umgebung", check_environment), ("Installation", bootstrap_environment)):
        if not attempt(report, name, prepare):
            return
    python = str(bootstrap.python())
    programs = bootstrap.python().parent
    command(report, "Lint (ruff check)", [str(programs / "ruff"), "check", "."])
    command(report, "Format (ruff format)", [str(programs / "ruff"), "format", "--check", "."])
    command(report, "Typen (mypy --strict)", [str(programs / "mypy")])
    command(
        report, "Importverträge (import-linter)", [str(programs / "lint-imports"), "--no-cache"]
    )
    node, npm = bootstrap.node()
    environment = bootstrap.node_environment(node)
    for title, script in (
        ("Oberfläche: Typen", "check"),
        ("Oberfläche: Lint", "lint"),
        ("Oberfläche: Tests", "test"),
    ):
        if skip_tests and script == "test":
            report.steps.append(Step(title, "skipped", 0.0, "--skip-tests"))
        else:
            command(
                report,
                title,
                [str(node), str(npm), "run", script, "--silent"],
                environment=environment,
            )
    if skip_tests:
        report.steps.append(Step("Tests", "skipped", 0.0, "--skip-tests"))
        return
    run_tests(report, python)
    command(report, "Abdeckung", [python, "-m", "coverage", "json", "-q", "-o", str(COVERAGE)])


def run_tests(report: Report, python: str) -> None:
    """All tests on two processes; those that fail once more, alone.

    Many tests kill real processes and watch the clock, so a busy machine can fail one. What fails
    again is a failure. What passes alone is named in the report as unstable, never left out.
    """
    arguments = [
        # in the order of the folders: once a browser runs in a process, no loop of ours can
        *("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"),
        *("--cov", "--cov-report=", "--durations=0", "--durations-min=5"),
    ]
    command(report, "Tests", pytest(python, JUNIT, *arguments))
    first = report.steps[-1]
    if first.detail != f"Exit-Code {TESTS_FAILED}":
        return
    command(report, "Tests, die fehlschlugen, allein", pytest(python, JUNIT_AGAIN, "--last-failed"))
    if report.steps[-1].status == "passed":
        first.status = "unstable"


def pytest(python: str, junit: Path, *arguments: str) -> list[str]:
    """The command; sockets have short names, so the folders of tests must stay short too."""
    folder = tempfile.mkdtemp(prefix="v")
    return [python, "-m", "pytest", "--basetemp", folder, "--junitxml", str(junit), *arguments]


def attempt(report: Report, name: str, work: Callable[[], str]) -> bool:
    print(f"\n── {name}", flush=True)
    started = time.monotonic()
    try:
        step = Step(name, "passed", 0.0, work())
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        step = Step(name, "failed", 0.0, str(error))
    step.seconds = round(time.monotonic() - started, 1)
    report.steps.append(step)
    print(f"   {step.status} in {step.seconds} s {step.detail}", flush=True)
    return step.status == "passed"


def check_environment() -> str:
    if sys.version_info[:2] != (3, 11):
        raise RuntimeError(
            f"Dies ist Python {platform.python_version()}, gebraucht wird 3.11: "
            "python3.11 tools/ci_pipeline.py"
        )
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < 2:
        raise RuntimeError(f"Nur {free:.1f} GB frei; 2 GB werden gebraucht.")
    missing = [
        f"{name} fehlt: {needed} werden übersprungen"
        for name, needed in PROGRAMS.items()
        if not shutil.which(name)
    ]
    return "; ".join([f"Python {platform.python_version()}, {free:.0f} GB frei", *missing])


def bootstrap_environment() -> str:
    bootstrap.prepare(dev=True)
    return str(bootstrap.python().relative_to(ROOT))


def command(
    report: Report, name: str, arguments: list[str], *, environment: dict[str, str] | None = None
) -> None:
    """Run one command with its output on the console; its exit code decides."""
    print(f"\n── {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run(arguments, cwd=ROOT, env=environment, check=False).returncode
    seconds = round(time.monotonic() - started, 1)
    status, detail = ("passed", "") if code == 0 else ("failed", f"Exit-Code {code}")
    report.steps.append(Step(name, status, seconds, detail))
    print(f"   {status} in {seconds} s {detail}", flush=True)


def collect(report: Report) -> None:
    """What the steps wrote: counts, skipped tests and why, slowest tests, coverage, versions."""
    site = next((bootstrap.python().parents[1] / "lib").glob("python*/site-packages"), None)
    if site:
        found = {d.metadata["Name"]: d.version for d in distributions(path=[str(site)])}
        report.versions = dict(sorted(found.items(), key=lambda item: item[0].lower()))
    ran = {step.name for step in report.steps if step.status != "skipped"}
    if "Tests" in ran and JUNIT.exists():
        collect_tests(report, ET.parse(JUNIT).getroot())
    if "Abdeckung" in ran and COVERAGE.exists():
        collect_coverage(report, json.loads(COVERAGE.read_text("utf8")))


def collect_tests(report: Report, root: ET.Element) -> None:
    cases = list(root.iter("testcase"))
    skips = [(case, skip) for case in cases if (skip := case.find("skipped")) is not None]
    bad = {title(case): reason for case in cases if (reason := why_bad(case)) is not None}
    if any(step.status == "unstable" for step in report.steps):
        report.unstable = [{"test": test, "why": why} for test, why in bad.items()]
    failed = 0 if report.unstable else len(bad)
    report.tests = {
        "passed": len(cases) - failed - len(skips),
        "failed": failed,
        "skipped": len(skips),
    }
    report.skipped = [{"test": title(case), "why": skip.get("message", "")} for case, skip in skips]
    slowest = sorted(cases, key=seconds, reverse=True)[:15]
    report.slowest = [{"test": title(case), "seconds": round(seconds(case), 1)} for case in slowest]


def why_bad(case: ET.Element) -> str | None:
    """The first line of what went wrong, or None."""
    for kind in ("failure", "error"):
        if (found := case.find(kind)) is not None:
            return (found.get("message") or kind).splitlines()[0][:200]
    return None


def seconds(case: ET.Element) -> float:
    return float(case.get("time", "0"))


def title(case: ET.Element) -> str:
    return f"{case.get('classname')}::{case.get('name')}"


def collect_coverage(report: Report, measured: dict) -> None:
    """Covered lines in per cent, for each package and in total."""
    lines: dict[str, list[int]] = {}
    for path, entry in measured["files"].items():
        package = path.split("/src/")[0]
        total = lines.setdefault(package, [0, 0])
        total[0] += entry["summary"]["covered_lines"]
        total[1] += entry["summary"]["num_statements"]
    report.coverage = {
        package: round(100 * done / all_, 1)
        for package, (done, all_) in sorted(lines.items())
        if all_
    }
    report.coverage["total"] = round(measured["totals"]["percent_covered"], 1)


def write(report: Report) -> None:
    REPORT.write_text(
        json.dumps({"passed": report.passed, **asdict(report)}, indent=2, ensure_ascii=False),
        "utf8",
    )
    REPORT.with_suffix(".html").write_text(render(report), "utf8")


def render(report: Report) -> str:
    """The report as one HTML page without anything from outside."""
    verdict = "bestanden" if report.passed else "nicht bestanden"
    sections = [
        f"<h1>Bericht: {verdict}</h1><p>{html.escape(report.started_at)}"
        f" · Commit {html.escape(report.commit)} · Python {report.python}"
        f" · {html.escape(report.platform)} · {report.cores} Kerne</p>",
        "<h2>Schritte</h2>"
        + table(
            ("Schritt", "Ergebnis", "Sekunden", "Anmerkung"),
            [(step.name, step.status, step.seconds, step.detail) for step in report.steps],
        ),
        "<h2>Tests</h2>" + table(("Ergebnis", "Anzahl"), report.tests.items()),
        "<h2>Übersprungen, und warum</h2>"
        + table(("Test", "Grund"), [(skip["test"], skip["why"]) for skip in report.skipped]),
        "<h2>Unsicher: erst allein bestanden</h2>"
        + table(("Test", "Grund"), [(found["test"], found["why"]) for found in report.unstable]),
        "<h2>Die langsamsten</h2>"
        + table(("Test", "Sekunden"), [(slow["test"], slow["seconds"]) for slow in report.slowest]),
        "<h2>Abdeckung in Prozent</h2>" + table(("Paket", "Zeilen"), report.coverage.items()),
        "<h2>Versionen</h2>" + table(("Paket", "Version"), report.versions.items()),
    ]
    style = (
        ":root{color-scheme:light dark}"
        "body{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "table{border-collapse:collapse;width:100%}"
        "td,th{text-align:left;padding:.25rem .75rem .25rem 0;"
        "border-bottom:1px solid #8884;overflow-wrap:anywhere}"
    )
    return (
        '<!doctype html><html lang="de"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>VALERO: {verdict}</title><style>{style}</style>" + "".join(sections) + "</html>\n"
    )


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    def line(tag: str, cells: tuple[object, ...]) -> str:
        return (
            "<tr>" + "".join(f"<{tag}>{html.escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"
        )

    return "<table>" + line("th", head) + "".join(line("td", row) for row in rows) + "</table>"


if __name__ == "__main__":
    sys.exit(main())
