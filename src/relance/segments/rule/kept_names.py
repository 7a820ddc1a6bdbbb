"""Refuses rules that use reserved event names which are never emitted, or reports of test sends, which move nobody. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from relance.core.error_text import ErrorText
from relance.core.trimming import trimmed
from relance.events.model import Name, is_own
from relance.segments.errors import RuleError
from relance.segments.rule.conditions import Behaviour, Condition, Lifecycle, Sequence
from relance.segments.rule.tree import Rule, placed

_WRITTEN = frozenset(Name)


def refuse_unwritten(rule: Rule) -> None:
    """Raise ``RuleError`` for an event without a name, or with a reserved name that is never emitted."""
    for path, condition in placed(rule):
        for member, event in _events_of(condition):
            if not trimmed(event):
                raise RuleError(ErrorText("event_name_missing", "An event has a name."), path=f"{path}.{member}")
            if event == Name.MESSAGE_TESTED:
                text = ErrorText(
                    "test_sends_segment",
                    "{event} reports test sends, which move nobody. Use {instead} instead.",
                    event=event,
                    instead=Name.MESSAGE_SENT,
                )
                raise RuleError(text, path=f"{path}.{member}")
            if is_own(event) and event not in _WRITTEN:
                text = ErrorText(
                    "event_name_kept",
                    "No event is named {event}: such names are reserved for Relance, which does not emit this one.",
                    event=event,
                )
                raise RuleError(text, path=f"{path}.{member}")


def _events_of(condition: Condition) -> Iterator[tuple[str, str]]:
    if isinstance(condition, Sequence):
        yield "first.event", condition.first.event
        yield "then.event", condition.then.event
    elif isinstance(condition, Behaviour | Lifecycle):
        yield "event", condition.event
