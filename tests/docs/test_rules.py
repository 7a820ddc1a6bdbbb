"""The page on rules names everything, and its examples are rules with the sentences that stand below them."""

from __future__ import annotations

import json
import re
from typing import get_args

import msgspec
import pytest

from relance.segments.filters import reading
from relance.segments.rule.conditions import KINDS, Aggregate, Answer, Channel, Compare, Did, Fact, Is, Predicate, Stage, State
from relance.segments.rule.tree import parse_rule
from relance.segments.rule.window import SHAPES, UNITS, CalendarName
from relance.segments.sentence import sentence
from tests.docs.pages import DOCS

PAGE = (DOCS / "reference" / "rules.md").read_text()
EXAMPLES = re.findall(r"```json\n(.+?)\n```\n\n> ([^\n]+)", PAGE, re.DOTALL)
NAMES = [
    *get_args(Is),
    *get_args(Compare),
    *get_args(Aggregate),
    *get_args(Did),
    *get_args(Stage),
    *get_args(Fact),
    *get_args(Channel),
    *get_args(State),
    *get_args(Answer),
    *get_args(CalendarName),
    *UNITS,
]


@pytest.mark.parametrize("name", sorted({*NAMES, *KINDS, *reading.READERS, *reading.TAGS}))
def test_name_is_explained(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("shape", SHAPES)
def test_window_is_explained(shape: str) -> None:
    assert f'"{shape}":' in PAGE.partition("## Windows")[2]


@pytest.mark.parametrize("kind", KINDS)
def test_kind_has_a_section_with_its_fields_and_an_example(kind: str) -> None:
    part = PAGE.partition(f"## Condition `{kind}`")[2].partition("\n## ")[0]
    for field in msgspec.structs.fields(KINDS[kind]):
        default = "must be given" if field.required else f"`{json.dumps(_default(field))}`"
        assert f"| `{field.encode_name}` | {default} |" in part
    assert f'"kind": "{kind}"' in part


def _default(field: msgspec.structs.FieldInfo) -> object:
    return [] if field.default == () else field.default


def test_predicates_have_their_fields() -> None:
    part = PAGE.partition("## Predicates")[2].partition("\n## ")[0]
    assert all(f"| `{field.encode_name}` |" in part for field in msgspec.structs.fields(Predicate))


@pytest.mark.parametrize(("rule", "said"), EXAMPLES, ids=[said[:40] for _, said in EXAMPLES])
def test_example_reads_as_it_says(rule: str, said: str) -> None:
    assert sentence(parse_rule(json.loads(rule))) == said


def test_every_example_has_a_sentence() -> None:
    assert len(EXAMPLES) == PAGE.count("```json") >= len(KINDS)
