"""The commands by name, and errors as sentences."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def relance(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "relance", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=120, check=False)


def test_help_names_every_command() -> None:
    said = relance("--help").stdout
    assert all(name in said for name in ("serve", "demo", "doctor", "openapi"))


def test_the_openapi_document_can_be_printed() -> None:
    document = json.loads(relance("openapi").stdout)
    assert "/api/v1/apps/{app}/people" in document["paths"]
    assert "/v1/batch" in document["paths"]


def test_a_wrong_setting_is_a_sentence_and_not_a_trace(tmp_path: Path) -> None:
    done = relance("doctor", RELANCE_PORT="many", RELANCE_DATA=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("relance: A setting is wrong:")
    assert "port" in done.stderr
