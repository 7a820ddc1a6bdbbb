"""Where events say that people are, and the segments that ask for it."""

from __future__ import annotations

from typing import Any

import pytest

from relance.core.encoding import to_json
from relance.core.time import HOUR, MINUTE
from relance.events.model import Event, Kind, Name
from tests.service.pipeline.rig import START, Rig

LOUVRE, ORLY, LYON = (48.8606, 2.3376), (48.7262, 2.3652), (45.764, 4.8357)
PARIS = {"kind": "place", "circle": {"latitude": 48.8566, "longitude": 2.3522, "radius": 5_000}}
ISLAND = {"kind": "place", "polygon": [[48.5, 1.5], [48.5, 3.5], [49.5, 3.5], [49.5, 1.5]]}


def visit(rig: Rig, user: str, at: int, where: Any, **more: Any) -> Event:
    location = dict(zip(("latitude", "longitude"), where, strict=True))
    return rig.event(Kind.TRACK, "Place Visited", at, {}, user_id=user, context=to_json({"location": location}).encode(), **more)


def test_people_are_where_the_newest_event_tells(rig: Rig) -> None:
    paris, island = (rig.segments.create(rig.app, name, rule, START).id for name, rule in (("Paris", PARIS), ("Area", ISLAND)))
    rig.tick.definitions_changed()
    rig.write(visit(rig, "lea", 10, LYON), visit(rig, "noe", 20, LOUVRE), rig.track("ada", "Place Visited", 30))
    rig.settle(40)
    assert (rig.members(paris), rig.members(island)) == ([2], [2])
    rig.write(visit(rig, "lea", MINUTE, ORLY), visit(rig, "noe", MINUTE, (148.86, 2.3)), rig.track("noe", "Other", MINUTE))
    rig.settle(MINUTE)
    assert (rig.members(paris), rig.members(island)) == ([2], [1, 2])
    rig.write(visit(rig, "noe", 2 * MINUTE, LYON), visit(rig, "lea", 3 * MINUTE, LOUVRE))
    rig.settle(4 * MINUTE)
    assert (rig.members(paris), rig.members(island)) == ([1], [1])
    assert rig.history(Name.SEGMENT_LEFT) == [(2, 2 * MINUTE)] * 2
    late = visit(rig, "lea", 5 * MINUTE, LYON)
    late.received_at = START + 3 * HOUR
    rig.write(late)
    rig.settle(3 * HOUR)
    assert rig.members(paris) == [1]


def test_a_segment_made_later_and_one_after_a_restart_know_where_people_are(rig: Rig) -> None:
    rig.write(visit(rig, "lea", 10, LOUVRE), visit(rig, "noe", 20, LYON))
    rig.settle(30)
    paris = rig.segments.create(rig.app, "Paris", {"not": PARIS}, START + 30).id
    rig.tick.definitions_changed()
    rig.settle(40)
    assert rig.members(paris) == [2]
    rig.stop()
    rig.start()
    rig.write(visit(rig, "noe", 50, LOUVRE), visit(rig, "lea", 60, LYON))
    rig.settle(70)
    assert rig.members(paris) == [1]


@pytest.mark.parametrize("stays_in_paris", [True, False])
def test_of_two_people_who_become_one_the_place_of_the_one_that_stays_holds(rig: Rig, stays_in_paris: bool) -> None:
    paris = rig.segments.create(rig.app, "Paris", PARIS, START).id
    rig.tick.definitions_changed()
    places = (LYON, LOUVRE) if stays_in_paris else (LOUVRE, LYON)
    rig.write(visit(rig, "lea", 10, places[0]), visit(rig, "noe", 20, places[1]))
    rig.write(rig.event(Kind.ALIAS, "", 30, {"previous_id": "lea"}, user_id="noe"))
    rig.settle(40)
    assert rig.members(paris) == ([2] if stays_in_paris else [])
