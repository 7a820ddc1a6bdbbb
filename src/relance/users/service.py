"""Public interface of people: ``People`` is the tick's part and the only writer, ``Directory`` reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Connection, Engine

from relance.core.error_text import ErrorText
from relance.core.trimming import trimmed
from relance.infra.database import reading
from relance.users import reading as queries
from relance.users import store
from relance.users.consent_store import read_address_denials
from relance.users.errors import PersonNotFoundError
from relance.users.lists import Lists
from relance.users.model import GENERAL, Alias, Consent, ConsentStatement, Person, Subscription
from relance.users.people import People
from relance.users.pseudonyms import pseudonyms_of, use_secret
from relance.users.reach import count_reachable, read_named, read_refused
from relance.users.reading import PeopleReader, newest_traits, read_traits, read_traits_of
from relance.users.rekeying import rekey
from relance.users.withheld import HeldBack, HeldPlace, HoldReason, read_held_back

__all__ = [
    "Directory",
    "Lists",
    "People",
    "PeopleReader",
    "count_reachable",
    "newest_traits",
    "read_traits",
    "read_traits_of",
    "rekey",
    "use_secret",
]

_LARGEST_ID = (1 << 63) - 1


class Directory:
    """Reads of people. Every method concerns one app; merged ids lead to the current person.

    The methods for many people take roots and, optionally, an open connection.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def resolve(self, app_id: int, person: int, connection: Connection | None = None) -> int:
        """The root of a person's id. Raises ``PersonNotFoundError`` if it does not exist or was deleted."""
        with reading(self._engine, connection) as read:
            return self._root(read, app_id, person)

    def all_ids(self, app_id: int, person: int) -> tuple[int, ...]:
        """Every id the person ever had, ascending, including its own; history rows may carry any of them."""
        with reading(self._engine) as connection:
            return store.ids_of(connection, app_id, self._root(connection, app_id, person))

    def get(self, app_id: int, person: int) -> Person:
        """The profile. Raises ``PersonNotFoundError``."""
        with reading(self._engine) as connection:
            return queries.read_people(connection, app_id, [self._root(connection, app_id, person)])[0]

    def rule_facts(self, app_id: int, person: int) -> dict[str, Any]:
        """What rules may ask of a root: its traits, and beside them what the program made out itself."""
        with reading(self._engine) as connection:
            return queries.read_rule_facts(connection, app_id, person)

    def list(self, app_id: int, cursor: int = 0, limit: int = 50) -> Sequence[Person]:
        """People after ``cursor``, by id; the next cursor is the last one's id."""
        with reading(self._engine) as connection:
            return queries.read_page(connection, app_id, cursor, limit)

    def count(self, app_id: int) -> int:
        """How many people the app has."""
        with reading(self._engine) as connection:
            return queries.count_people(connection, app_id)

    def find(self, app_id: int, kind: str, value: str) -> Person | None:
        """The person that an alias names. The id is normalised as on ingestion, without invisible characters around it.

        E-mail addresses are compared in lower case.
        """
        text = trimmed(value).lower() if kind == "email" else trimmed(value)
        if "\x00" in text:
            return None
        with reading(self._engine) as connection:
            person = queries.find_alias(connection, app_id, kind, text)
            return None if person is None else queries.read_people(connection, app_id, [person])[0]

    def named(self, app_id: int, kind: str, values: Iterable[str]) -> dict[str, int]:
        """Value → person, for those that exist, normalised as in ``find``."""
        texts = {value: trimmed(value).lower() if kind == "email" else trimmed(value) for value in values if "\x00" not in value}
        with reading(self._engine) as connection:
            found = dict(store.read_aliases(connection, app_id, kind, sorted(set(texts.values())))) if texts else {}
        return {value: found[text] for value, text in texts.items() if text in found}

    def search(self, app_id: int, text: str, cursor: int = 0, limit: int = 50) -> Sequence[Person]:
        """People by name, by a prefix of an e-mail address, user id or anonymous id, or by person id; paged like ``list``."""
        text = trimmed(text)
        if not text or "\x00" in text:
            return []
        with reading(self._engine) as connection:
            found = set(queries.find_prefix(connection, app_id, text, cursor, limit))
            found.update(queries.find_named(connection, app_id, text, cursor, limit))
            if text.isascii() and text.isdigit() and cursor < int(text) <= _LARGEST_ID:
                found.add(queries.read_root(connection, app_id, int(text)))
            people = queries.read_people(connection, app_id, found)
        return [person for person in people if person.id > cursor][:limit]

    def aliases(self, app_id: int, person: int) -> Sequence[Alias]:
        """All ids that name the person."""
        with reading(self._engine) as connection:
            return queries.read_aliases_of(connection, app_id, self._root(connection, app_id, person))

    def subscriptions(self, app_id: int, person: int, channel: str | None = None) -> Sequence[Subscription]:
        """The person's addresses, on one channel or all."""
        with reading(self._engine) as connection:
            return queries.read_subscriptions(connection, app_id, [self._root(connection, app_id, person)], channel)

    def at(self, app_id: int, channel: str, address: str) -> Subscription | None:
        """The owner of an address, and its state."""
        with reading(self._engine) as connection:
            return next(iter(read_named(connection, app_id, channel, [address])), None)

    def holders(self, app_id: int, addresses: Iterable[tuple[str, str]]) -> Sequence[Subscription]:
        """Those of these (channel, address) that somebody has."""
        by_channel: dict[str, list[str]] = {}
        for channel, address in addresses:
            by_channel.setdefault(channel, []).append(address)
        with reading(self._engine) as connection:
            return [each for channel, some in by_channel.items() for each in read_named(connection, app_id, channel, some)]

    def subscription(self, app_id: int, subscription: int, connection: Connection | None = None) -> Subscription | None:
        """One subscription by its id."""
        with reading(self._engine, connection) as read:
            return queries.read_subscription(read, app_id, subscription)

    def consents(self, app_id: int, person: int) -> Sequence[Consent]:
        """What the person allows and refuses."""
        with reading(self._engine) as connection:
            return queries.read_consents_of(connection, app_id, [self._root(connection, app_id, person)])

    def general_consent(self, app_id: int, person: int, channel: str) -> Consent | None:
        """The statement that holds for all marketing on a channel; None if there is none, or the person does not exist."""
        with reading(self._engine) as connection:
            root = queries.find_root(connection, app_id, person)
            found = [] if root is None else queries.read_consents_of(connection, app_id, [root])
        return next((one for one in found if (one.channel, one.topic) == (channel, GENERAL)), None)

    def refuses(self, app_id: int, channel: str, address: str, topic: str) -> bool:
        """Whether this very address was refused explicitly."""
        key = pseudonyms_of(self._engine).address(app_id, channel, address)
        with reading(self._engine) as connection:
            return topic in read_address_denials(connection, app_id, [key]).get(key, ())

    def statements(
        self, app_id: int, person: int, before: tuple[int, str] | None = None, limit: int = 50
    ) -> Sequence[ConsentStatement]:
        """All consent statements about the person, newest record first."""
        with reading(self._engine) as connection:
            return queries.read_statements(connection, app_id, self._root(connection, app_id, person), before, limit)

    def refused(self, app_id: int, subscriptions: Sequence[Subscription]) -> dict[int, frozenset[str]]:
        """Subscription → the topics explicitly refused at that very address, whoever had it then."""
        with reading(self._engine) as connection:
            return read_refused(connection, app_id, subscriptions)

    def held_back(
        self,
        app_id: int,
        *,
        reason: HoldReason | None = None,
        person: int | None = None,
        before: HeldPlace | None = None,
        limit: int = 50,
    ) -> Sequence[HeldBack]:
        """Unproven calls of browsers that are held back, newest first: all, for one reason, or of one person."""
        with reading(self._engine) as connection:
            root = None if person is None else self._root(connection, app_id, person)
            return read_held_back(connection, app_id, reason=reason, person=root, before=before, limit=limit)

    def export(self, app_id: int, person: int) -> dict[str, Any]:
        """Everything the state store knows of one person, ready for JSON. The caller adds history."""
        with reading(self._engine) as connection:
            root = self._root(connection, app_id, person)
            found: dict[str, Any] = {
                "person": queries.read_people(connection, app_id, [root])[0],
                "aliases": queries.read_aliases_of(connection, app_id, root),
                "subscriptions": queries.read_subscriptions(connection, app_id, [root]),
                "consents": queries.read_consents_of(connection, app_id, [root]),
                "consent_records": queries.read_statements(connection, app_id, root, None, _LARGEST_ID),
                "merged": queries.read_merged(connection, app_id, root),
            }
        exported: dict[str, Any] = msgspec.to_builtins(found)
        return exported

    def profiles(self, app_id: int, persons: Collection[int], connection: Connection | None = None) -> dict[int, Person]:
        """Root → profile, of those that exist."""
        with reading(self._engine, connection) as read:
            return {person.id: person for person in queries.read_people(read, app_id, persons)}

    def named_today(self, app_id: int, persons: Collection[int]) -> dict[int, tuple[int, str | None]]:
        """Person → (the current person, its user id), of those that still exist."""
        with reading(self._engine) as connection:
            roots = dict(store.read_roots(connection, app_id, persons))
            ids = queries.read_user_ids(connection, app_id, {roots.get(person, person) for person in persons})
        return {person: (root, ids[root]) for person in persons if (root := roots.get(person, person)) in ids}

    def addresses(
        self, app_id: int, persons: Collection[int], channel: str, connection: Connection | None = None
    ) -> dict[int, Sequence[Subscription]]:
        """Root → its subscriptions on a channel, in any state; people without one are missing."""
        found: dict[int, Any] = {}
        with reading(self._engine, connection) as read:
            for row in queries.read_subscriptions(read, app_id, persons, channel):
                found.setdefault(row.person_id, []).append(row)
        return found

    def granted(
        self, app_id: int, persons: Collection[int], channel: str, topic: str, connection: Connection | None = None
    ) -> dict[int, bool]:
        """Root → whether it consents to the channel and topic; people without a statement are missing."""
        with reading(self._engine, connection) as read:
            rows = queries.read_consents_of(read, app_id, persons)
        return {row.person_id: row.granted for row in rows if (row.channel, row.topic) == (channel, topic)}

    def _root(self, connection: Connection, app_id: int, person: int) -> int:
        if 0 < person <= _LARGEST_ID:
            root = queries.find_root(connection, app_id, person)
            if root is not None:
                return root
        raise PersonNotFoundError(ErrorText("person_not_in_app", "There is no such person in this app."), person=person)
