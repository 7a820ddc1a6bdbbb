"""Write the lock files from pyproject.toml: exact versions and hashes for Python 3.11–3.13 on every platform."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--python-version", "3.11", "--extra", "demo"]
# The demo reads a data file out of `lifetimes` and never imports it, so what it would import is not installed.
UNUSED = ["pandas", "scipy", "autograd", "dill"]
# The editable install of the project itself is built with these, without fetching anything else.
BUILD = "hatchling\neditables\n"


def main() -> None:
    build = ROOT / "build-requirements.in"
    build.write_text(BUILD)
    skip = [word for name in UNUSED for word in ("--no-emit-package", name)]
    for lock, groups in (("requirements.lock", []), ("requirements-dev.lock", ["--group", "dev", "--group", "bench"])):
        command = [ROOT / ".venv/bin/uv", "pip", "compile", *COMMON, *skip, *groups, "pyproject.toml", build, "-o", lock]
        subprocess.run([str(each) for each in command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    build.unlink()


if __name__ == "__main__":
    main()
