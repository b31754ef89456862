"""Start, memory and stop of the whole stack: `python benchmarks/start.py [--runs 3] [--fresh]`.

Starts the stack as a user does (`valero up`, in the foreground) in an empty home on free ports,
waits until every service is ready behind the gateway, adds up the proportional memory (PSS) of
every process, presses Ctrl-C, and counts what is left. With `--fresh` it clones the repository into
an empty folder and measures the first installation and start with the README's command. Prints one
JSON line per run, and the medians.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

from valero.kit import catalogue
from valero.kit.testing.ports import free_offset

ROOT = Path(__file__).resolve().parents[1]


def ports() -> list[int]:
    known = catalogue.load(ROOT / "services.toml", offset=0)
    services = [service.port for service in known.services.values()]
    return [*known.edge.values(), *known.infrastructure.values(), *services]


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("VALERO_")}


def is_healthy(offset: int) -> bool:
    """The page answers, and every service says through its own port that it is ready."""
    known = catalogue.load(ROOT / "services.toml", offset=offset)
    try:
        page = httpx.get(f"http://127.0.0.1:{known.edge['ui']}/", timeout=2)
        ready = [
            httpx.get(f"http://127.0.0.1:{service.port}/health/ready", timeout=2).status_code
            for service in known.services.values()
        ]
    except httpx.HTTPError:
        return False
    return page.status_code == 200 and all(status == 200 for status in ready)


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def pss(processes: list[psutil.Process]) -> int:
    """Proportional set size in bytes: shared pages are counted once over all processes."""
    return sum(process.memory_full_info().pss for process in processes)


def measure(command: list[str], folder: Path, offset: int) -> dict[str, float]:
    started = time.monotonic()
    log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the launcher
    launcher = subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=log, stderr=log, start_new_session=True
    )
    while not is_healthy(offset):
        if launcher.poll() is not None or time.monotonic() - started > 600:
            log.seek(0)
            raise SystemExit(log.read()[-3000:])
        time.sleep(0.05)
    healthy = time.monotonic() - started
    time.sleep(5)  # let imports and first polls settle before memory is read
    processes = family(psutil.Process(launcher.pid))
    memory = pss(processes)
    stopping = time.monotonic()
    os.killpg(launcher.pid, signal.SIGINT)
    launcher.wait(timeout=60)
    stopped = time.monotonic() - stopping
    left = [process.pid for process in processes if process.is_running()]
    return {
        "healthy_seconds": round(healthy, 2),
        "pss_mb": round(memory / 1e6, 1),
        "processes": len(processes),
        "stop_seconds": round(stopped, 2),
        "left_over": len(left),
    }


def start_again() -> dict[str, float]:
    """Installed already: an empty home, so the database is created too."""
    offset = free_offset(ports())
    with tempfile.TemporaryDirectory(prefix="valero-start-") as folder:
        home = str(Path(folder) / "home")
        command = [sys.executable, "-m", "valero.cli.main", "up", "--home", home]
        return measure([*command, "--offset", str(offset)], ROOT, offset)


def start_fresh() -> dict[str, float]:
    """A clone without any leftovers: virtual environment, packages, user interface, database."""
    offset = free_offset(ports())
    folder = Path(tempfile.mkdtemp(prefix="valero-fresh-"))
    try:
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder / "clone")], check=True)
        command = ["./scripts/start_all_services_311.sh", "--offset", str(offset)]
        return measure(command, folder / "clone", offset)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    results = []
    for _ in range(options.runs):
        results.append(start_fresh() if options.fresh else start_again())
        print(json.dumps(results[-1]), flush=True)
    medians = {key: statistics.median(result[key] for result in results) for key in results[0]}
    print(json.dumps({"median": medians}))


if __name__ == "__main__":
    main()
