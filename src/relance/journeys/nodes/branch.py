"""The node that branches on what is known. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar

import msgspec
from typing_extensions import override

from relance.core.error_text import ErrorText
from relance.core.forms import Hint, Hints, Role
from relance.journeys.answers import AnswerTest
from relance.journeys.effects import Go, Reaction
from relance.journeys.errors import GraphError, located
from relance.journeys.facts import StepFacts
from relance.journeys.nodes.node import Edge, Node, PlacedTest, Test
from relance.segments.rule.checks import check_predicate
from relance.segments.rule.conditions import Predicate, Trait
from relance.segments.rule.predicate import matches

_OF_A_KIND: Any = Trait | AnswerTest


class Branch(Node, frozen=True, tag="branch", rename={"if_": "if", "else_": "else"}):
    """Continues at ``then`` if every test passes: on the entry event's properties, (kind ``trait``) on the person, or (kind
    ``answer``) on what was answered to a message of the run.
    """

    if_: tuple[dict[str, Any], ...]
    then: str | None
    else_: str | None

    form: ClassVar[Hints] = {"if": Hint(Role.TESTS), "then": Hint(Role.EDGE), "else": Hint(Role.EDGE)}
    decides: ClassVar[bool] = True

    @property
    @override
    def edges(self) -> tuple[Edge, ...]:
        return Edge("then", self.then), Edge("else", self.else_)

    @cached_property
    @override
    def tests(self) -> tuple[PlacedTest, ...]:
        return tuple(PlacedTest(test, f"if[{number}]") for number, test in enumerate(_read(self.if_, "if")))

    @override
    def check(self, path: str) -> None:
        if not self.if_:
            raise GraphError(ErrorText("branch_without_test", "A branch needs at least one test (got none)."), path=f"{path}.if")
        for number, test in enumerate(_read(self.if_, f"{path}.if")):
            place = f"{path}.if[{number}]"
            if isinstance(test, Trait):
                check_predicate(test.predicate, place, "name")
            elif isinstance(test, AnswerTest):
                check_predicate(test.predicate, place, "property")
            else:
                check_predicate(test, place, "property")

    @override
    def enter(self, facts: StepFacts, now: int) -> Reaction:
        return (Go("then" if all(_passes(each.test, facts) for each in self.tests) else "else"),)


def _passes(test: Test, facts: StepFacts) -> bool:
    if isinstance(test, Trait):
        return matches(facts.person.traits, test.predicate)
    return matches(facts.answers, test.predicate) if isinstance(test, AnswerTest) else matches(facts.properties, test)


def _read(written: tuple[dict[str, Any], ...], path: str) -> Iterator[Test]:
    """The tests, distinguished by whether they have a kind."""
    for number, data in enumerate(written):
        try:
            yield msgspec.convert(data, _OF_A_KIND if "kind" in data else Predicate)
        except msgspec.ValidationError as error:
            raise located(error, data, f"{path}[{number}]") from None
