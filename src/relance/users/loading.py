"""Bringing into a ``WorkingSet`` what a tick's events can touch, by a few statements for each app and piece of the tick."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from sqlalchemy.engine import Connection

from relance.users import store
from relance.users.address_store import read_addresses, read_addresses_of, read_subscription_keys
from relance.users.consent_store import has_address_grants, read_address_grants, read_standings
from relance.users.edits import lists_of
from relance.users.facts import ADDRESS_SOURCES
from relance.users.folding import (
    ProfileUpdate,
    addresses_of,
    answered_addresses,
    speaks_of_consent,
    subscription_ids_of,
)
from relance.users.identity import ANONYMOUS, USER
from relance.users.model import ProfileEvent
from relance.users.preferences import decides
from relance.users.suppression import service as suppression
from relance.users.voice import TRUSTED, is_doubted
from relance.users.working_set import WorkingSet

COMMANDS = frozenset(("alias", "merge", "delete"))


class Join(NamedTuple):
    """A merge to fold. ``is_command``: an operator or a server asked for it by the ids of the two people."""

    app_id: int
    loser: int
    winner: int
    received_at: int
    is_command: bool


Merges = dict[int, list[Join]]
"""Entry of the folded events → the merges that take place just before it; the entry after the last → those at the end."""
Due = dict[tuple[int, int], list[ProfileUpdate]]
"""(app, person) → what was held back and is due now."""


class AliasLookup:
    """Ids of one app that events name and memory lacks."""

    def __init__(self, working_set: WorkingSet) -> None:
        self.working_set = working_set
        self.users: set[str] = set()
        self.anonymous: set[str] = set()
        self.persons: set[int] = set()

    def look(self, events: Sequence[ProfileEvent]) -> None:
        """Note what the events, all of this app, name."""
        identity = self.working_set.identity
        if not COMMANDS.isdisjoint({event.kind for event in events}):
            for event in events:
                if event.kind in COMMANDS:
                    self._look_command(event)
        self.persons.update({event.person_id for event in events}.difference(identity.people, (0,)))
        named = [event for event in events if not event.person_id]
        self._look_for({event.user_id for event in named}, identity.users, self.users)
        self._look_for({event.anonymous_id for event in named}, identity.anonymous, self.anonymous)

    def _look_for(self, values: set[str], known: dict[str, int], wanted: set[str]) -> None:
        values.discard("")
        missing = values.difference(known)
        wanted |= missing
        self.persons.update([known[value] for value in values - missing])

    def _look_command(self, event: ProfileEvent) -> None:
        body = command_body(event)
        if event.kind == "alias":
            previous = previous_id(body)
            if previous:
                self.users.add(previous)
                self.anonymous.add(previous)
            return
        self.persons.update(person for name in ("from", "into", "person") if (person := person_in(body, name)))

    def load(self, connection: Connection) -> None:
        """Load the aliases, then the people they and the events name."""
        working_set = self.working_set
        identity = working_set.identity
        self._load_aliases(connection, USER, self.users, identity.users, working_set.old_users, working_set.cold_cache.users)
        self._load_aliases(
            connection, ANONYMOUS, self.anonymous, identity.anonymous, working_set.old_anonymous, working_set.cold_cache.anonymous
        )
        persons = set(map(identity.root, self.persons)) if identity.forward else self.persons
        missing = {person for person in persons.difference(identity.people) if not working_set.find_person(person)}
        missing -= load_people(connection, working_set, missing)
        if missing:
            merged = store.read_roots(connection, working_set.app_id, missing)
            for person, root in merged:
                identity.forward[person] = working_set.folded[person] = root
            load_people(connection, working_set, {root for _, root in merged if not working_set.find_person(root)})

    def _load_aliases(
        self,
        connection: Connection,
        kind: str,
        values: set[str],
        new: dict[str, int],
        old: dict[str, int],
        cached: Callable[[set[str]], dict[str, int]],
    ) -> None:
        identity = self.working_set.identity
        found = {value: old.pop(value) for value in values if value in old} if old else {}
        found |= cached(values.difference(found) if found else values)
        missing = values.difference(found) if len(found) < len(values) else set()
        if missing:
            found.update(store.read_aliases(connection, self.working_set.app_id, kind, missing))
        if identity.forward:
            # Merges that are decided and not written the store does not know yet, and others none of them.
            found = {value: identity.root(person) for value, person in found.items()}
        new.update(found)
        self.persons.update(found.values())
        if missing and self.working_set.has_tombstones:
            identity.tombstones.update(store.read_tombstones(connection, self.working_set.app_id, kind, missing))


def bring(connection: Connection, working_set: WorkingSet, persons: Collection[int]) -> None:
    """Have the people's profiles to work on."""
    people = working_set.identity.people
    missing = {person for person in persons if person not in people and not working_set.find_person(person)}
    if missing:
        load_people(connection, working_set, missing)


def load_people(connection: Connection, working_set: WorkingSet, persons: set[int]) -> set[int]:
    """Bring into memory the people's profiles; returns those that exist."""
    found = working_set.cold_cache.take(persons)
    missing = persons.difference(found)
    if missing:
        found |= store.read_profiles(connection, working_set.app_id, missing)
    working_set.identity.people.update(found)
    return set(found)


class ProfileNeeds:
    """What notes and merges will read of one app: traits, then the addresses they touch."""

    def __init__(self) -> None:
        self.speakers: set[int] = set()
        self.addresses: set[tuple[str, str]] = set()
        self.named: list[int] = []
        self.consenting: set[int] = set()
        self.claims: dict[tuple[str, str], set[int]] = {}  # (channel, address) with one reader → who claims it
        self.answers = False  # whether anybody is answered for explicitly
        self.answered: set[tuple[str, str]] = set()  # such keys that such an answer names
        self.asks_owners = False  # whether it matters whose the addresses are

    def look(self, note: ProfileUpdate, person: int) -> None:
        """Note which addresses it touches, and whether as somebody's."""
        self.addresses.update(addresses_of(note))
        for key in _addresses_in(note.traits) if note.traits else ():
            self.addresses.add(key)
            self.claims.setdefault(key, set()).add(person)
        if note.edit is not None:
            self.answers |= "consent" in note.edit
            self.answered.update(answered_addresses(note.edit))

    def load(self, connection: Connection, working_set: WorkingSet) -> None:
        """Load it all."""
        self._load_traits(connection, working_set)
        if self.named:
            working_set.named = read_subscription_keys(connection, working_set.app_id, self.named)
            self.addresses.update(working_set.named.values())
        if self.claims and not working_set.is_answered:  # answers of nobody's are written beside the ticks
            working_set.is_answered = has_address_grants(connection, working_set.app_id)
        if self.claims and (self.answers or working_set.is_answered):
            self._look_for_refusals(connection, working_set)
        if self.answered:
            self._look_for_owners(connection, working_set)
        self._load_consents(connection, working_set)
        missing = _by_channel(key for key in self.addresses if not working_set.find_address(key))
        for channel, addresses in missing.items():
            for row in read_addresses(connection, working_set.app_id, channel, addresses):
                working_set.addresses[channel, row.address] = row
        working_set.suppressed |= suppression.listed(
            connection, working_set.app_id, self.addresses - working_set.suppressed.keys()
        )
        if self.asks_owners:
            bring(
                connection,
                working_set,
                {working_set.owner(working_set.addresses[key]) for key in self.addresses if key in working_set.addresses},
            )

    def _look_for_refusals(self, connection: Connection, working_set: WorkingSet) -> None:
        """What was refused explicitly at an address with one reader is refused by whoever claims it."""
        for channel, addresses in _by_channel(self.claims).items():
            for key, topics in read_address_grants(connection, working_set.app_id, channel, addresses).items():
                for topic, grant in topics.items():
                    working_set.know_grant(key, topic, grant)
        for key, persons in self.claims.items():
            if self.answers or key in working_set.said_of:
                self.consenting |= persons

    def _look_for_owners(self, connection: Connection, working_set: WorkingSet) -> None:
        """… and by whoever has it when that is said."""
        missing = _by_channel(key for key in self.answered if not working_set.find_address(key))
        for channel, addresses in missing.items():
            for row in read_addresses(connection, working_set.app_id, channel, addresses):
                working_set.addresses[channel, row.address] = row
        owners = {working_set.owner(working_set.addresses[key]) for key in self.answered if key in working_set.addresses}
        bring(connection, working_set, owners)
        self.consenting |= owners.intersection(working_set.identity.people)

    def _load_consents(self, connection: Connection, working_set: WorkingSet) -> None:
        """What people said before, and the addresses they have: what they say now is about these, too."""
        new = self.consenting.difference(working_set.standings)
        if not new:
            return
        working_set.standings.update({person: {} for person in new})
        for person, key, standing in read_standings(connection, working_set.app_id, new):
            working_set.standings[person][key] = standing
        for row in read_addresses_of(connection, working_set.app_id, new):
            key = row.channel, row.address
            if not working_set.find_address(key):
                working_set.addresses[key] = row
            working_set.held.setdefault(row.person_id, set()).add(key)

    def _load_traits(self, connection: Connection, working_set: WorkingSet) -> None:
        people = working_set.identity.people
        load_traits(connection, working_set, self.speakers)
        for person in self.speakers:
            self.addresses.update(_addresses_in(people[person].traits or {}))


def _addresses_in(traits: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = [(channel, read(traits[trait], None)) for channel, trait, read in ADDRESS_SOURCES if trait in traits]
    return [(channel, address) for channel, address in found if address]


def _by_channel(keys: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for channel, address in keys:
        found.setdefault(channel, []).append(address)
    return found


def load_traits(connection: Connection, working_set: WorkingSet, persons: Collection[int]) -> None:
    """Bring the traits of people who are in memory there too."""
    people = working_set.identity.people
    missing = [person for person in persons if people[person].traits is None]
    if missing:
        for person, traits in store.read_traits(connection, working_set.app_id, missing):
            people[person].traits = traits
            working_set.open.append(people[person])


def needs_of(
    events: Sequence[ProfileEvent], then: Sequence[int], notes: Sequence[ProfileUpdate | None], merges: Merges, due: Due
) -> dict[int, ProfileNeeds]:
    """App → what its notes and merges will read."""
    found: dict[int, ProfileNeeds] = {}
    for joins in merges.values():
        for app_id, loser, winner, _, _ in joins:
            need = found.setdefault(app_id, ProfileNeeds())
            need.speakers.update((loser, winner))
            need.consenting.update((loser, winner))
            found.setdefault(app_id, ProfileNeeds()).speakers.update((loser, winner))
    for (app_id, person), held in due.items():
        need = found.setdefault(app_id, ProfileNeeds())
        need.speakers.add(person)
        for one in held:
            need.look(one, person)
            if speaks_of_consent(one):
                need.consenting.add(person)
    if not any(notes):
        return found
    for event, person, note in zip(events, then, notes, strict=True):
        if note is None:
            continue
        need = found.setdefault(event.app_id, ProfileNeeds())
        need.look(note, person)
        need.asks_owners |= event.flags & TRUSTED > 0
        if note.traits is not None or lists_of(note.edit) or decides(note.edit):
            need.speakers.add(person)
        if speaks_of_consent(note):
            need.consenting.add(person)
        if note.edit is not None:
            need.named.extend(subscription_ids_of(note))
    return found


def recall(events: Sequence[ProfileEvent], working_sets: Mapping[int, WorkingSet]) -> list[int]:
    """The person of each event as far as memory alone tells; 0 where it must be decided.

    Nearly every event carries only ids that are known, of one person. No decision about another event can change
    that but a merge; no command is among the events.
    """
    then: list[int] = []
    append = then.append
    app_id, has_tombstones = 0, False
    for event in events:
        if event.app_id != app_id:
            app_id = event.app_id
            identity = working_sets[app_id].identity
            users, anonymous, people, forward = identity.users, identity.anonymous, identity.people, identity.forward
            has_tombstones = bool(identity.tombstones)
        person: int | None = event.person_id
        if not person and not has_tombstones:
            user, device = event.user_id, event.anonymous_id
            person = users.get(user) if user else anonymous.get(device)
            if device and user and anonymous.get(device) != person and not is_doubted(event.flags):
                person = 0
        append(person if person and person in people and person not in forward else 0)
    return then


def ask_cold_caches(
    events: Sequence[ProfileEvent], working_sets: Mapping[int, WorkingSet], then: list[int], unsure: list[int]
) -> list[int]:
    """Fill ``then`` where all ids that an event carries name one person who is, and stays, in the cold cache; returns the rest.

    As for ``recall``: nothing but a merge can change that, and no command is among the events.
    """
    for app_id, working_set in working_sets.items():
        if not len(working_set.cold_cache):
            continue
        asked = unsure if len(working_sets) == 1 else [index for index in unsure if events[index].app_id == app_id]
        known = [index for index in asked if events[index].person_id]
        persons = working_set.cold_cache.among(np.array([events[index].person_id for index in known], dtype=np.int64))
        named = [] if working_set.identity.tombstones else [index for index in asked if not events[index].person_id]
        persons += working_set.cold_cache.owners([events[i].user_id for i in named], [_device(events[i]) for i in named])
        for index, person in zip((*known, *named), persons, strict=True):
            then[index] = person
    return [index for index in unsure if not then[index]]


def _device(event: ProfileEvent) -> str:
    """The anonymous id that says whose an event is; beside a user id that nobody proved it says nothing."""
    return "" if event.user_id and is_doubted(event.flags) else event.anonymous_id


def command_body(event: ProfileEvent) -> dict[str, Any]:
    """The data of an alias, merge or delete record; empty if it is no object."""
    try:
        body = msgspec.json.decode(event.body)
    except msgspec.DecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def previous_id(body: dict[str, Any]) -> str:
    """The id that an alias record gives up, empty if there is none."""
    previous = body.get("previous_id")
    return previous if isinstance(previous, str) and "\x00" not in previous else ""


def person_in(body: dict[str, Any], name: str) -> int:
    """A person id in a command's data, 0 if there is none."""
    value = body.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 62 else 0
