"""Repairs the installation: exactly what the lock file says, then `valero doctor` looks at it.

Nothing is patched and no class is made up: a patch that hides an import error hides the error.

    python3.11 scripts/fix_dependencies.py [--dev]
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Exit code of the installation if that failed, otherwise of the examination."""
    bootstrap = [sys.executable, str(ROOT / "tools" / "bootstrap.py"), "--force", *sys.argv[1:]]
    if failed := subprocess.run(bootstrap, check=False).returncode:
        return failed
    programs = ROOT / ".venv311" / ("Scripts" if sys.platform == "win32" else "bin")
    return subprocess.run([programs / "valero", "doctor"], check=False, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
