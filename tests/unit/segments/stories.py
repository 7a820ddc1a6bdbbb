"""Random rules of plain counts and random streams, and a model of one app that knows only the definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hypothesis import strategies as st

from relance.core.encoding import to_json
from relance.core.places import read_location
from relance.events.model import Batch, Event, heard_name
from relance.segments.definition.evaluate import RuleEvent, evaluate
from relance.segments.live.changes.membership_changes import MembershipChanges
from relance.segments.live.engine import Live
from relance.segments.rule.tree import Rule, parse_rule
from tests.unit.segments.every_kind import context_of, kind_of
from tests.unit.segments.instants import instants_of

APP = 7
START = 1_700_000_000_000
NAMES = ["viewed", "bought", "opened"]
PEOPLE = range(1, 5)

values = st.sampled_from([1, 2, 2.5, "1", "2", "2.50", "01", "pro", "true", True, False, "Ünï"])
found_values = st.one_of(
    values, st.none(), st.sampled_from([[1], {"b": 1}, {"b": "pro"}, {"b.c": 2, "b": {"c": 1}}, -3, 1e3, "1000", ""])
)
properties = st.dictionaries(st.sampled_from(["a", "c", "a.b"]), found_values, max_size=3)
paths = st.sampled_from(["a", "a.b", "c", r"a\.b", r"a.b\.c", r"a\.b.b"])


@st.composite
def predicates(draw: st.DrawFn, name: str = "property") -> dict[str, Any]:
    is_ = draw(st.sampled_from(["=", "!=", "in", "exists", "not_exists", ">", ">=", "<", "<=", "contains", "starts"]))
    predicate: dict[str, Any] = {name: draw(paths), "is": is_}
    if is_ == "in":
        predicate["value"] = draw(st.lists(values, min_size=1, max_size=3))
    elif is_ in ("contains", "starts"):
        predicate["value"] = draw(st.sampled_from(["p", "ro", "2", "Ü"]))
    elif is_ in ("=", "!="):
        predicate["value"] = draw(values)
    elif is_ not in ("exists", "not_exists"):
        predicate["value"] = draw(st.sampled_from([1, 2, 2.5, "1", "b"]))
    return predicate


@st.composite
def behaviours(draw: st.DrawFn) -> dict[str, Any]:
    compare = draw(st.sampled_from([">=", "<=", "=", ">", "<"]))
    data = {
        "kind": "behaviour",
        "event": draw(st.sampled_from(NAMES)),
        "aggregate": "count",
        "compare": compare,
        "value": draw(st.integers(1 if compare == "<" else 0, 6)),
        "window": draw(st.one_of(st.none(), st.sampled_from(["1s", "2s", "5s", "1m"]).map(lambda last: {"last": last}))),
    }
    if draw(st.integers(0, 3)) == 0:
        data["where"] = [draw(predicates())]
    return data


leaves = st.one_of(behaviours(), behaviours(), predicates("name").map(lambda data: {"kind": "trait", **data}))
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=5,
).map(parse_rule)

gaps = st.sampled_from([0, 0, 1, 250, 500, 999, 1000, 1001, 2000, 4999, 5000, 60_000])


class Happen(NamedTuple):
    """Somebody does something, ``gap`` after the last instant, received with ``delay``."""

    person: int
    name: str
    gap: int
    delay: int
    properties: dict[str, Any]
    is_forged: bool = False  # somebody else's, under whatever name


class Edit(NamedTuple):
    """A person's traits become these; by an event of theirs or not."""

    person: int
    traits: dict[str, Any]


class Merge(NamedTuple):
    """One person becomes part of another."""

    source: int
    into: int


class Forget(NamedTuple):
    """A person is deleted."""

    person: int


class Tick(NamedTuple):
    """Time passes, and what is there is settled."""

    gap: int


people = st.sampled_from(PEOPLE)
happenings = st.builds(
    Happen, people, st.sampled_from(NAMES), gaps, st.sampled_from([0, 0, 0, 250, 1000, 5000, 100_000, 4_000_000]), properties
)
steps = st.one_of(
    happenings,
    happenings,
    happenings,
    happenings,
    st.builds(Tick, gaps),
    st.builds(Tick, gaps),
    st.builds(Edit, people, properties),
    st.builds(Merge, people, people),
    st.builds(Forget, people),
)
stories = st.lists(steps, min_size=1, max_size=40)


@dataclass
class Model:
    """What is known of each person, kept as plainly as can be, beside the live state that is tested."""

    live: Live
    rules: dict[int, Rule]
    now: int = START
    position: int = 1  # of the next event; the first one is 1, as in the log
    events: dict[int, list[RuleEvent]] = field(default_factory=dict)
    traits: dict[int, dict[str, Any]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    pending: list[Event] = field(default_factory=list)
    persons: list[int] = field(default_factory=list)
    edited: dict[tuple[int, int], Mapping[str, Any]] = field(default_factory=dict)
    seen: dict[tuple[int, int], bool] = field(default_factory=dict)  # membership as the changes tell it
    exempt: set[int] = field(default_factory=set)  # people whose line of time is not lived through in this call
    met: set[int] = field(default_factory=set)  # people who were there before this call
    batches: list[Batch] = field(default_factory=list)

    @property
    def people(self) -> set[int]:
        return self.events.keys() | self.traits.keys()

    def step(self, step: Happen | Edit | Merge | Forget | Tick) -> None:
        if isinstance(step, Tick):
            self.tick(step.gap)
        elif isinstance(step, Merge):
            self.merge(step)
        elif step.person in self.gone:
            return
        elif isinstance(step, Happen):
            self.happen(step)
        elif isinstance(step, Edit):
            self.traits[step.person] = step.traits
            self.edited[APP, step.person] = step.traits
            self.exempt.add(step.person)
        else:
            self.forget(step.person)

    def happen(self, step: Happen) -> None:
        self.now += step.gap
        occurred_at = self.now - step.delay
        event = Event(
            APP,
            kind_of(step.name, is_forged=step.is_forged),
            step.name,
            f"m{self.position}",
            "",
            "",
            occurred_at,
            self.now,
            to_json(step.properties).encode(),
            to_json(context_of(step.properties)).encode(),
        )
        self.pending.append(event)
        self.persons.append(step.person)
        spot = read_location(context_of(step.properties).get("location"))
        self.events.setdefault(step.person, []).append(
            RuleEvent(heard_name(event.name, event.kind), occurred_at, self.position, step.properties, spot)
        )
        self.position += 1

    def merge(self, step: Merge) -> None:
        if step.source == step.into or {step.source, step.into} & self.gone or step.source not in self.people:
            return
        self.events.setdefault(step.into, []).extend(self.events.pop(step.source, []))
        both = self.traits.pop(step.source, {}) | self.traits.get(step.into, {})
        self.traits[step.into] = both
        self.met |= {step.into} if step.source in self.met else set()
        self.edited.pop((APP, step.source), None)
        self.edited[APP, step.into] = both
        self.leave(step.source)
        self.exempt |= {step.source, step.into}
        self.live.merge(APP, step.source, step.into)
        self.settle()

    def forget(self, person: int) -> None:
        self.events.pop(person, None)
        self.traits.pop(person, None)
        self.edited.pop((APP, person), None)
        self.leave(person)
        self.exempt.add(person)
        self.live.forget(APP, person)
        self.settle()

    def leave(self, person: int) -> None:
        """The id is nobody's any more: nothing is said of it."""
        self.gone.add(person)
        for segment in self.rules:
            self.seen.pop((segment, person), None)

    def settle(self) -> None:
        """Hand the waiting events over, as a tick does before a merge or a deletion and at its end."""
        first = self.position - len(self.pending)
        late = [event.received_at - event.occurred_at > 3_600_000 for event in self.pending]
        batch = Batch(self.pending, self.persons, late, first)
        self.batches.append(batch)
        before = self.live.settled_until(APP)
        changes = self.live.fold(batch, self.edited, self.now)
        self.follow(changes, before)
        self.pending, self.persons, self.edited = [], [], {}

    def tick(self, gap: int) -> None:
        self.now += gap
        self.settle()
        before = self.live.settled_until(APP)
        due = self.live.next_due()
        changes = self.live.expire(self.now)
        assert not changes or (due is not None and due <= self.now)
        self.follow(changes, before)
        self.exempt.clear()
        self.check()

    def follow(self, changes: MembershipChanges, before: int | None) -> None:
        """Each change is one, in order of time; and for everybody whose time was lived through it is the definition's."""
        after = self.live.settled_until(APP)
        assert before is not None
        assert after is not None
        assert [each.occurred_at for each in changes] == sorted(each.occurred_at for each in changes)
        emitted: dict[tuple[int, int], list[tuple[int, bool]]] = {}
        for change in changes:
            key = (change.segment_id, change.person_id)
            assert self.seen.get(key, False) is not change.entered
            self.seen[key] = change.entered
            if change.occurred_at > before:
                emitted.setdefault(key, []).append((change.occurred_at, change.entered))
        for person in self.people - self.exempt:
            for segment, rule in self.rules.items():
                expected = self.truth_changes(rule, person, before, after)
                assert emitted.get((segment, person), []) == expected, (segment, person)
        self.met |= self.people

    def check(self) -> None:
        """Everybody is where the definition says."""
        for segment, rule in self.rules.items():
            inside = self.inside(rule)
            assert set(self.live.members(APP, segment)) == inside
            assert self.live.size(APP, segment) == len(inside)
            assert {person for (number, person), is_in in self.seen.items() if number == segment and is_in} == inside
        for person in PEOPLE:
            expected = [segment for segment in self.rules if self.live.contains(APP, segment, person)]
            assert self.live.memberships(APP, person) == expected

    def inside(self, rule: Rule) -> set[int]:
        """Who is in by the definition."""
        return {person for person in self.people if self.holds(rule, person, self.now)}

    def holds(self, rule: Rule, person: int, now: int) -> bool:
        return evaluate(rule, self.events.get(person, []), self.traits.get(person, {}), now, person)

    def truth_changes(self, rule: Rule, person: int, after: int, until: int) -> list[tuple[int, bool]]:
        """The instants in (after, until] at which the definition's answer changes; before somebody is there it is no."""
        events = self.events.get(person, [])
        first = after if person in self.met else min((event.occurred_at for event in events), default=until)
        answer = first <= after and self.holds(rule, person, after)
        found = []
        for instant in sorted(instants_of(rule, events, self.traits.get(person, {}), after, until)):
            now_true = instant >= first and self.holds(rule, person, instant)
            if now_true is not answer:
                assert (instant - 1 >= first and self.holds(rule, person, instant - 1)) is answer, "an instant was passed over"
                found.append((instant, now_true))
                answer = now_true
        return found
