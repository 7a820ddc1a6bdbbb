"""Any condition on events as live state: decided by its definition over the kept events."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import msgspec
import numpy as np

from relance.segments.definition.evaluate import RuleEvent, holds
from relance.segments.definition.needs import keeps_of
from relance.segments.definition.turns import OnEvents, next_turn
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.person_column import Ids, Instants, PersonColumn
from relance.segments.live.columns.runs import distinct
from relance.segments.live.columns.truth_column import TruthColumn
from relance.segments.live.columns.zones import Zones
from relance.segments.live.sources.event_lists import EventListSource
from relance.segments.live.sources.lifecycles import lifecycles
from relance.segments.rule.conditions import Behaviour, Entered, Lifecycle
from relance.segments.rule.own_zone import asks_own_zone, in_own_zone
from relance.segments.rule.window import END, Rolling, needs_first

_NO_NAME = ""  # for the person's first event, whose name does not matter: no condition uses this name


class JudgedLeaf:
    """A distinct condition: whether it holds for each person, and when that may change through time alone."""

    def __init__(
        self, number: int, condition: OnEvents, event_lists: Sequence[EventListSource], firsts: PersonColumn, zones: Zones | None
    ) -> None:
        self.number = number
        self.needs_first = needs_first(getattr(condition, "window", None))
        self.event_lists = event_lists
        self.firsts = firsts
        self.zones = zones if asks_own_zone(condition) else None
        # Its event lists hold only events that pass.
        self._condition = (
            msgspec.structs.replace(condition, where=()) if isinstance(condition, Behaviour | Lifecycle) else condition
        )
        # A track is as long as the longest window of all its conditions: select what this one looks at.
        self._keep = keeps_of(condition)[0][1] if isinstance(condition, Entered) else None
        self.answers = TruthColumn(holds(self._for(0), (), 0), timed=True)

    def update(self, people: Ids, instants: Instants) -> tuple[Ids, Instants, Ids]:
        """Decide again for these people, each at an instant of their own.

        Returns where in ``people`` the answer changed, and the timers to set: (instants, people).
        """
        if isinstance(self._condition, Lifecycle) and isinstance(self._condition.window, Rolling):
            (event_list,) = self.event_lists
            pasts = [event_list.of(person) for person in people.tolist()]
            truth, due = lifecycles(self._condition.stage, self._condition.window.milliseconds, pasts, instants)
            return self.answers.put(people, truth), *self.answers.schedule(people, due)
        truth = np.empty(people.size, np.bool_)
        due = np.full(people.size, NEVER, np.int64)
        for place, (person, now) in enumerate(zip(people.tolist(), instants.tolist(), strict=True)):
            past = self._past(person, now)
            condition = self._for(person)
            truth[place] = holds(condition, past, now)
            turn = next_turn(condition, past, now)
            if turn is not None and turn < END:
                due[place] = turn
        return self.answers.put(people, truth), *self.answers.schedule(people, due)

    def people(self) -> Ids:
        """Everyone with events for it, ascending."""
        return distinct(np.concatenate([event_list.people() for event_list in self.event_lists]))

    def _for(self, person: int) -> OnEvents:
        """The condition in the person's own zone."""
        if self.zones is None:
            return self._condition
        return in_own_zone(self._condition, self.zones.of(person))  # type: ignore[return-value] # of the same kind

    def _past(self, person: int, now: int) -> Sequence[RuleEvent]:
        lines = [event_list.of(person) for event_list in self.event_lists]
        past = lines[0]
        if self._keep is not None:
            past = past[max(0, bisect_right(past, self._keep.floor(now), key=_instant) - self._keep.spare) :]
        if len(lines) > 1:  # an event may be in two lists, if both steps of a sequence have its name
            once = {(event.occurred_at, event.position): event for line in lines for event in line}
            past = [once[key] for key in sorted(once)]
        if self.needs_first:
            first = self.firsts.one(person)
            if first < NEVER:
                past = [RuleEvent(_NO_NAME, first, -1, {}), *past]
        return past


def _instant(event: RuleEvent) -> int:
    return event.occurred_at
