"""The commands by name, and errors as sentences."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from relance import __version__
from relance.cli.commands import app
from relance.cli.main import COMMANDS


def relance(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "relance", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=120, check=False)


def test_help_names_every_command() -> None:
    said = relance("--help")
    assert said.returncode == 0
    words = " ".join(said.stdout.split())
    assert all(f"{name} {command.summary}" in words for name, command in COMMANDS.items())
    assert relance("-h").stdout == relance().stdout == said.stdout


def test_the_version_is_told() -> None:
    assert relance("--version").stdout == f"{__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_summary_is_how_the_commands_own_help_begins(name: str) -> None:
    command = app[name]
    about = command.help if command.default_command is None else inspect.getdoc(command.default_command)
    assert " ".join((about or "").partition("\n\n")[0].split()) == COMMANDS[name].summary


def test_an_unknown_command_is_a_sentence_that_names_the_known_ones() -> None:
    done = relance("sergments", "list")
    assert done.returncode == 2
    assert done.stderr == f"relance: There is no command sergments. The commands are {', '.join(COMMANDS)}.\n"


def test_the_openapi_document_can_be_printed() -> None:
    document = json.loads(relance("openapi").stdout)
    assert "/api/v1/apps/{app}/people" in document["paths"]
    assert "/v1/batch" in document["paths"]


def test_a_wrong_setting_is_a_sentence_and_not_a_trace(tmp_path: Path) -> None:
    done = relance("doctor", RELANCE_PORT="many", RELANCE_DATA=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("relance: A setting is wrong:")
    assert "port" in done.stderr
