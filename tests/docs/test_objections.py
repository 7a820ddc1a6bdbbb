"""What publishing a journey objects to has words in the dashboard's other language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "src/relance/journeys/publishing.py"]  # everything else has reasons: ``test_error_texts``
WORDS = ROOT / "dashboard/src/words/objections.ts"


def template(node: ast.expr | None) -> str | None:
    """A text, with {} for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def texts(node: ast.AST, of_problem: bool = False) -> Iterator[str]:
    """What a module says went wrong: to an error, to the name of a message, or out of a function that names a problem."""
    for child in ast.iter_child_nodes(node):
        inside = of_problem or (isinstance(child, ast.FunctionDef) and child.name.endswith("_problem"))
        said: list[ast.expr | None] = []
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id.endswith("Error") and child.args:
            said = [child.args[0]]
        elif isinstance(child, ast.Assign) and isinstance(child.value, ast.Constant) and name_of(child).startswith("_NO_"):
            said = [child.value]
        elif (isinstance(child, ast.Return) and inside) or names_a_message(child):
            said = [child.value, *alternatives(child.value)]
        yield from (text for one in said if (text := template(one)) and text.endswith((".", "{}")) and " " in text)
        yield from texts(child, inside)


def names_a_message(node: ast.AST) -> TypeGuard[ast.Assign]:
    return isinstance(node, ast.Assign) and name_of(node) == "message"


def name_of(node: ast.Assign) -> str:
    target = node.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def alternatives(node: ast.expr | None) -> list[ast.expr]:
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else []


def keys(table: str) -> set[str]:
    """The sentences of one of the tables."""
    body = WORDS.read_text().split(f"export const {table}", 1)[1].split("\n};", 1)[0]
    found = re.findall(r"""^  (?:"((?:[^"\\]|\\.)*)"|'([^']*)'):\s""", body, re.MULTILINE)
    return {(first or second).replace('\\"', '"') for first, second in found}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_objection_has_french_words(source: Path) -> None:
    said = set(texts(ast.parse(source.read_text())))
    assert said - keys("objectionsFr") == set()


def test_objections_are_found_in_the_sources() -> None:
    said = {text for source in SOURCES for text in texts(ast.parse(source.read_text()))}
    assert "A journey is not entered by what it brings about itself." in said
    assert len(said) > 8
