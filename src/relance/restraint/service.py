"""The door of this package: caps and quiet hours for operators, and what the decision to send needs of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection, Engine

from relance.core.error_text import ErrorText
from relance.infra.database import hold_app, reading, writing
from relance.restraint import store
from relance.restraint.caps import Limit
from relance.restraint.checks import check_cap, check_quiet_hours
from relance.restraint.errors import (
    CapLimitError,
    CapNotFoundError,
    QuietHoursLimitError,
    QuietHoursNotFoundError,
    StaleCapError,
    StaleQuietHoursError,
)
from relance.restraint.model import Cap, QuietHours
from relance.segments.errors import SegmentNotFoundError
from relance.segments.model import Dependent
from relance.segments.service import hold_segments

MOST_CAPS = 100  # per app
MOST_QUIET_HOURS = 50  # per app


class Restraint(NamedTuple):
    """What an app's operators decided, made ready for deciding."""

    limits: tuple[Limit, ...]
    quiet_hours: tuple[QuietHours, ...]

    @property
    def segments(self) -> frozenset[int]:
        """Those that have a tier."""
        return frozenset(segment for limit in self.limits for segment, _ in limit.tiers)


def restraint_of(connection: Connection, apps: Iterable[int]) -> dict[int, Restraint]:
    """Of each of these apps, as it is now."""
    return {
        app_id: Restraint(
            tuple(Limit.of(each) for each in store.caps_of(connection, app_id)),
            tuple(store.quiet_hours_of(connection, app_id)),
        )
        for app_id in sorted(set(apps))
    }


def caps_for_segment(connection: Connection, app_id: int, segment_id: int) -> list[Dependent]:
    """The caps that have a tier for a segment, as dependents."""
    named = [each for each in store.caps_of(connection, app_id) if segment_id in each.segments]
    return [Dependent("cap", each.id, each.name) for each in named]


def _hold_tiers(connection: Connection, cap: Cap) -> None:
    """Lock the segments of its tiers against archiving until the transaction ends. Raises ``SegmentNotFoundError``."""
    hold_app(connection, cap.app_id)
    known = hold_segments(connection, cap.app_id) if cap.tiers else set()
    missing = next((tier.segment for tier in cap.tiers if tier.segment not in known), None)
    if missing is not None:
        raise SegmentNotFoundError(
            ErrorText("tier_segment_missing", "There is no active segment {segment}.", segment=missing), segment=missing
        )


class Caps:
    """The frequency caps of all apps; every method concerns one app."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, app_id: int, given: Mapping[str, Any], now: int) -> Cap:
        """``given`` are the fields that an operator decides. Raises ``InvalidError`` at a field, and ``CapLimitError``."""
        new = Cap(id=0, app_id=app_id, version=1, created_at=now, updated_at=now, **given)
        check_cap(new)
        with writing(self._engine) as connection:
            _hold_tiers(connection, new)
            if len(store.caps_of(connection, app_id)) >= MOST_CAPS:
                raise CapLimitError(ErrorText("caps_limit", "An app has at most {most} caps.", most=MOST_CAPS), limit=MOST_CAPS)
            return store.insert_cap(connection, new)

    def get(self, app_id: int, number: int) -> Cap:
        """Raises ``CapNotFoundError``."""
        with reading(self._engine) as connection:
            return _found_cap(connection, app_id, number)

    def list(self, app_id: int) -> list[Cap]:
        """All of them, by id."""
        with reading(self._engine) as connection:
            return store.caps_of(connection, app_id)

    def change(self, app_id: int, number: int, version: int, changes: Mapping[str, Any], now: int) -> Cap:
        """What was sent already counts, too. Raises as ``create`` does, ``CapNotFoundError``, and ``StaleCapError``."""
        with writing(self._engine) as connection:
            old = _found_cap(connection, app_id, number)
            new = msgspec.structs.replace(old, **changes, version=version + 1, updated_at=now)
            if version == old.version:
                check_cap(new)
                _hold_tiers(connection, new)
            if version != old.version or not store.update_cap(connection, new, version):
                raise StaleCapError(ErrorText("cap_changed", "This cap has been edited since it was read."), version=old.version)
            return new

    def delete(self, app_id: int, number: int) -> None:
        """Raises ``CapNotFoundError``."""
        with writing(self._engine) as connection:
            if not store.delete_cap(connection, app_id, number):
                raise _no_cap(number)


class AllQuietHours:
    """The quiet hours of all apps; every method concerns one app."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, app_id: int, given: Mapping[str, Any], now: int) -> QuietHours:
        """``given`` are the fields that an operator decides. Raises ``InvalidError`` at a field, ``QuietHoursLimitError``."""
        new = QuietHours(id=0, app_id=app_id, version=1, created_at=now, updated_at=now, **given)
        check_quiet_hours(new)
        with writing(self._engine) as connection:
            hold_app(connection, app_id)
            if len(store.quiet_hours_of(connection, app_id)) >= MOST_QUIET_HOURS:
                raise QuietHoursLimitError(
                    ErrorText("quiet_hours_limit", "An app has at most {most} quiet hours.", most=MOST_QUIET_HOURS),
                    limit=MOST_QUIET_HOURS,
                )
            return store.insert_quiet_hours(connection, new)

    def get(self, app_id: int, number: int) -> QuietHours:
        """Raises ``QuietHoursNotFoundError``."""
        with reading(self._engine) as connection:
            return _found_hours(connection, app_id, number)

    def list(self, app_id: int) -> list[QuietHours]:
        """All of them, by id."""
        with reading(self._engine) as connection:
            return store.quiet_hours_of(connection, app_id)

    def change(self, app_id: int, number: int, version: int, changes: Mapping[str, Any], now: int) -> QuietHours:
        """Raises as ``create`` does, ``QuietHoursNotFoundError``, ``StaleQuietHoursError``."""
        with writing(self._engine) as connection:
            old = _found_hours(connection, app_id, number)
            new = msgspec.structs.replace(old, **changes, version=version + 1, updated_at=now)
            if version == old.version:
                check_quiet_hours(new)
            if version != old.version or not store.update_quiet_hours(connection, new, version):
                raise StaleQuietHoursError(
                    ErrorText("quiet_hours_changed", "These quiet hours have been edited since they were read."),
                    version=old.version,
                )
            return new

    def delete(self, app_id: int, number: int) -> None:
        """Raises ``QuietHoursNotFoundError``."""
        with writing(self._engine) as connection:
            if not store.delete_quiet_hours(connection, app_id, number):
                raise _no_hours(number)


def _found_cap(connection: Connection, app_id: int, number: int) -> Cap:
    found = store.cap(connection, app_id, number)
    if found is None:
        raise _no_cap(number)
    return found


def _found_hours(connection: Connection, app_id: int, number: int) -> QuietHours:
    found = store.quiet_hours(connection, app_id, number)
    if found is None:
        raise _no_hours(number)
    return found


def _no_cap(number: int) -> CapNotFoundError:
    return CapNotFoundError(ErrorText("cap_not_found", "There is no cap {cap}.", cap=number), cap=number)


def _no_hours(number: int) -> QuietHoursNotFoundError:
    return QuietHoursNotFoundError(
        ErrorText("quiet_hours_not_found", "There are no quiet hours {hours}.", hours=number), hours=number
    )
