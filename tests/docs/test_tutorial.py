"""The tutorial, followed to the letter against the real program: every command works, every answer is as it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relance.web.api.session import setup_token
from tests.docs.pages import DOCS, Block, blocks
from tests.process import Program

TUTORIAL = DOCS / "tutorial.md"
WITHIN = 60.0  # seconds for what the page says happens in a moment

_GAP = re.compile(r"^(\w+)=\S*…$", re.MULTILINE)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path / "program", log_level="warning")
    program.start()
    yield program
    program.kill()


class Reader:
    """Somebody who follows the tutorial in one terminal: fills the gaps (``NAME=…``) from the answers before."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.folder = folder
        secret = (program.folder / "data" / "secret").read_bytes()
        self.known = {"URL": program.url, "TOKEN": setup_token(secret)}
        self.answers: list[Any] = []

    def run(self, block: Block) -> None:
        """Run one block as it is printed, with what is known put into its gaps."""
        self._learn()
        script = re.sub(r"^URL=.*$", f"URL={self.known['URL']}", block.text, flags=re.MULTILINE)
        script = _GAP.sub(lambda gap: f"{gap[1]}={self.known[gap[1]]}", script)
        for name, value in re.findall(r"^(\w+)=(\S+)$", script, re.MULTILINE):
            self.known[name] = re.sub(r"\$(\w+)", lambda found: self.known[found[1]], value)
        done = subprocess.run(
            ["bash", "-euo", "pipefail"],
            input=script,
            env=os.environ | self.known,
            cwd=self.folder,
            text=True,
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        self.answers += answers_in(done.stdout)

    def wait_for(self, shown: Any, commands: Block) -> None:
        """Look for the answer the page shows; commands that only look are run again until it has come."""
        deadline = time.monotonic() + WITHIN
        while not any(promised(shown, answer) for answer in self.answers):
            only_looks = " -d " not in commands.text and " -X " not in commands.text
            if not only_looks or time.monotonic() > deadline:
                pytest.fail(f"{shown}\nis none of {self.answers[-2:]}")
            time.sleep(0.5)
            self.run(commands)

    def _learn(self) -> None:
        for answer in self.answers:
            if isinstance(answer, dict) and "csrf" in answer:
                self.known["CSRF"] = answer["csrf"]
            if isinstance(answer, dict) and "write_key" in answer:
                self.known |= {"WRITE_KEY": answer["write_key"]["text"], "API_KEY": answer["api_key"]["text"]}
            if isinstance(answer, list) and answer and answer[0].get("kind") == "push":
                self.known["CLICK"] = answer[0]["url"]


def answers_in(text: str) -> list[Any]:
    """The JSON values in what was printed, one after the other."""
    decoder, found, place = json.JSONDecoder(), [], 0
    while (opening := re.compile(r"[\[{]").search(text, place)) is not None:
        value, place = decoder.raw_decode(text, opening.start())
        found.append(value)
    return found


def promised(page: Any, real: Any) -> bool:
    """Whether what the page shows is part of the real answer; instants, order and what was cut with … may differ."""
    if isinstance(page, dict):
        return isinstance(real, dict) and all(
            name in real and (name.endswith(("_at", "_seen")) or promised(value, real[name])) for name, value in page.items()
        )
    if isinstance(page, list):
        return (
            isinstance(real, list) and len(page) == len(real) and all(any(promised(one, each) for each in real) for one in page)
        )
    return (isinstance(page, str) and page.endswith("…")) or bool(page == real)


def test_the_tutorial_works_as_written(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    folder.mkdir()
    reader = Reader(program, folder)
    commands = Block("", "")
    for block in blocks(TUTORIAL, "sh", "json"):
        if block.language == "sh":
            commands = block
            reader.run(block)
        else:
            reader.wait_for(json.loads(block.text), commands)
