"""Every file, module and command that the docs name exists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from relance.cli.commands import app as command_line

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
#: Paths and modules are named from the root, from the package, from a package of it, or from the dashboard's sources.
SOURCES = ROOT / "src/relance"
BASES = (ROOT, SOURCES, SOURCES / "segments", ROOT / "dashboard/src", ROOT / "tests")
PACKAGES = frozenset(each.name for each in SOURCES.iterdir() if each.is_dir() and not each.name.startswith("_"))
#: Files that a reader makes, though they are named like a package.
MADE = frozenset(("segments.yaml",))

_QUOTED = re.compile(r"`([^`\n]+)`")
_FENCED = re.compile(r"```.*?```", re.DOTALL)
_PATH = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*/?")
_MODULE = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
_RELANCE = re.compile(r"(?:`|^\$ ?|^)relance ([a-z-]+(?: [a-z-]+)*)", re.MULTILINE)
_MAKE = re.compile(r"(?:`|^\$ ?|^)make ([a-z-]+)(?=[`\s])", re.MULTILINE)
_MODULE_RUN = re.compile(r"python3? -m ((?:bench|relance|tests)[a-z_.]*)")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def paths(text: str) -> Iterator[str]:
    """What stands in quotes and looks like a path in the repository."""
    for quoted in _QUOTED.findall(_FENCED.sub("", text)):
        if _PATH.fullmatch(quoted) and "/" in quoted:
            first = quoted.split("/", 1)[0]
            if any((base / first).is_dir() for base in BASES):
                yield quoted


def modules(text: str) -> Iterator[str]:
    """What stands in quotes and begins with one of the program's packages."""
    for quoted in _QUOTED.findall(_FENCED.sub("", text)):
        name = quoted.removeprefix("relance.")
        if name not in MADE and _MODULE.fullmatch(name) and (quoted != name or name.split(".")[0] in PACKAGES):
            yield name


def is_module(name: str) -> bool:
    """Whether a module has this name, or a module that defines the last part of it."""
    *parents, last = name.split(".")
    place = SOURCES.joinpath(*parents)
    if (place / last).is_dir() or (place / f"{last}.py").exists():
        return True
    defined = re.compile(rf"^\s*(?:def|class) {last}\b|^{last}\b|\bimport .*\b{last}\b|^    {last},$", re.MULTILINE)
    files = [place.with_suffix(".py"), *place.glob("*.py")]
    return any(defined.search(text_of(each)) for each in files if each.exists())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_and_module_exists(page: Path) -> None:
    text = text_of(page)
    missing = [path for path in paths(text) if not any((base / path).exists() for base in BASES)]
    assert missing == []
    assert [name for name in modules(text) if not is_module(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_exists(page: Path) -> None:
    text = text_of(page)
    for words in _RELANCE.findall(text):
        first, *rest = words.split()
        assert first in set(command_line), words
        inner = command_line[first]
        if rest and inner.default_command is None:
            assert rest[0] in set(inner), words
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert set(_MAKE.findall(text)) <= targets
    for name in _MODULE_RUN.findall(text):
        place = (SOURCES.parent if name.startswith("relance") else ROOT).joinpath(*name.rstrip(".").split("."))
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_npm_script_exists(page: Path) -> None:
    scripts = json.loads(text_of(ROOT / "dashboard/package.json"))["scripts"]
    assert set(re.findall(r"npm run (?:-s )?([a-z-]+)", text_of(page))) <= scripts.keys()


def test_a_name_of_nothing_is_found() -> None:
    text = "See `segments/live/nothing.py`, `users.nothing_at_all`, `relance nonsense` and `make nonsense`.\n"
    assert list(paths(text)) == ["segments/live/nothing.py"]
    assert [name for name in modules(text) if not is_module(name)] == ["users.nothing_at_all"]
    assert (_RELANCE.findall(text), _MAKE.findall(text)) == (["nonsense"], ["nonsense"])
