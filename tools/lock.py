"""Renew requirements.txt and requirements-dev.txt: `python tools/lock.py [--upgrade]`.

Both hold exact versions with hashes for every platform and no address of a package index (ADR 9).
Runs with the uv of `.venv311`.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = "# Written by `python tools/lock.py` from every pyproject.toml; not edited by hand.\n"


def members() -> list[str]:
    """The names of the workspace's own packages, which the lock leaves out."""
    files = sorted(ROOT.glob("packages/*/pyproject.toml")) + sorted(
        ROOT.glob("services/*/pyproject.toml")
    )
    return [tomllib.loads(file.read_text("utf8"))["project"]["name"] for file in files]


def compile_lock(target: str, *options: str) -> None:
    own = [part for name in members() for part in ("--no-emit-package", name)]
    command = f"{sys.executable} -m uv pip compile pyproject.toml --universal --python-version 3.11"
    command += " --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet"
    arguments = [*command.split(), "--output-file", target, *own, *options]
    subprocess.run(arguments, cwd=ROOT, check=True)
    path = ROOT / target
    path.write_text(HEADER + path.read_text("utf8").removeprefix(HEADER), "utf8")


def main() -> None:
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    compile_lock("requirements.txt", *upgrade)
    compile_lock(
        "requirements-dev.txt", "--group", "dev", "--constraint", "requirements.txt", *upgrade
    )


if __name__ == "__main__":
    main()
