"""Known weaknesses in what the lock files pin, asked of the services that list them (OSV, the npm registry).

Fails where one is listed. Where a service cannot be reached it says so and passes: an audit that was not made is no finding.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
TIMEOUT = 120  # seconds
SEVERE = ("high", "critical")  # of npm's words: the dashboard's packages run in browsers of people who are signed in


def answer(command: list[str], folder: Path) -> Any:
    """What a program prints as JSON; None where it prints none."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, FileNotFoundError, json.JSONDecodeError):
        return None


def of_python(found: Any) -> list[str] | None:
    """A line for each weakness ``pip-audit`` names; None where it reached nobody."""
    packages = found.get("dependencies", []) if isinstance(found, dict) else []
    audited = [each for each in packages if "vulns" in each]
    if not audited:
        return None
    return [f"{each['name']} {each['version']}: {weak['id']}" for each in audited for weak in each["vulns"]]


def of_npm(found: Any) -> list[str] | None:
    """The same of ``npm audit``, of what is severe."""
    if not isinstance(found, dict) or "vulnerabilities" not in found:
        return None
    return [f"{name}: {each['severity']}" for name, each in found["vulnerabilities"].items() if each["severity"] in SEVERE]


def main() -> int:
    pip_audit = [str(Path(sys.executable).with_name("pip-audit")), "-s", "osv", "-f", "json", "--progress-spinner", "off"]
    asked = {
        "Python": of_python(answer([*pip_audit, "--disable-pip", "--require-hashes", "-r", str(LOCK)], ROOT)),
        "npm": of_npm(answer(["npm", "audit", "--omit=dev", "--json"], ROOT / "dashboard")),
    }
    for name, weak in asked.items():
        if weak is None:
            print(f"{name}: the service that lists weaknesses could not be reached; nothing was audited")
        else:
            print(f"{name}: " + ("; ".join(weak) if weak else "no known weakness"))
    return int(any(asked.values()))


if __name__ == "__main__":
    sys.exit(main())
