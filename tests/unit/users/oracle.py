"""Identity as the plainest possible list of people, written from the rules and not from the program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from relance.events.model import Event


@dataclass
class Someone:
    id: int
    ids: set[tuple[str, str]] = field(default_factory=set)
    state: str = "alive"  # alive, merged, deleted
    into: int = 0

    @property
    def known(self) -> bool:
        return any(kind == "user_id" for kind, _ in self.ids)


class Oracle:
    """Feed events in log order; ``owners`` then says whose each is, 0 for nobody."""

    def __init__(self) -> None:
        self.people: list[Someone] = []
        self.tombstones: list[tuple[tuple[str, str], int]] = []
        self.placed: list[int] = []

    def owners(self) -> list[int]:
        return [self.root(person) if person else 0 for person in self.placed]

    def root(self, person: int) -> int:
        while self.people[person - 1].state == "merged":
            person = self.people[person - 1].into
        return person

    def feed(self, events: Sequence[Event]) -> None:
        for event in events:
            self.placed.append(self.place(event))

    def place(self, event: Event) -> int:
        body = json.loads(event.body)
        if event.kind == "merge":
            return self.merge(self.alive(body["from"]), self.alive(body["into"]))
        if event.kind == "delete":
            self.delete(self.alive(body["person"]), event.occurred_at)
            return 0
        if event.person_id:
            return self.alive(event.person_id)
        if event.kind == "alias" and event.user_id and body["previous_id"] not in ("", event.user_id):
            self.alias(event, body["previous_id"])
        return self.by_ids(event)

    def find(self, kind: str, value: str) -> int:
        return next((one.id for one in self.people if one.state == "alive" and (kind, value) in one.ids), 0)

    def alive(self, person: int) -> int:
        if not 0 < person <= len(self.people):
            return 0
        root = self.root(person)
        return root if self.people[root - 1].state == "alive" else 0

    def dead(self, kind: str, value: str, occurred_at: int) -> bool:
        return any(key == (kind, value) and occurred_at <= deleted_at for key, deleted_at in self.tombstones)

    def start(self) -> int:
        self.people.append(Someone(len(self.people) + 1))
        return len(self.people)

    def by_ids(self, event: Event) -> int:
        user, anonymous = event.user_id, event.anonymous_id
        if user and self.dead("user_id", user, event.occurred_at):
            return 0
        if anonymous and self.dead("anonymous_id", anonymous, event.occurred_at):
            anonymous = ""
        by_user = self.find("user_id", user) if user else 0
        by_anonymous = self.find("anonymous_id", anonymous) if anonymous else 0
        if not user and not anonymous:
            return 0
        if not user:
            return by_anonymous or self.give(self.start(), "anonymous_id", anonymous)
        if by_anonymous and by_anonymous != by_user:
            if self.people[by_anonymous - 1].known:
                return by_user or self.give(self.start(), "user_id", user)
            if by_user:
                return self.merge(by_anonymous, by_user)
            return self.give(by_anonymous, "user_id", user)
        person = by_user or self.give(self.start(), "user_id", user)
        return self.give(person, "anonymous_id", anonymous) if anonymous else person

    def alias(self, event: Event, previous: str) -> None:
        keys = ("user_id", previous), ("anonymous_id", previous)
        if any(self.dead(kind, value, event.occurred_at) for kind, value in (("user_id", event.user_id), *keys)):
            return
        person = self.find("user_id", event.user_id)
        earlier = self.find(*keys[0]) or self.find(*keys[1])
        if earlier and person:
            self.merge(earlier, person)
        elif earlier:
            self.give(earlier, "user_id", event.user_id)
        else:
            person = person or self.give(self.start(), "user_id", event.user_id)
            for kind, value in keys:
                self.give(person, kind, value)

    def give(self, person: int, kind: str, value: str) -> int:
        self.people[person - 1].ids.add((kind, value))
        return person

    def merge(self, loser: int, winner: int) -> int:
        if loser and winner and loser != winner:
            self.people[winner - 1].ids |= self.people[loser - 1].ids
            self.people[loser - 1].state, self.people[loser - 1].into = "merged", winner
        return winner if loser else 0

    def delete(self, person: int, occurred_at: int) -> None:
        if person:
            one = self.people[person - 1]
            one.state = "deleted"
            self.tombstones += [(key, occurred_at) for key in one.ids]
