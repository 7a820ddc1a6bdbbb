"""Processes conditions that the compiled fold does not decide: everyone advances along their own timeline in parallel, one
instant each per round. Few people have several instants in a tick, so that most ticks take few rounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from relance.core.progress import Progress
from relance.segments.definition.evaluate import RuleEvent
from relance.segments.live.changes.live_segment import LiveSegment
from relance.segments.live.changes.timeline import (
    EARLIEST,
    EVERYTHING,
    NEWCOMER,
    TRAITS,
    Due,
    InterpretedStep,
    ListedEvents,
    join_due,
    next_round,
)
from relance.segments.live.columns.person_column import Ids, Instants
from relance.segments.live.columns.runs import cut, is_run_start
from relance.segments.live.columns.zones import Zones
from relance.segments.live.sources.event_lists import EventListSource
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.live.sources.source import LeafChanges
from relance.segments.live.sources.trait_leaves import TraitLeaf

SlowLeaf = JudgedLeaf | TraitLeaf
_PATIENCE = 10_000  # consecutive rounds without progress


class Reevaluation(NamedTuple):
    """Segments to re-evaluate for some people, each at an instant of their own."""

    segments: Sequence[LiveSegment]
    people: Ids
    instants: Instants


class ShardView(Protocol):
    """What rounds need of a shard."""

    last: int
    segments: dict[int, LiveSegment]
    trait_leaves: Sequence[TraitLeaf]
    zones: Zones | None
    zoned: list[JudgedLeaf]  # leaves that depend on each person's own zone
    after_first: list[JudgedLeaf]  # leaves that depend on everybody's first event

    def slow_leaves(self) -> Iterable[JudgedLeaf]: ...
    def slow_leaf(self, number: int) -> SlowLeaf | None: ...
    def event_list(self, number: int) -> tuple[EventListSource, Sequence[JudgedLeaf]]: ...
    def put_firsts(self, people: Ids, instants: Instants) -> None: ...
    def add_known(self, people: Ids) -> None: ...
    def set_timers(self, leaf: SlowLeaf, instants: Instants, people: Ids) -> None: ...


class Rounds:
    """The rounds of one tick; ``found`` and ``asked`` hold the results."""

    def __init__(
        self, view: ShardView, traits: Mapping[int, Mapping[str, Any]], happened: Sequence[RuleEvent], upto: int
    ) -> None:
        """``traits`` are those that changed; ``happened`` the events that the ``value`` of event list work refers to."""
        self.found: list[LeafChanges] = []
        self.asked: list[Reevaluation] = []
        self._view = view
        self._traits = traits
        self._happened = happened
        self._upto = upto
        self._put_back: list[Due] = []

    def run(self, work: ListedEvents, due: Due) -> None:
        """Process everything, including what becomes due before the end of the tick."""
        progress = Progress("Living through a tick", _PATIENCE)
        while work.person.size or due.person.size:
            present, work, due = next_round(work, due)
            progress.turn((int(present.instants.min()), present.people.size, work.person.size, due.person.size))
            self._live_round(present)
            for each in self._put_back:
                due = join_due(due, each)
            self._put_back.clear()

    def _live_round(self, now: InterpretedStep) -> None:
        """Everybody's next instant: events into lists, then leaves, then timers, then traits."""
        for chosen in cut(now.work.code):
            code, places = int(now.work.code[chosen[0]]), now.work_places[chosen]
            if code < 0:
                self._take_in(now, code, places, chosen)
                continue
            event_list, leaves = self._view.event_list(code)
            happened = (self._happened[place] for place in now.work.value[chosen].tolist())
            event_list.add(now.people[places].tolist(), happened, self._view.last)
            for leaf in leaves:
                self._decide(now, leaf, _distinct(places))
        for chosen in cut(now.due.leaf):
            leaf_due = self._view.slow_leaf(int(now.due.leaf[chosen[0]]))
            if leaf_due is not None:
                fired = leaf_due.answers.fire(now.due.person[chosen], now.due.instant[chosen])
                self._turn(now, leaf_due, _distinct(now.due_places[chosen[fired]]))
        if self._traits and (self._view.trait_leaves or self._view.zones is not None):
            self._fold_traits(now)

    def _take_in(self, now: InterpretedStep, code: int, places: Ids, chosen: Ids) -> None:
        """Work without an event: newcomers, and people to be decided from scratch."""
        view, segments = self._view, self._view.segments.values()
        if code == EARLIEST:
            view.put_firsts(now.people[places], now.work.occurred_at[chosen])
            for leaf in view.after_first:
                self._decide(now, leaf, _distinct(places))
        elif code == EVERYTHING:
            for leaf in view.slow_leaves():
                self._decide(now, leaf, places)
            self._ask(now, list(segments), places)
        elif code == NEWCOMER:
            view.add_known(now.people[places])
            self._ask(now, [each for each in segments if each.holds_for_strangers], places)

    def _ask(self, now: InterpretedStep, segments: Sequence[LiveSegment], places: Ids) -> None:
        if segments:
            self.asked.append(Reevaluation(segments, now.people[places], now.instants[places]))

    def _decide(self, now: InterpretedStep, leaf: JudgedLeaf, places: Ids, *, by_time: bool = False) -> None:
        if places.size:
            self._note(now, leaf, places, leaf.update(now.people[places], now.instants[places]), by_time=by_time)

    def _turn(self, now: InterpretedStep, leaf: SlowLeaf, places: Ids) -> None:
        """These people's timers are due."""
        if isinstance(leaf, JudgedLeaf):
            self._decide(now, leaf, places, by_time=True)
        elif places.size:
            nobody = places[:0]
            self._note(now, leaf, places, (leaf.turn(now.people[places]), nobody, nobody), by_time=True)

    def _fold_traits(self, now: InterpretedStep) -> None:
        places = now.work_places[now.work.code == TRAITS]
        if not places.size:
            return
        view, people = self._view, now.people[places]
        traits = [self._traits[person] for person in people.tolist()]
        for leaf in view.trait_leaves:
            self._note(now, leaf, places, leaf.update(people, traits, now.instants[places]))
        if view.zones is not None:
            moved = places[view.zones.put(people, traits)]
            for zoned in view.zoned:
                self._decide(now, zoned, moved)

    def _note(
        self, now: InterpretedStep, leaf: SlowLeaf, places: Ids, outcome: tuple[Ids, Instants, Ids], *, by_time: bool = False
    ) -> None:
        """Record changed answers and set timers; timers already due are processed in the next rounds."""
        flipped, instants, timed = outcome
        if flipped.size:
            people = now.people[places[flipped]]
            truth = leaf.answers.truth.get(people)
            self.found.append(LeafChanges(leaf, people, now.instants[places[flipped]], truth, np.full(people.size, by_time)))
        at_once = instants <= self._upto
        if at_once.any():
            theirs = timed[at_once]
            self._put_back.append(Due(theirs, instants[at_once], np.full(theirs.size, leaf.number)))
        self._view.set_timers(leaf, instants[~at_once], timed[~at_once])


def _distinct(places: Ids) -> Ids:
    """Sorted numbers without repetition."""
    starts = is_run_start(places)
    return places if starts.all() else places[starts]
