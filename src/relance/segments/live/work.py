"""What a tick brings to an app, on each person's line of time: parallel columns, and the next instant of everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from relance.segments.live.paged import Bools, Ids, Instants
from relance.segments.live.runs import cut, is_run_start

TRAITS = -1  # codes of work that is no event of a stream: this person's traits are new
EVERYTHING = -2  # every condition of this person is decided anew
NEWCOMER = -3  # this person was not known
EARLIEST = -4  # an event of any name, earlier than all others of this person


class Work(NamedTuple):
    """Events of streams (``code`` is the stream's number) and the like.

    ``instant`` is when it takes effect, ``occurred_at`` when it happened; ``value`` is what its stream keeps of the event, and
    ``mark`` its position and steps, for sequences.
    """

    person: Ids
    instant: Instants
    occurred_at: Instants
    late: Bools
    code: Ids
    value: Ids
    mark: Ids

    def pick(self, chosen: Bools | Ids | slice) -> Work:
        person, instant, occurred_at, late, code, value, mark = self
        when = (person[chosen], instant[chosen], occurred_at[chosen], late[chosen])
        return Work(*when, code[chosen], value[chosen], mark[chosen])


class Due(NamedTuple):
    """Timers that came due: the leaf's number and the person."""

    person: Ids
    instant: Instants
    leaf: Ids

    def pick(self, chosen: Bools | Ids | slice) -> Due:
        return Due(self.person[chosen], self.instant[chosen], self.leaf[chosen])


class Added(NamedTuple):
    """The events of a stream that come to some people: how many, the sum of their values, and the least of these.

    ``oldest`` is when the first of them happened; ``newest`` the last instant of anything that comes to the person.
    """

    counts: Ids
    sums: Ids
    least: Ids
    oldest: Instants
    newest: Instants


class Busy:
    """People with several instants, all of them events and none a timer: they may not need a round for each."""

    def __init__(self, work: Work, items: Ids, people: Ids, newest: Instants) -> None:
        self._work = work
        self._items = items  # theirs in the work
        self._people = people  # sorted
        self._newest = newest
        self._loud = np.zeros(people.size, np.bool_)

    @classmethod
    def among(cls, work: Work, due: Due) -> Busy | None:
        """None where nobody is."""
        order = np.lexsort((work.instant, work.person))
        people, instants = work.person[order], work.instant[order]
        starts = is_run_start(people).nonzero()[0]
        ends = np.append(starts[1:], people.size) - 1
        plain = np.logical_and.reduceat(work.code[order] >= 0, starts)
        busy = plain & (instants[starts] != instants[ends])
        if due.person.size:
            busy &= ~np.isin(people[starts], due.person)
        if not busy.any():
            return None
        items = order[np.repeat(busy, ends - starts + 1)]
        return cls(work, items, people[starts[busy]], instants[ends[busy]])

    def streams(self) -> Iterator[tuple[int, Ids, Added]]:
        """(stream's number, people, what comes to each)."""
        codes, people = self._work.code[self._items], self._work.person[self._items]
        for chosen in cut(codes):  # ``items`` go by person, so that each stream's people are sorted
            theirs = people[chosen]
            starts = is_run_start(theirs).nonzero()[0]
            values = self._work.value[self._items[chosen]]
            counts = np.diff(starts, append=theirs.size)
            sums, least = np.add.reduceat(values, starts), np.minimum.reduceat(values, starts)
            oldest = np.minimum.reduceat(self._work.occurred_at[self._items[chosen]], starts)
            added = Added(counts, sums, least, oldest, self._newest[np.searchsorted(self._people, theirs[starts])])
            yield int(codes[chosen[0]]), theirs[starts], added

    def mark(self, people: Ids) -> None:
        """These need each of their instants."""
        self._loud[np.searchsorted(self._people, people)] = True

    def collapsed(self) -> Work:
        """The work, with one instant for everybody who was not marked."""
        places = np.searchsorted(self._people, self._work.person[self._items])
        quiet = ~self._loud[places]
        instant = self._work.instant.copy()
        instant[self._items[quiet]] = self._newest[places[quiet]]
        return self._work._replace(instant=instant)


class Round(NamedTuple):
    """The next instant of every person who has one. ``people`` is sorted; the other columns go with it.

    ``cause`` is what a change of this round bears as its time; ``late`` says that only late events made the round.
    """

    people: Ids
    instants: Instants
    cause: Instants
    late: Bools
    work: Work
    work_places: Ids  # where each event's person stands in ``people``
    due: Due
    due_places: Ids


def join(parts: list[Work]) -> Work:
    """All of it, in one."""
    if len(parts) == 1:
        return parts[0]
    return Work(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def join_due(one: Due, other: Due) -> Due:
    """Timers of both."""
    return Due(
        np.concatenate([one.person, other.person]),
        np.concatenate([one.instant, other.instant]),
        np.concatenate([one.leaf, other.leaf]),
    )


def nothing() -> Work:
    empty = np.empty(0, np.int64)
    return Work(empty, empty, empty, np.empty(0, np.bool_), empty, empty, empty)


def next_round(work: Work, due: Due) -> tuple[Round, Work, Due]:
    """Take everybody's earliest instant out of what is left to do; returns it and the rest."""
    count = work.person.size
    if due.person.size:
        people, instants = np.concatenate([work.person, due.person]), np.concatenate([work.instant, due.instant])
        occurred = np.concatenate([work.occurred_at, due.instant])
        late = np.append(work.late, np.zeros(due.person.size, np.bool_))
    else:
        people, instants, occurred, late = work.person, work.instant, work.occurred_at, work.late
    order = np.lexsort((instants, people))
    sorted_people, sorted_instants = people[order], instants[order]
    is_first = is_run_start(sorted_people)
    firsts, places = sorted_instants[is_first], is_first.cumsum() - 1
    now_ones = sorted_instants == firsts[places]
    taken, places = order[now_ones], places[now_ones]
    starts = is_first[now_ones].nonzero()[0]
    cause = np.maximum.reduceat(occurred[taken], starts)
    only_late = np.logical_and.reduceat(late[taken], starts)
    is_event = taken < count
    events, timers = taken[is_event], taken[~is_event] - count
    found = Round(
        people=sorted_people[is_first],
        instants=firsts,
        cause=cause,
        late=only_late,
        work=work.pick(events),
        work_places=places[is_event],
        due=due.pick(timers),
        due_places=places[~is_event],
    )
    if taken.size == order.size:
        return found, work.pick(slice(0, 0)), due.pick(slice(0, 0))
    left = order[~now_ones]
    return found, work.pick(left[left < count]), due.pick(left[left >= count] - count)
