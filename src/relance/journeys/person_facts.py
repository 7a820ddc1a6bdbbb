"""Reads what nodes may see of persons: only of the persons, and only the facts, that their journeys' graphs ask for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sqlalchemy.engine import Connection

from relance.journeys.facts import Need, PersonFacts
from relance.journeys.model import Run
from relance.journeys.triggers import Running
from relance.segments.rule.days import is_zone
from relance.users.reach import read_traits_of, read_zones_of

Person = tuple[int, int]  # app, person
#: The segments a person of an app is in, as settled by this tick.
MembershipsOf = Callable[[int, int], Collection[int]]

_NOTHING: dict[str, Any] = {}


def in_no_segment(app_id: int, person_id: int) -> Collection[int]:  # noqa: ARG001
    """For journeys without segments."""
    return ()


class PersonReader:
    """Reads many persons at once."""

    def __init__(self, memberships_of: MembershipsOf = in_no_segment) -> None:
        self._memberships_of = memberships_of

    def read(self, connection: Connection, wanted: Mapping[Need, Iterable[Person]]) -> dict[Person, PersonFacts]:
        """The facts needed of each person; a person not listed has nothing that a node could see."""
        asked = {need: set(persons) for need, persons in wanted.items()}
        everybody = set().union(*asked.values())
        if not everybody:
            return {}
        traits = _by_app(connection, asked.get(Need.TRAITS, ()), read_traits_of)
        zones = _by_app(connection, asked.get(Need.ZONE, ()), read_zones_of)
        members = asked.get(Need.MEMBERSHIPS, ())
        return {
            person: PersonFacts(
                traits.get(person, _NOTHING),
                frozenset(self._memberships_of(*person)) if person in members else frozenset(),
                zone if is_zone(zone := zones.get(person, "")) else "",
            )
            for person in everybody
        }

    def of_runs(self, connection: Connection, journeys: Mapping[int, Running], runs: Iterable[Run]) -> dict[Person, PersonFacts]:
        """The persons of runs, as far as the graphs of their active runs need them."""
        wanted: dict[Need, set[Person]] = {}
        for run in runs:
            for need in journeys[run.journey_id].graphs[run.version].needs:
                wanted.setdefault(need, set()).add((run.app_id, run.person_id))
        return self.read(connection, wanted)


def _by_app(
    connection: Connection, persons: Collection[Person], read: Callable[[Connection, int, Collection[int]], dict[int, Any]]
) -> dict[Person, Any]:
    by_app: dict[int, set[int]] = {}
    for app_id, person_id in persons:
        by_app.setdefault(app_id, set()).add(person_id)
    return {
        (app_id, person): found for app_id, those in by_app.items() for person, found in read(connection, app_id, those).items()
    }
