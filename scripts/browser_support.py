"""Renew what each browser shows of a web push, from MDN's browser compatibility data (@mdn/browser-compat-data, CC0-1.0).

``python scripts/browser_support.py`` takes the newest version from the npm registry, or the one given, and writes
``src/relance/channels/web_push/browsers.json``. Look at the difference before committing it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "@mdn/browser-compat-data"
FILE = Path(__file__).parent.parent / "src" / "relance" / "channels" / "web_push" / "browsers.json"
#: Field of a message's content, or what else matters of a browser → the member of ``api.Notification`` that says so.
FEATURES = {"buttons": "actions", "image": "image", "tag": "tag", "declarative": "navigate"}
BROWSERS = ("chrome", "chrome_android", "edge", "firefox", "firefox_android", "safari", "safari_ios")


def main(version: str) -> None:
    data = downloaded(version)
    browsers = {each: data["browsers"][each]["name"] for each in BROWSERS}
    members = data["api"]["Notification"]
    features = {name: support(members[member]["__compat"]["support"]) for name, member in FEATURES.items()}
    source = {
        "package": PACKAGE,
        "licence": "CC0-1.0",
        "version": data["__meta"]["version"],
        "date": data["__meta"]["timestamp"][:10],
    }
    FILE.write_text(json.dumps({"source": source, "browsers": browsers, "features": features}, indent=2) + "\n")
    print(f"written: {FILE.name}, from {PACKAGE} {source['version']} of {source['date']}")


def support(by_browser: dict[str, Any]) -> dict[str, str | None]:
    """Browser → the version from which on it shows it, null where none does."""
    found: dict[str, str | None] = {}
    for each in BROWSERS:
        said = by_browser[each]
        added = (said[0] if isinstance(said, list) else said)["version_added"]
        found[each] = added if isinstance(added, str) and added != "preview" else None
    return found


def downloaded(version: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        [archive] = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as package:
            member = package.extractfile("package/data.json")
            if member is None:
                raise SystemExit(f"{archive.name} holds no data.json.")
            found: dict[str, Any] = json.load(member)
    return found


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "latest")
