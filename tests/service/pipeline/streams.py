"""Random streams about a few people on a few devices, played to a rig, and what a rig has made of them, without person ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from hypothesis import strategies as st

from relance.core.encoding import from_json, to_json
from relance.core.places import read_location
from relance.events.model import Event, Kind, heard_name
from relance.events.service import EVENTS, resolved_events
from relance.infra.database import reading
from relance.segments.definition.evaluate import RuleEvent, evaluate
from relance.segments.query.preview import preview
from relance.segments.rule.meaning import meaning
from relance.segments.rule.tree import Rule
from relance.users.model import AliasKind
from relance.users.service import PeopleReader
from tests.service.pipeline.rig import START, Rig
from tests.unit.segments.every_kind import context_of, every_leaf, gaps, on_events, properties, traits, trees

PEOPLE, DEVICES = ("ada", "bob", "cleo"), ("desk", "phone", "tablet")
IDS = (AliasKind.USER_ID.value, AliasKind.ANONYMOUS_ID.value)
Name = frozenset[tuple[str, str]]  # a person, by its ids in others' systems

rules = trees(st.one_of(on_events, on_events, traits()))
rules_of_every_kind = trees(every_leaf)


class Act(NamedTuple):
    """One record: ``gap`` after the one before, about what happened ``delay`` earlier."""

    what: str
    gap: int
    user: str
    device: str
    other: str
    delay: int
    properties: dict[str, Any]


class Edit(NamedTuple):
    """The first segment gets another rule."""

    rule: Any


acts = st.builds(
    Act,
    st.sampled_from(["viewed"] * 4 + ["bought"] * 4 + ["session_started"] + ["identify"] * 4 + ["alias", "merge", "delete"]),
    gaps,
    st.sampled_from(("", *PEOPLE)),
    st.sampled_from(("", *DEVICES)),
    st.sampled_from((*PEOPLE, *DEVICES)),
    st.one_of(st.just(0), st.just(0), st.just(0), gaps),
    properties,
)
steps = st.one_of(acts, acts, acts, acts, acts, acts, st.builds(Edit, rules))


class Player:
    """Plays a stream to a rig. ``number`` counts records, so that two players give them the same message ids."""

    def __init__(self, rig: Rig, chosen: Sequence[Any]) -> None:
        self.rig = rig
        self.at = 0
        self.segments = [rig.segments.create(rig.app, f"s{place}", rule, START).id for place, rule in enumerate(chosen)]
        rig.definitions_changed()
        rig.settle()

    def record(self, act: Act) -> Event | None:
        """The record that an act writes; None for a command about nobody."""
        self.at += act.gap
        rig, user, device = self.rig, act.user, act.device
        if not user and not device:
            device = DEVICES[0]
        ids = {"user_id": user, "anonymous_id": device, "received_at": START + self.at}
        if act.what == "identify":
            return rig.event(
                Kind.IDENTIFY, "", self.at, {"a": act.properties.get("a", 1)}, **{**ids, "user_id": user or PEOPLE[0]}
            )
        if act.what == "alias":
            return rig.event(Kind.ALIAS, "", self.at, {"previous_id": act.other}, user_id=user or PEOPLE[0])
        if act.what in ("merge", "delete"):
            return self._command(act)
        context = to_json(context_of(act.properties)).encode()
        return rig.event(Kind.TRACK, act.what, self.at - act.delay, act.properties, context=context, **ids)

    def _command(self, act: Act) -> Event | None:
        persons = [self.find(act.user or PEOPLE[0]), self.find(act.other)]
        if act.what == "delete":
            gone = persons[1]
            return self.rig.event(Kind.DELETE, "", self.at, {"person": gone}, person_id=gone) if gone else None
        if not all(persons):
            return None
        return self.rig.event(Kind.MERGE, "", self.at, {"into": persons[0], "from": persons[1]}, person_id=persons[0])

    def find(self, value: str) -> int:
        kind = IDS[0] if value in PEOPLE else IDS[1]
        found = self.rig.people.find(self.rig.app, kind, value)
        return found.id if found else 0

    def edit(self, step: Edit) -> None:
        segments, app = self.rig.segments, self.rig.app
        segments.update(app, self.segments[0], segments.get(app, self.segments[0]).version, START + self.at, rule=step.rule)
        self.rig.definitions_changed()

    def slowly(self, step: Act | Edit) -> None:
        """All is at rest at the instant of each record before it is written, and again behind it."""
        if isinstance(step, Edit):
            self.edit(step)
        else:
            record = self.record(step)
            self.rig.settle(self.at)
            self.rig.number += record is None
            self.rig.write(*([record] if record else []))
        self.rig.settle(self.at)

    def at_once(self, group: Sequence[Act | Edit]) -> None:
        """Some records in one commit, and an edit among them; then all comes to rest, long after the last of them."""
        records = []
        for step in group:
            if isinstance(step, Edit):
                self.edit(step)
            elif record := self.record(step):
                records.append(record)
        self.rig.clock.advance(START + self.at)
        self.rig.write(*records)
        self.rig.settle(self.at)


class Found:
    """What a rig has come to."""

    def __init__(self, player: Player) -> None:
        rig, app = player.rig, player.rig.app
        self.rig, self.segments = rig, player.segments
        self.name_of: dict[int, Name] = {}
        self.people: dict[Name, Any] = {}
        for person in rig.people.list(app, limit=1000):
            ids = frozenset((each.kind, each.value) for each in rig.people.aliases(app, person.id))
            self.name_of[person.id] = ids
            self.people[ids] = (person.external_id, person.traits, person.first_seen, person.last_seen, person.session_at)
        self.members = [{self.name_of.get(each, each) for each in rig.members(number)} for number in self.segments]

    def changes(self) -> list[tuple[Any, ...]]:
        """(person, what happened, segment's place, instant) of whoever is still there."""
        events = resolved_events(
            EVENTS.c.event.in_(["segment_entered", "segment_left", "segment_merged"]), EVENTS.c.app_id == self.rig.app
        )
        wanted = sa.select(events.c.person_id, events.c.event, events.c.properties, events.c.occurred_at)
        return sorted(
            (sorted(self.name_of[person]), event, self.segments.index(from_json(body)["segment"]), instant - START)
            for person, event, body, instant in self.rig.parts.history.run(wanted)
        )

    def defined(self) -> list[set[Name]]:
        """The members by the definition, over this rig's own history."""
        rig, app, now = self.rig, self.rig.app, self.rig.clock.now()
        events = resolved_events(EVENTS.c.app_id == app)
        names = ("person_id", "event", "occurred_at", "position", "properties", "context", "kind")
        columns = [events.c[name] for name in names]
        past: dict[int, list[RuleEvent]] = {}
        for person, event, occurred_at, position, body, context, kind in rig.parts.history.run(sa.select(*columns)):
            past.setdefault(person, []).append(
                RuleEvent(
                    heard_name(event, kind),
                    occurred_at,
                    position,
                    from_json(body),
                    read_location(from_json(context).get("location")),
                )
            )
        assert past.keys() <= self.name_of.keys()
        return [
            {
                name
                for person, name in self.name_of.items()
                if evaluate(rule, past.get(person, []), rig.people.rule_facts(app, person), now, person)
            }
            for rule in self._rules()
        ]

    def queried(self) -> list[set[Name]]:
        """The members as a query over this rig's history finds them."""
        rig, now = self.rig, self.rig.clock.now()
        with reading(rig.state) as connection:
            everybody = PeopleReader(connection, rig.app)
            previews = [preview(rule, rig.app, rig.parts.history, everybody, now) for rule in self._rules()]
        assert [each.count for each in previews] == [len(each.sample) for each in previews]
        return [{self.name_of[person] for person in each.sample} for each in previews]

    def _rules(self) -> list[Rule]:
        segments, app = self.rig.segments, self.rig.app
        return [meaning(segments.get(app, number).rule, lambda _segment: None) for number in self.segments]

    def emitted(self) -> list[tuple[Any, ...]]:
        """Whose each outside event is, and when it happened."""
        events = resolved_events(EVENTS.c.app_id == self.rig.app, EVENTS.c.kind != "derived")
        wanted = sa.select(events.c.person_id, events.c.event, events.c.message_id, events.c.occurred_at)
        rows = self.rig.parts.history.run(wanted)
        return sorted((sorted(self.name_of[row[0]]), *row[1:]) for row in rows)
