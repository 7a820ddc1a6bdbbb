"""Links lead somewhere, code can be read, and every page can be found."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from relance.cli.commands import app as command_line
from relance.core.configuration import Settings
from tests.docs.pages import DOCS, MADE_BY_TESTS, PAGES, ROOT, Block, anchors, blocks, links, name_of

TAUGHT = [DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
COMMANDS = {name for name in command_line if not name.startswith("-")}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists() or target in MADE_BY_TESTS, f"{name_of(page)} links to {link}"
        assert not anchor or anchor in anchors(target), f"{name_of(page)} links to {link}"


def test_every_page_is_linked_from_the_index() -> None:
    index = DOCS / "README.md"
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in links(index)}
    assert [name_of(page) for page in DOCS.rglob("*.md") if page != index and page.resolve() not in linked] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_data_in_blocks_can_be_read(page: Path) -> None:
    for block in blocks(page, "json"):
        json.loads(block.text)
    for block in blocks(page, "toml"):
        assert set(tomllib.loads(block.text)) <= set(Settings.__struct_fields__)
    for block in blocks(page, "python"):
        ast.parse(block.text)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_shell_in_blocks_can_be_read_and_names_what_is_there(page: Path) -> None:
    for block in blocks(page, "sh", "console"):
        lines = shell_of(block)
        subprocess.run(["bash", "-n"], input=lines, text=True, check=True)
        for target in re.findall(r"^make ([a-z]+)", lines, re.MULTILINE):
            assert target in TARGETS, f"{name_of(page)} runs make {target}"
        for command in re.findall(r"\brelance ([a-z]+)", lines):
            assert command in COMMANDS or command.endswith("backup"), f"{name_of(page)} runs relance {command}"
        for script in re.findall(r"\.venv/bin/python (scripts/\S+)", lines):
            assert (ROOT / script).exists()


def shell_of(block: Block) -> str:
    """The commands of a block; of a terminal's picture (console), those behind the prompt."""
    if block.language == "sh":
        return block.text
    return "\n".join(line.removeprefix("$ ") for line in block.text.splitlines() if line.startswith("$ "))


@pytest.mark.parametrize("page", TAUGHT, ids=name_of)
def test_routes_in_guides_exist(page: Path, routes: set[str]) -> None:
    """Every address of the API that a guide names, with its numbers for the ids."""
    text = page.read_text()
    known = {re.sub(r"\{\w+\}", "{}", route) for route in routes}
    for path in re.findall(
        r"(/api/v1/[a-z0-9_/{}-]+|(?<![\w.])/v1/[a-z]+(?:/\$\{?\w+\}?/[a-z]+)?)", text.replace("$APP", "/api/v1/apps/1")
    ):
        plain = re.sub(r"/(\d+|\$?\{\w+\}|\$\w+)(?=/|$)", "/{}", path.rstrip("/"))
        assert plain in known, f"{name_of(page)} names {path}"


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"])
def test_the_papers_are_there(name: str) -> None:
    assert (ROOT / name).read_text().strip()


def test_the_readme_shows_both_commands() -> None:
    shown = [block.text.strip() for block in blocks(ROOT / "README.md", "sh")]
    assert shown[:2] == ["make demo", "make test"]
