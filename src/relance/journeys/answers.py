"""What was answered to a run's messages, kept by name for its later steps; and the test of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from relance.core.encoding import from_json, to_json
from relance.journeys.effects import KeepAnswer
from relance.segments.rule.conditions import Is, Predicate, Text, Value

MOST_KEPT = 20  # of one journey: each run carries them along
KEPT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class AnswerTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="answer", omit_defaults=True):
    """One test of what was answered to a message of the run and kept (``keep``). ``property`` is the name under which it is kept,
    a dot, and the path within: ``score.status``, ``score.body.points``.
    """

    property_: Text = msgspec.field(name="property")
    is_: Is = msgspec.field(name="is")
    value: Value | None = None
    where: Annotated[tuple[Predicate, ...], Meta(max_length=20)] = ()

    @property
    def predicate(self) -> Predicate:
        return Predicate(self.property_, self.is_, self.value, self.where)

    @property
    def kept_as(self) -> str:
        return self.property_.partition(".")[0]


def with_answer(answers: Mapping[str, Any], keep: KeepAnswer) -> dict[str, Any]:
    """The answers with one that is kept: it takes the place of what the step was answered the time before."""
    others = {name: each for name, each in answers.items() if name != keep.name}
    return others if keep.answer is None else {**others, keep.name: keep.answer}


def answers_of(text: str) -> dict[str, Any]:
    """The answers as a run's row has them."""
    found = from_json(text) if text else {}
    return found if isinstance(found, dict) else {}


def answers_text(answers: Mapping[str, Any]) -> str:
    """The same, for the row."""
    return to_json(answers) if answers else ""
