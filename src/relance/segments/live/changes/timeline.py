"""A tick's work for interpreted conditions on each person's timeline, served as everybody's next instant."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relance.segments.live.columns.person_column import Bools, Ids, Instants
from relance.segments.live.columns.runs import by_person, is_run_start

TRAITS = -1  # codes of work that is not an event of a stream: the person's traits changed
EVERYTHING = -2  # the person's conditions are all decided from scratch
NEWCOMER = -3  # the person is new
EARLIEST = -4  # an event of any name, earlier than all others of the person


class ListedEvents(NamedTuple):
    """Events of event lists (``code`` is the list's number) and other work.

    ``instant`` is when it takes effect, ``occurred_at`` when it happened; ``value`` says which event it is, for event lists.
    """

    person: Ids
    instant: Instants
    occurred_at: Instants
    late: Bools
    code: Ids
    value: Ids

    def pick(self, chosen: Bools | Ids | slice) -> ListedEvents:
        person, instant, occurred_at, late, code, value = self
        return ListedEvents(person[chosen], instant[chosen], occurred_at[chosen], late[chosen], code[chosen], value[chosen])


class Due(NamedTuple):
    """Due timers: the leaf's number and the person."""

    person: Ids
    instant: Instants
    leaf: Ids

    def pick(self, chosen: Bools | Ids | slice) -> Due:
        return Due(self.person[chosen], self.instant[chosen], self.leaf[chosen])


class InterpretedStep(NamedTuple):
    """The next instant of every person who has one. ``people`` is sorted and parallel to the other columns."""

    people: Ids
    instants: Instants
    work: ListedEvents
    work_places: Ids  # the place of each event's person in ``people``
    due: Due
    due_places: Ids


def join(parts: list[ListedEvents]) -> ListedEvents:
    """Concatenated."""
    if len(parts) == 1:
        return parts[0]
    return ListedEvents(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def join_due(one: Due, other: Due) -> Due:
    """The timers of both."""
    return Due(
        np.concatenate([one.person, other.person]),
        np.concatenate([one.instant, other.instant]),
        np.concatenate([one.leaf, other.leaf]),
    )


def nothing() -> ListedEvents:
    empty = np.empty(0, np.int64)
    return ListedEvents(empty, empty, empty, np.empty(0, np.bool_), empty, empty)


def next_round(work: ListedEvents, due: Due) -> tuple[InterpretedStep, ListedEvents, Due]:
    """Take everybody's earliest instant out of the remaining work; returns it and the rest."""
    count = work.person.size
    if due.person.size:
        people, instants = np.concatenate([work.person, due.person]), np.concatenate([work.instant, due.instant])
    else:
        people, instants = work.person, work.instant
    order = by_person(people, instants)
    sorted_people, sorted_instants = people[order], instants[order]
    is_first = is_run_start(sorted_people)
    firsts, places = sorted_instants[is_first], is_first.cumsum() - 1
    now_ones = sorted_instants == firsts[places]
    taken, places = order[now_ones], places[now_ones]
    is_event = taken < count
    events, timers = taken[is_event], taken[~is_event] - count
    found = InterpretedStep(
        people=sorted_people[is_first],
        instants=firsts,
        work=work.pick(events),
        work_places=places[is_event],
        due=due.pick(timers),
        due_places=places[~is_event],
    )
    if taken.size == order.size:
        return found, work.pick(slice(0, 0)), due.pick(slice(0, 0))
    left = order[~now_ones]
    return found, work.pick(left[left < count]), due.pick(left[left >= count] - count)
