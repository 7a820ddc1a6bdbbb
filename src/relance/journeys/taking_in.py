"""Enrolment of current segment members when a journey that starts on entering the segment is published: one portion a tick.

Members are written down once, at the start of the first tick that knows of the publication; people who enter later do so by an
event. A portion is deleted by the tick that enrolled it, so that a crash neither loses nor repeats anyone; people who have been
in the journey before are left alone, so that publishing again writes to nobody twice.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

import msgspec
from sqlalchemy.engine import Connection

from relance.core.encoding import to_json
from relance.core.ids import stable_id
from relance.journeys import store
from relance.journeys.dependencies import SEGMENT_EVENTS, named_segments
from relance.journeys.entries import service as entries
from relance.journeys.facts import NOBODY, StepFacts
from relance.journeys.graph import Graph
from relance.journeys.person_facts import PersonReader
from relance.journeys.run_changes import begun
from relance.journeys.run_writer import RunWriter
from relance.journeys.step import Started, entry_key, passes_entry, step
from relance.journeys.triggers import Running
from relance.users.reach import read_roots

AT_ONCE = 2_000  # people per portion
#: The members of an app's segment, ascending; None while unknown.
MembersOf = Callable[[int, int], list[int] | None]


class Intake(msgspec.Struct):
    """The enrolment of one published version in one partition. ``is_listed``: its members are written down."""

    journey_id: int
    version: int
    is_listed: bool


def segments_taken_in(graph: Graph) -> list[int]:
    """The segments whose members the entry enrols on publication."""
    return sorted(named_segments(graph.entry.where)) if graph.entry.present and graph.entry.event == SEGMENT_EVENTS[0] else []


def list_members(connection: Connection, journey: Running, intake: Intake, partition: int, members_of: MembersOf) -> None:
    """Write down the members, each under the first of their segments; not yet while a segment is still being built."""
    whose: dict[int, int] = {}
    for segment in segments_taken_in(journey.current):
        members = members_of(journey.app_id, segment)
        if members is None:
            return
        for person in members:
            whose.setdefault(person, segment)
    pairs = array("q", [number for pair in sorted(whose.items()) for number in pair])
    pieces = [pairs[start : start + 2 * AT_ONCE].tobytes() for start in range(0, len(pairs), 2 * AT_ONCE)]
    entries.insert_pieces(connection, intake.journey_id, intake.version, partition, pieces)
    intake.is_listed = True


def take_piece(
    connection: Connection, writer: RunWriter, journey: Running, piece: bytes, persons: PersonReader, now: int
) -> None:
    """Enrol a portion's people as if they had entered the segment at ``now``."""
    whose = dict(_pairs(piece))
    roots = read_roots(connection, journey.app_id, whose)
    people = {roots[person]: segment for person, segment in sorted(whose.items()) if person in roots}
    been = {person for _, person, _ in store.past_keys(connection, [journey.id], people)}
    graph = journey.current
    known = persons.read(connection, {need: [(journey.app_id, each) for each in people] for need in graph.needs})
    for person, segment in sorted(people.items()):
        properties = {"segment": segment}
        key = entry_key(graph, properties)
        if person in been or key is None or not passes_entry(graph, properties):
            continue
        run_id = stable_id("run", journey.id, journey.app_id, f"present-{journey.published}-{person}")
        run = begun(journey, run_id, person, key, now, to_json(properties))
        facts = StepFacts(properties, known.get((journey.app_id, person), NOBODY), run_id, person)
        writer.enter(run)
        writer.apply(graph, run, step(graph, "", Started(), facts, now), now)


def _pairs(piece: bytes) -> Iterator[tuple[int, int]]:
    numbers = array("q")
    numbers.frombytes(piece)
    return zip(numbers[::2], numbers[1::2], strict=True)
