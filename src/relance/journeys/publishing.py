"""What prevents a draft from being published: references to things that do not exist, and entries no event can match. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from relance.channels.registry import Channel
from relance.core.error_text import ErrorText
from relance.events.model import MEMBERS, Kind, Name, is_own
from relance.journeys.answers import AnswerTest
from relance.journeys.errors import GraphError
from relance.journeys.graph import Graph
from relance.journeys.listening import of_own_message
from relance.journeys.model import LeaveReason
from relance.journeys.moments import some_moment_passes
from relance.messaging.model import NEVER_SKIPPED, SkipReason
from relance.segments.rule.conditions import Predicate
from relance.segments.rule.predicate import matches
from relance.segments.rule.values import as_double, is_number, plain_number, plain_whole

LARGEST_ID = 2**63 - 1
SEGMENT, MESSAGE, JOURNEY = "segment", "message", "journey"

_UNHEARD = frozenset((Kind.IDENTIFY.value, Kind.GROUP.value, Kind.ALIAS.value))
_SAID = frozenset(Name) - {Name.MESSAGE_TESTED}  # reports of test sends start nothing
_ABSENT = frozenset(("!=", "not_in", "not_exists"))  # true if the property is missing
_CLOSED: dict[tuple[str, str], Iterable[StrEnum]] = {
    (Name.JOURNEY_LEFT.value, "reason"): [each for each in LeaveReason if each is not LeaveReason.DELETED],
    (Name.MESSAGE_SKIPPED.value, "reason"): [each for each in SkipReason if each not in NEVER_SKIPPED],
    **{(name.value, "channel"): Channel for name in Name if name.value.startswith("message_")},
}
_ORDER = (">", ">=", "<", "<=")


def named(graph: Graph, member: str) -> Iterator[tuple[str, Any]]:
    """The references in a graph under a member of Relance's own events (``segment``, ``message``, ``journey``), with paths."""
    if member not in MEMBERS.get(graph.entry.event, ()):
        return
    for path, test in graph.placed_tests():
        if isinstance(test, Predicate) and test.property == member and test.is_ in ("=", "in"):
            for value in test.value if isinstance(test.value, tuple) else (test.value,):
                yield f"{path}.value", value


def as_id(value: Any) -> int | None:
    """The id that a rule's value stands for; None if it is none."""
    text = plain_whole(value) if is_number(value) else value
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and 0 < int(text) <= LARGEST_ID else None


def ids_named(graph: Graph, member: str) -> set[int]:
    """The ids under a member that exist, or could."""
    return {found for _, value in named(graph, member) if (found := as_id(value)) is not None}


def check_names(graph: Graph, there: Mapping[str, Collection[int]]) -> None:
    """Refuse references to segments, messages or journeys that the app does not have. Raises ``GraphError``."""
    for path, node in graph.placed_nodes():
        for sent in node.sends:
            if sent.message_id not in there[MESSAGE]:
                raise GraphError(_unusable(MESSAGE, sent.message_id), path=f"{path}.{sent.place}")
    for member, ids in there.items():
        for path, value in named(graph, member):
            if as_id(value) not in ids:
                raise GraphError(_unusable(member, value), path=path)


def _unusable(member: str, value: Any) -> ErrorText:
    if member == SEGMENT:
        return ErrorText("segment_unusable", "There is no segment {segment} in this app, or it is archived.", segment=value)
    if member == MESSAGE:
        return ErrorText("message_unusable", "There is no message {message} in this app, or it is archived.", message=value)
    return ErrorText("journey_unusable", "There is no journey {journey} in this app, or it is archived.", journey=value)


def check_entry(graph: Graph, own: int) -> None:
    """Refuse an entry that no event can match. ``own`` is the journey. Raises ``GraphError``."""
    entry = graph.entry
    if entry.event in _UNHEARD:
        raise GraphError(
            ErrorText(
                "identity_starts_nothing",
                "{event} says who somebody is and starts no journey: start it on an event, or on entering a segment.",
                event=entry.event,
            ),
            path="entry.event",
        )
    if entry.event == Name.MESSAGE_TESTED:
        raise GraphError(
            ErrorText("test_sends_start_nothing", "{event} reports test sends, which start no journey.", event=entry.event),
            path="entry.event",
        )
    if is_own(entry.event) and entry.event not in _SAID:
        raise GraphError(
            ErrorText(
                "event_name_kept",
                "No event is named {event}: such names are reserved for Relance, which does not emit this one.",
                event=entry.event,
            ),
            path="entry.event",
        )
    members = MEMBERS.get(entry.event)
    if members is not None:
        _check_members(graph, members)
    if members is not None and JOURNEY in members:  # including its own messages: they go only to people already in it
        journeys = [as_id(value) for path, value in named(graph, JOURNEY) if path.startswith("entry.")]
        if journeys and set(journeys) == {own}:
            raise GraphError(
                ErrorText("entered_by_itself", "A journey cannot be entered by what it brings about itself."), path="entry.where"
            )
    _check_contradictions(entry.event, entry.where)


def check_answers(graph: Graph, answered: Collection[int]) -> None:
    """Refuse keeping answers where nothing answers, and tests of what no node before keeps. ``answered``: the
    messages that something answers.

    Raises ``GraphError``.
    """
    for path, node in graph.placed_nodes():
        for kept in node.keeps:
            if not any(each.message_id in answered for each in node.sends):
                raise GraphError(
                    ErrorText("answers_nothing", "Messages of this channel are answered nothing that could be kept."),
                    path=f"{path}.{kept.place}",
                )
        named = [each for each in node.tests if isinstance(each.test, AnswerTest)]
        before = graph.kept_before(node.id) if named else set()
        for each in named:
            if isinstance(each.test, AnswerTest) and each.test.kept_as not in before:
                raise GraphError(_kept_nowhere(each.test.kept_as), path=f"{path}.{each.place}.property")


def unkept(graph: Graph, read: Mapping[int, Collection[str]]) -> Iterator[tuple[str, ErrorText]]:
    """Where a message reads an answer that no node before it keeps, with paths. ``read``: message → the answers that it reads."""
    for path, node in graph.placed_nodes():
        for sent in node.sends:
            for name in sorted({*read.get(sent.message_id, ())} - graph.kept_before(node.id)):
                yield f"{path}.{sent.place}", _kept_nowhere(name)


def _kept_nowhere(name: str) -> ErrorText:
    return ErrorText("answer_unknown", "No step before this one keeps an answer as {name!r}.", name=name)


def check_own_messages(graph: Graph) -> None:
    """Refuse waiting for an event about the run's own messages if it sends none. Raises ``GraphError``."""
    if graph.message_ids:
        return
    for path, awaited in graph.placed_awaited():
        if of_own_message(awaited):
            raise GraphError(
                ErrorText(
                    "awaits_own_message",
                    "{event} is awaited of this journey's own messages, and it sends none: for any message set message to *.",
                    event=awaited.event,
                ),
                path=path,
            )


def _check_members(graph: Graph, members: Collection[str]) -> None:
    """The events that Relance emits have fixed members."""
    entry = graph.entry
    there = tuple(sorted(members))
    if entry.key is not None and entry.key.partition(".")[0] not in members:
        raise GraphError(
            ErrorText(
                "key_unknown",
                "No {event} event has {key!r}, so that none would start a run; it has {properties}.",
                event=entry.event,
                key=entry.key,
                properties=there,
            ),
            path="entry.key",
        )
    for number, test in enumerate(entry.where):
        if test.property.partition(".")[0] not in members and test.is_ not in _ABSENT:
            raise GraphError(
                ErrorText(
                    "property_unknown",
                    "No {event} event has {property!r}; it has {properties}.",
                    event=entry.event,
                    property=test.property,
                    properties=there,
                ),
                path=f"entry.where[{number}].property",
            )


def _check_contradictions(event: str, where: Sequence[Predicate]) -> None:
    by_property: dict[str, list[tuple[int, Predicate]]] = {}
    for number, test in enumerate(where):
        by_property.setdefault(test.property, []).append((number, test))
    for name, found in by_property.items():
        tests = [msgspec.structs.replace(test, property="value") for _, test in found]
        allowed = _CLOSED.get((event, name))
        if allowed is not None and not any(all(matches({"value": str(each)}, test) for test in tests) for each in allowed):
            raise GraphError(
                ErrorText(
                    "no_such_value",
                    "{property} of {event} is one of {values}: no event passes.",
                    property=name,
                    event=event,
                    values=tuple(map(str, allowed)),
                ),
                path=f"entry.where[{found[0][0]}].value",
            )
        if not (_can_pass(tests) and some_moment_passes(tests)):
            raise GraphError(
                ErrorText("tests_contradict", "No value of {property!r} passes all of its tests.", property=name),
                path=f"entry.where[{found[-1][0]}]",
            )


def _can_pass(tests: Sequence[Predicate]) -> bool:
    """Whether some value can pass all tests of one property; true if that is not obvious."""
    if any(test.is_ == "not_exists" for test in tests):
        return all(test.is_ in _ABSENT for test in tests)
    for test in tests:
        if test.is_ in ("=", "in"):
            wanted = test.value if isinstance(test.value, tuple) else (test.value,)
            return any(all(matches({"value": form}, each) for each in tests) for value in wanted for form in _forms(value))
    lows: list[tuple[float, bool]] = []  # each with whether the bound itself is excluded
    highs: list[tuple[float, bool]] = []
    for test in tests:
        for is_, number in _comparisons(test):
            (lows if is_ in (">", ">=") else highs).append((as_double(number), is_ in (">", "<")))
    if not lows or not highs:
        return True
    low, high = max(lows), min(highs, key=lambda each: (each[0], not each[1]))
    return low[0] < high[0] or (low[0] == high[0] and not low[1] and not high[1])


def _comparisons(test: Predicate) -> Iterator[tuple[str, float]]:
    """The comparisons with numbers that a test amounts to."""
    value = test.value
    if test.is_ in _ORDER and is_number(value):
        yield test.is_, value
    elif test.is_ == "between" and isinstance(value, tuple):
        yield from ((is_, each) for is_, each in zip((">=", "<="), value, strict=True) if is_number(each))


def _forms(value: Any) -> Iterator[Any]:
    """The values that ``=`` treats as equal."""
    yield value
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif is_number(value):
        yield plain_whole(value) or str(value)
    elif isinstance(value, str):
        yield plain_number(value)
