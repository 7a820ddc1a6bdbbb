"""The door to segments' definitions. The door to live membership and previews is ``membership``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection, Engine

from relance.infra.database import reading, writing
from relance.segments import store
from relance.segments.errors import RuleError, SegmentConflictError, SegmentNotFoundError
from relance.segments.model import Change, Page, Segment, State, Version
from relance.segments.rule import Rule, parse_rule, rule_hash, to_data
from relance.segments.sentence import Language, sentence

__all__ = ["Change", "Language", "Rule", "Segments", "parse_rule", "sentence", "to_data"]

MAX_NAME = 200
MAX_PAGE = 200


class Segments:
    """Segments of all apps; every method is for one app and sees no other's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, app_id: int, name: str, rule: Any, now: int, author: str = "") -> Segment:
        """Save a rule (decoded JSON) under a name.

        Raises ``RuleError``, and ``SegmentConflictError`` if an active segment has the name.
        """
        parsed, name = parse_rule(rule), _check_name(name)
        with writing(self._engine) as connection:
            return store.insert_segment(connection, app_id, name, parsed, now, author)

    def get(self, app_id: int, segment_id: int) -> Segment:
        """Raises ``SegmentNotFoundError``."""
        with reading(self._engine) as connection:
            return _found(connection, app_id, segment_id)

    def page(self, app_id: int, after: int = 0, limit: int = 50, state: State | None = State.ACTIVE) -> Page:
        """In order of id, from the one behind ``after``; None as state means all."""
        limit = max(1, min(limit, MAX_PAGE))
        with reading(self._engine) as connection:
            found = store.select_segments(connection, app_id, state, after, limit + 1)
        more = len(found) > limit
        return Page(found[:limit], found[limit - 1].id if more else None)

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
    ) -> Segment:
        """Change name or rule of the segment as it was at ``version``; what is None stays.

        Raises ``SegmentConflictError`` if it was changed or archived since, or the name is taken; ``SegmentNotFoundError``;
        ``RuleError``.
        """
        changes: dict[str, Any] = {}
        if name is not None:
            changes["name"] = _check_name(name)
        if rule is not None:
            parsed = parse_rule(rule)
            changes |= {"rule": store.write_rule(parsed), "hash": rule_hash(parsed)}
        return self._change(app_id, segment_id, version, changes, now, author)

    def archive(self, app_id: int, segment_id: int, version: int, now: int, author: str = "") -> Segment:
        """Nobody is in any more, and the name is free. Raises as ``update`` does."""
        return self._change(app_id, segment_id, version, {"state": State.ARCHIVED.value}, now, author)

    def versions(self, app_id: int, segment_id: int) -> list[Version]:
        """How the segment stood after each edit, the newest first. Raises ``SegmentNotFoundError``."""
        with reading(self._engine) as connection:
            _found(connection, app_id, segment_id)
            return store.select_versions(connection, app_id, segment_id)

    def _change(self, app_id: int, segment_id: int, version: int, changes: Mapping[str, Any], now: int, author: str) -> Segment:
        with writing(self._engine) as connection:
            present = _found(connection, app_id, segment_id)
            if present.version == version and present.state is State.ACTIVE:
                changed = store.update_segment(connection, present, dict(changes), now, author)
                if changed is not None:
                    return changed
                present = _found(connection, app_id, segment_id)
        message = "The segment was archived." if present.state is State.ARCHIVED else "The segment was changed since it was read."
        raise SegmentConflictError(message, version=present.version)


def _found(connection: Connection, app_id: int, segment_id: int) -> Segment:
    segment = store.select_segment(connection, app_id, segment_id)
    if segment is None:
        raise SegmentNotFoundError("This app has no such segment.", segment=segment_id)
    return segment


def _check_name(name: str) -> str:
    stripped = name.strip()
    if not stripped or len(stripped) > MAX_NAME or "\x00" in stripped:
        raise RuleError(f"A name has 1 to {MAX_NAME} characters and no NUL.", path="name")
    return stripped
