"""Where events say that people are, and the segments that ask for it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from relance.core.encoding import to_json
from relance.core.time import HOUR, MINUTE
from relance.events.model import Event, Kind, Name
from relance.worker.membership import MembershipReader
from relance.worker.segment_calls import SegmentCalls
from tests.service.pipeline.rig import START, Rig

LOUVRE, ORLY, LYON = (48.8606, 2.3376), (48.7262, 2.3652), (45.764, 4.8357)
PARIS = {"kind": "place", "circle": {"latitude": 48.8566, "longitude": 2.3522, "radius": 5_000}}
ISLAND = {"kind": "place", "polygon": [[48.5, 1.5], [48.5, 3.5], [49.5, 3.5], [49.5, 1.5]]}


def visit(rig: Rig, user: str, at: int, where: Any, **more: Any) -> Event:
    return rig.event(Kind.TRACK, "Place Visited", at, {}, user_id=user, context=to_json(located(where)).encode(), **more)


def located(where: Any) -> dict[str, Any]:
    return {"location": dict(zip(("latitude", "longitude"), where, strict=True))}


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


CAME = {"kind": "entered", "circle": PARIS["circle"], "window": {"last": "1h"}}


@pytest.mark.both_databases
def test_people_enter_an_area_and_the_window_closes(rig: Rig) -> None:
    came = rig.segments.create(rig.app, "Came to Paris", CAME, START).id
    rig.tick.definitions_changed()
    rig.write(visit(rig, "lea", 10, LYON), visit(rig, "noe", 20, LOUVRE), rig.identify("ada", 30, context=located(ORLY)))
    rig.settle(MINUTE)
    assert rig.members(came) == [2]
    rig.write(
        visit(rig, "lea", 2 * MINUTE, LOUVRE),
        visit(rig, "noe", 2 * MINUTE, LOUVRE),
        rig.identify("ada", 3 * MINUTE, context=located(LOUVRE)),
    )
    rig.settle(4 * MINUTE)
    assert rig.members(came) == [1, 2, 3]
    rig.settle(HOUR + MINUTE)
    assert rig.history(Name.SEGMENT_LEFT) == [(2, HOUR + 20)]
    rig.stop()
    rig.start()
    rig.settle(HOUR + 3 * MINUTE)
    assert rig.history(Name.SEGMENT_LEFT) == [(1, HOUR + 2 * MINUTE), (2, HOUR + 20), (3, HOUR + 3 * MINUTE)]
    rig.write(
        visit(rig, "noe", HOUR + 4 * MINUTE, LOUVRE),
        visit(rig, "lea", HOUR + 4 * MINUTE, ORLY),
        visit(rig, "lea", HOUR + 5 * MINUTE, LOUVRE),
    )
    rig.settle(HOUR + 5 * MINUTE)
    assert rig.members(came) == [1]  # noe was there all the time


def test_a_segment_made_later_knows_who_came_and_why(rig: Rig) -> None:
    rig.write(visit(rig, "lea", 10, LYON), visit(rig, "lea", 20, LOUVRE), visit(rig, "noe", 30, LYON))
    rig.settle(40)
    came = rig.segments.create(rig.app, "Came to Paris", CAME, START + 40).id
    rig.tick.definitions_changed()
    rig.settle(50)
    assert rig.members(came) == [1]
    calls = SegmentCalls(rig.parts, MembershipReader([rig.parts.live]), cast("Any", None))  # it asks nothing of its thread
    why = calls.explain(rig.app, 1, CAME, came)
    assert (why["member"], why["explanation"]["holds"], why["explanation"]["found"]["arrivals"]) == (True, True, 1)
    assert [each["message_id"] for each in why["explanation"]["events"]] == ["m2"]
