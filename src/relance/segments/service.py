"""Public interface of segments' definitions. That of live membership and previews is ``membership``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Connection, Engine

from relance.core.error_text import ErrorText
from relance.core.name_check import is_name, name_text
from relance.infra.database import hold_app, reading, writing
from relance.segments import store
from relance.segments.errors import RuleError, SegmentConflictError, SegmentInUseError, SegmentNotFoundError
from relance.segments.model import Change, Dependent, RuleActivation, Segment, SegmentPage, SegmentState, Version, dependent_text
from relance.segments.rule.meaning import Defaults, depends_on, ids_named, lists_of, meaning, read_filled
from relance.segments.rule.tree import Rule, parse_rule, rule_hash, to_data
from relance.segments.sentence import Language, sentence
from relance.users.lists import hold_lists

__all__ = ["Change", "Defaults", "Language", "Rule", "Segments", "parse_rule", "refuse_dependents", "sentence", "to_data"]

MAX_NAME = 200
MAX_PAGE = 200
_PLAIN = Defaults()
Check = Callable[[Connection, Rule], None]
NEWEST = (1 << 31) - 1  # above every version


def _accept(_connection: Connection, _rule: Rule) -> None:
    pass


class Segments:
    """Segments of all apps; every method concerns one app.

    ``defaults`` are the app's time zone and country: they are written into a rule wherever a day or a date needs a zone and a
    country is compared, so that later changes of the app's settings do not change any rule.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # -- reading -------------------------------------------------------------------------------------------------------

    def get(self, app_id: int, segment_id: int) -> Segment:
        """Raises ``SegmentNotFoundError``."""
        with reading(self._engine) as connection:
            return _found(connection, app_id, segment_id)

    def names(self, app_id: int, segments: Collection[int], connection: Connection | None = None) -> dict[int, str]:
        """The names of these segments of the app."""
        with reading(self._engine, connection) as read:
            return store.select_names(read, app_id, segments) if segments else {}

    def page(self, app_id: int, after: int = 0, limit: int = 50, state: SegmentState | None = SegmentState.ACTIVE) -> SegmentPage:
        """By id, after ``after``; None as state means all."""
        limit = max(1, min(limit, MAX_PAGE))
        with reading(self._engine) as connection:
            found = store.select_segments(connection, app_id, state, after, limit + 1)
        more = len(found) > limit
        return SegmentPage(found[:limit], found[limit - 1].id if more else None)

    def versions(self, app_id: int, segment_id: int, before: int = NEWEST, limit: int = MAX_PAGE) -> list[Version]:
        """The segment after each edit, newest first. Raises ``SegmentNotFoundError``."""
        with reading(self._engine) as connection:
            _found(connection, app_id, segment_id)
            return store.select_versions(connection, app_id, segment_id, before, limit)

    def activations(self, app_id: int) -> list[RuleActivation]:
        """How many entered and left the app's segments through rule activations without events, in order of time."""
        with reading(self._engine) as connection:
            return store.select_activations(connection, app_id)

    def version(self, app_id: int, segment_id: int, version: int) -> Version:
        """One version. Raises ``SegmentNotFoundError`` if the segment or the version does not exist."""
        with reading(self._engine) as connection:
            _found(connection, app_id, segment_id)
            found = store.select_version(connection, app_id, segment_id, version)
        if found is None:
            raise SegmentNotFoundError(
                ErrorText("segment_version_not_found", "The segment has no such version."), segment=segment_id, version=version
            )
        return found

    def dependents_of_list(self, app_id: int, list_id: int) -> list[Dependent]:
        """The active segments whose rules name this static list."""
        with reading(self._engine) as connection:
            return dependents_of_list(connection, app_id, list_id)

    def dependents(self, app_id: int, segment_id: int) -> list[Dependent]:
        """The active segments whose rules name this one."""
        with reading(self._engine) as connection:
            return _dependents(store.active_segments(connection, app_id), segment_id)

    def checked(self, app_id: int, rule: Any, defaults: Defaults = _PLAIN) -> Rule:
        """A valid rule (from decoded JSON), with the defaults filled in. Raises ``RuleError``."""
        parsed = read_filled(rule, defaults)
        with reading(self._engine) as connection:
            _check_meaning(store.active_segments(connection, app_id), parsed)
        return parsed

    # -- writing -------------------------------------------------------------------------------------------------------

    def create(
        self,
        app_id: int,
        name: str,
        rule: Any,
        now: int,
        author: str = "",
        *,
        defaults: Defaults = _PLAIN,
        announce: bool = False,
        check: Check = _accept,
    ) -> Segment:
        """Save a rule (decoded JSON) under a name. ``announce``: journeys and webhooks get the initial members as entering.

        ``check`` raises if the rule names something missing; it is called while nobody can delete what it names.

        Raises ``RuleError``, and ``SegmentConflictError`` if an active segment has the name.
        """
        parsed, name = read_filled(rule, defaults), _check_name(name)
        with writing(self._engine) as connection:
            written = parsed
            hold_app(connection, app_id)
            _hold_lists(connection, app_id, parsed)
            check(connection, parsed)
            if any(depends_on(parsed)) or announce:
                written = _check_meaning(store.active_segments(connection, app_id), parsed)
            announced = rule_hash(written) if announce else ""
            return store.insert_segment(connection, app_id, name, parsed, now, author, announced)

    def update(
        self,
        app_id: int,
        segment_id: int,
        version: int,
        now: int,
        *,
        name: str | None = None,
        rule: Any = None,
        author: str = "",
        defaults: Defaults = _PLAIN,
        announce: bool = False,
        check: Check = _accept,
    ) -> Segment:
        """Change name or rule of the segment as it was at ``version``; None leaves a field unchanged.

        ``announce``: journeys and webhooks get who enters and leaves by the new rule. ``check``: as for ``create``.

        Raises ``SegmentConflictError`` if it was changed or archived since, or the name is taken; ``SegmentNotFoundError``;
        ``RuleError``, also if a segment that depends on this one could no longer be expanded.
        """
        parsed = None if rule is None else read_filled(rule, defaults)
        name = None if name is None else _check_name(name)
        return self._edit(app_id, segment_id, version, now, author, name, parsed, announce=announce, check=check)

    def restore(
        self,
        app_id: int,
        segment_id: int,
        version: int,
        earlier: int,
        now: int,
        author: str = "",
        *,
        announce: bool = False,
        check: Check = _accept,
    ) -> Segment:
        """Give the segment, as it was at ``version``, the name and rule of the version ``earlier``: a new edit.

        Raises as ``update`` does, and ``SegmentNotFoundError`` if that version does not exist.
        """
        found = self.version(app_id, segment_id, earlier)
        return self._edit(app_id, segment_id, version, now, author, found.name, found.rule, announce=announce, check=check)

    def archive(
        self,
        app_id: int,
        segment_id: int,
        version: int,
        now: int,
        author: str = "",
        *,
        others: Callable[[Connection], Sequence[Dependent]] = lambda _: (),
    ) -> Segment:
        """Archive the segment: it loses all members, and its name is free. Raises as ``update`` does, and ``SegmentInUseError``.

        ``others`` returns what else depends on it; called while nobody can add dependents (``hold_segments``).
        """
        with writing(self._engine) as connection:
            hold_app(connection, app_id)
            present = _current(connection, app_id, segment_id, version)
            refuse_dependents([*_dependents(store.active_segments(connection, app_id), segment_id), *others(connection)])
            return _changed(connection, present, {"state": SegmentState.ARCHIVED.value}, now, author)

    def _edit(
        self,
        app_id: int,
        segment_id: int,
        version: int,
        now: int,
        author: str,
        name: str | None,
        rule: Rule | None,
        *,
        announce: bool,
        check: Check,
    ) -> Segment:
        changes: dict[str, Any] = {} if name is None else {"name": name}
        with writing(self._engine) as connection:
            if rule is not None:
                hold_app(connection, app_id)
                _hold_lists(connection, app_id, rule)
                check(connection, rule)
            present = _current(connection, app_id, segment_id, version)
            if rule is not None:
                written = _check_meaning(store.active_segments(connection, app_id), rule, segment_id)
                changes |= {"rule": store.write_rule(rule), "hash": rule_hash(rule)}
                changes["announced"] = rule_hash(written) if announce else ""
            return _changed(connection, present, changes, now, author)


def segment_names(connection: Connection, app_id: int, segments: Collection[int]) -> dict[int, str]:
    """The names of these segments of the app."""
    return store.select_names(connection, app_id, segments) if segments else {}


def hold_segments(connection: Connection, app_id: int) -> set[int]:
    """The ids of an app's segments that are not archived, locked against archiving until the transaction ends."""
    hold_app(connection, app_id)
    return set(store.active_segments(connection, app_id))


def dependents_of_list(connection: Connection, app_id: int, list_id: int) -> list[Dependent]:
    """The active segments whose rules name a static list."""
    segments = store.active_segments(connection, app_id).values()
    return [Dependent("segment", each.id, each.name) for each in segments if list_id in lists_of(each.rule)]


def dependents_of_message(connection: Connection, app_id: int, message_id: int) -> list[Dependent]:
    """The active segments whose rules name a message."""
    segments = store.active_segments(connection, app_id).values()
    return [Dependent("segment", each.id, each.name) for each in segments if message_id in ids_named(each.rule, "message")]


def dependents_of_journey(connection: Connection, app_id: int, journey_id: int) -> list[Dependent]:
    """The active segments whose rules name a journey."""
    segments = store.active_segments(connection, app_id).values()
    return [Dependent("segment", each.id, each.name) for each in segments if journey_id in ids_named(each.rule, "journey")]


def refuse_dependents(dependents: Sequence[Dependent]) -> None:
    """Raise ``SegmentInUseError`` if there are dependents."""
    if dependents:
        named = tuple(dependent_text(each) for each in dependents[:5])
        raise SegmentInUseError(
            ErrorText("segment_used", "This segment is used by {dependents}.", dependents=named),
            dependents=[msgspec.to_builtins(each) for each in dependents],
        )


def _hold_lists(connection: Connection, app_id: int, rule: Rule) -> None:
    """Lock the lists that the rule names against archiving until the transaction ends. Raises ``RuleError`` if one does not
    exist.
    """
    wanted = lists_of(rule)
    missing = wanted - hold_lists(connection, app_id, wanted) if wanted else wanted
    if missing:
        raise RuleError(ErrorText("list_unknown", "There is no list {list}.", list=min(missing)), path="rule", list=min(missing))


def _dependents(segments: Mapping[int, Segment], segment_id: int) -> list[Dependent]:
    leaning = (each for each in segments.values() if segment_id in depends_on(each.rule))
    return [Dependent("segment", each.id, each.name) for each in leaning]


def _check_meaning(segments: Mapping[int, Segment], rule: Rule, own: int = 0) -> Rule:
    """The expanded rule (of the segment ``own``). Raises ``RuleError`` if it, or a dependent rule, cannot be expanded."""
    rules = {number: each.rule for number, each in segments.items()}
    written = meaning(rule, rules.get, own)
    rules[own] = rule
    for number in _depending(rules, own):
        try:
            meaning(rules[number], rules.get, number)
        except RuleError as error:
            message = ErrorText(
                "dependent_refuses",
                "The segment “{segment}” depends on this one. {why}",
                segment=segments[number].name,
                why=error.text,
            )
            raise RuleError(message, path="rule", segment=number) from error
    return written


def _depending(rules: Mapping[int, Rule], segment_id: int) -> list[int]:
    """The segments that depend on one, directly or indirectly."""
    above: dict[int, list[int]] = {}
    for number, rule in rules.items():
        for named in set(depends_on(rule)):
            above.setdefault(named, []).append(number)
    found: list[int] = []
    left = [segment_id]
    while left:
        for number in above.get(left.pop(), []):
            if number not in found:
                found.append(number)
                left.append(number)
    return found


def _found(connection: Connection, app_id: int, segment_id: int) -> Segment:
    segment = store.select_segment(connection, app_id, segment_id)
    if segment is None:
        raise SegmentNotFoundError(ErrorText("segment_not_found", "This app has no such segment."), segment=segment_id)
    return segment


def _current(connection: Connection, app_id: int, segment_id: int, version: int) -> Segment:
    """The segment as it was at ``version``. Raises ``SegmentConflictError`` if it has changed."""
    present = _found(connection, app_id, segment_id)
    if present.version == version and present.state is SegmentState.ACTIVE:
        return present
    message = (
        ErrorText("segment_archived", "The segment was archived.")
        if present.state is SegmentState.ARCHIVED
        else ErrorText("segment_changed", "The segment was changed since it was read.")
    )
    raise SegmentConflictError(message, version=present.version)


def _changed(connection: Connection, present: Segment, changes: Mapping[str, Any], now: int, author: str) -> Segment:
    changed = store.update_segment(connection, present, dict(changes), now, author)
    if changed is not None:
        return changed
    after = _found(connection, present.app_id, present.id)
    raise SegmentConflictError(ErrorText("segment_changed", "The segment was changed since it was read."), version=after.version)


def _check_name(name: str) -> str:
    stripped = name.strip()
    if not is_name(stripped, MAX_NAME):
        raise RuleError(name_text(stripped, MAX_NAME), path="name")
    return stripped
