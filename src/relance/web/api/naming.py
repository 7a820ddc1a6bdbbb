"""Rules may only name things that exist: a wrong number would silently match nobody, or everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from relance.core.error_text import ErrorText
from relance.core.errors import NotFoundError
from relance.segments.errors import RuleError
from relance.segments.rule.conditions import Condition, MessageCondition, OnList, Unopened
from relance.segments.rule.tree import Rule, placed
from relance.web.api.services import Services

#: The member of a condition that names something, and how to look it up.
Named = tuple[str, int, Callable[[int, int], Any]]


def refuse_unknown(services: Services, app: int, rule: Rule) -> None:
    """Raise ``RuleError`` with the place of a list, message or journey that the app does not have."""
    for path, condition in placed(rule):
        for member, number, get in _named(services, condition):
            try:
                get(app, number)
            except NotFoundError as error:
                raise RuleError(
                    ErrorText("reference_unknown", "There is no {member} {number}.", member=member, number=number),
                    path=f"{path}.{member}",
                ) from error


def _named(services: Services, condition: Condition) -> Iterator[Named]:
    if isinstance(condition, OnList):
        yield "list", condition.list, services.lists.get
    elif isinstance(condition, MessageCondition | Unopened):
        if condition.message is not None:
            yield "message", condition.message, services.messages.get
        if condition.journey is not None:
            yield "journey", condition.journey, services.journeys.get
