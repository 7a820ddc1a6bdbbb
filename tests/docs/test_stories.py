"""What is said of the stories is what their tests say, and none is left out."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.pages import DOCS, ROOT

PLAYED = ROOT / "tests" / "acceptance"
MODULES = sorted(PLAYED.glob("test_s[0-9][0-9]_*.py"))
NOT_YET = tomllib.loads((PLAYED / "not_yet.toml").read_text())


def number_of(path: Path) -> int:
    return int(path.name[6:8])


def test_the_page_is_what_the_tests_say(reference: ModuleType) -> None:
    assert (DOCS / "stories.md").read_text() == reference.MADE + reference.stories(), "run `make docs`"


def test_every_story_is_told_once_or_stands_as_missing(reference: ModuleType) -> None:
    played = [number_of(path) for path in MODULES if reference.parts_of_story(path)[0]]
    missing = [int(name.removeprefix("S")) for name in NOT_YET]
    assert sorted(played + missing) == list(range(1, 38))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_story_has_tests(reference: ModuleType, path: Path) -> None:
    _, tests = reference.parts_of_story(path)
    assert tests


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_story_goes_through_public_doors_only(path: Path) -> None:
    assert not re.search(r"^(from|import) relance\b", path.read_text(), re.MULTILINE), "a story is told from outside"


@pytest.mark.parametrize("name", NOT_YET)
def test_what_is_missing_is_said_in_sentences(name: str) -> None:
    assert NOT_YET[name].keys() == {"title", "story", "missing"}
    assert all(NOT_YET[name][part].endswith((".", ".)")) for part in ("story", "missing"))
