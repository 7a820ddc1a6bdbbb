"""Playing a log through ``People``, cut into ticks in any way, and reading back all it has written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.events.model import Event
from relance.infra.database import reading, writing
from relance.users.address_store import SUBSCRIPTIONS
from relance.users.consent_store import ADDRESS_CONSENTS, CONSENT_RECORDS, CONSENTS
from relance.users.model import PersonSession, Resolution
from relance.users.service import People
from relance.users.store import ABOUT, ALIASES, MERGED_USERS, TOMBSTONES, TRAITS, USER_COUNTERS, USERS
from relance.users.suppression.store import SUPPRESSIONS

HOUR = 3_600_000
SAID = (CONSENTS, CONSENT_RECORDS, ADDRESS_CONSENTS)


class CommitFailedError(Exception):
    """Raised by a test in place of a commit."""


class Player:
    """Feeds events to ``People`` as the tick does."""

    def __init__(self, engine: Engine, *, cache: int = 50_000) -> None:
        self.engine = engine
        self.people = People(cache=cache)
        self.persons: list[int] = []
        self.derived: list[PersonSession] = []
        self.resolutions: list[Resolution] = []

    def tick(self, events: Sequence[Event], *, late: bool = False, fails: bool = False) -> None:
        """One transaction; one that fails first is rolled back and repeated."""
        if fails:
            try:
                self._run(events, late, fails=True)
            except CommitFailedError:
                self.people.drop()
        persons, derived, resolutions = self._run(events, late, fails=False)
        self.persons += persons
        self.derived += derived
        self.resolutions += resolutions

    def _run(
        self, events: Sequence[Event], late: bool, *, fails: bool
    ) -> tuple[list[int], list[PersonSession], list[Resolution]]:
        persons: list[int] = []
        derived: list[PersonSession] = []
        resolutions: list[Resolution] = []
        with writing(self.engine) as connection:
            self.people.begin(connection, 0)
            for piece in pieces(events):
                found = self.people.resolve(piece)
                resolutions.append(found)
                persons += found.persons
                kept = [event for event, person in zip(piece, found.persons, strict=True) if person]
                derived += self.people.fold(kept, [person for person in found.persons if person], [late] * len(kept))
            self.people.flush()
            if fails:
                raise CommitFailedError
        return persons, derived, resolutions


def pieces(events: Sequence[Event]) -> list[list[Event]]:
    """Cut so that each deletion stands alone."""
    found: list[list[Event]] = [[]]
    for event in events:
        if event.kind == "delete":
            found += [[event], []]
        else:
            found[-1].append(event)
    return [piece for piece in found if piece]


def of_app(events: Sequence[Event], app_id: int) -> list[Event]:
    return [msgspec.structs.replace(event, app_id=app_id) for event in events]


def rows(engine: Engine, app_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """All that is stored of an app's people, without what may differ: row ids, revisions, the app, hashes that hold it."""
    hidden = {"app_id", "revision", "hash", "address_key"}
    numbers = {SUBSCRIPTIONS.c.id, SUPPRESSIONS.c.id}
    found = {}
    with reading(engine) as connection:
        for table in (USERS, TRAITS, ABOUT, ALIASES, SUBSCRIPTIONS, MERGED_USERS, TOMBSTONES, USER_COUNTERS, *SAID, SUPPRESSIONS):
            shown = [column for column in table.c if column.name not in hidden and column not in numbers]
            query = sa.select(*shown).where(table.c.app_id == app_id)
            found[table.name] = sorted((tuple(row) for row in connection.execute(query)), key=repr)
    return found
