"""What messages need to know of their recipients, for many at once: addresses, consents, traits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.encoding import from_json
from relance.infra.database import among, fetched
from relance.users import about
from relance.users.address_store import SHOWN_REASON, SHOWN_STATE, SUBSCRIPTIONS
from relance.users.consent_store import CONSENTS, read_address_denials
from relance.users.devices import DEVICES
from relance.users.model import CHANNELS, NO_PREFERENCES, Preferences, Subscription, SubscriptionState
from relance.users.profile import shown_traits
from relance.users.pseudonyms import pseudonyms_of
from relance.users.rule_facts import to_moment
from relance.users.store import ABOUT, MERGED_USERS, TRAITS, USERS, with_about
from relance.users.stored_preferences import preferences_in
from relance.users.suppression import service as suppression

_DERIVED = {"state": SHOWN_STATE.label("state"), "reason": SHOWN_REASON.label("reason")}
_FIELDS = tuple(_DERIVED.get(name, SUBSCRIPTIONS.c[name]) for name in Subscription.__struct_fields__)


class PersonReach(msgspec.Struct, frozen=True):
    """One recipient. ``consents`` is channel → topic → granted.

    ``refused`` is subscription → the topics explicitly refused at that very address, whoever had it then; ``suppressed`` is
    subscription → why its address is on the suppression list.
    """

    person_id: int
    external_id: str | None
    traits: dict[str, Any]
    subscriptions: dict[int, Subscription]
    consents: dict[str, dict[str, bool]]
    refused: dict[int, frozenset[str]]
    suppressed: dict[int, str] = {}
    country: str | None = None
    timezone: str | None = None
    language: str | None = None
    preferences: Preferences = NO_PREFERENCES


def read_subscriptions(connection: Connection, app_id: int, persons: Collection[int]) -> dict[int, list[Subscription]]:
    """These persons' addresses, oldest first."""
    mine = (SUBSCRIPTIONS.c.app_id == app_id, among(connection, SUBSCRIPTIONS.c.person_id, persons))
    found: dict[int, list[Subscription]] = {}
    for values in fetched(connection, sa.select(*_FIELDS).where(*mine).order_by(SUBSCRIPTIONS.c.id)):
        number, app, person, channel, address, secret, state, device, *rest = values
        one = Subscription(number, app, person, channel, address, from_json(secret), state, from_json(device), *rest)
        found.setdefault(person, []).append(one)
    return found


def read_named(connection: Connection, app_id: int, channel: str, addresses: Collection[str]) -> list[Subscription]:
    """Those of these addresses that exist, by id."""
    wanted = (SUBSCRIPTIONS.c.app_id == app_id, SUBSCRIPTIONS.c.channel == channel)
    query = sa.select(*_FIELDS).where(*wanted, among(connection, SUBSCRIPTIONS.c.address, addresses)).order_by(SUBSCRIPTIONS.c.id)
    return [
        Subscription(**{**row, "secret": from_json(row["secret"]), "device": from_json(row["device"])})
        for row in connection.execute(query).mappings()
    ]


def count_reachable(connection: Connection, app_id: int, persons: Collection[int]) -> dict[str, int]:
    """How many of these persons have a usable address, by channel. Consent is checked per message."""
    mine = (SUBSCRIPTIONS.c.app_id == app_id, among(connection, SUBSCRIPTIONS.c.person_id, persons))
    writable = (SUBSCRIPTIONS.c.state == SubscriptionState.SUBSCRIBED.value, SUBSCRIPTIONS.c.suppressed == "")
    people = sa.func.count(SUBSCRIPTIONS.c.person_id.distinct())
    query = sa.select(SUBSCRIPTIONS.c.channel, people).where(*mine, *writable).group_by(SUBSCRIPTIONS.c.channel)
    found = {str(channel): int(count) for channel, count in connection.execute(query)}
    return {channel: found.get(channel, 0) for channel in sorted({*CHANNELS, *found})}


def read_traits_of(connection: Connection, app_id: int, persons: Collection[int]) -> dict[int, dict[str, Any]]:
    """The traits of those persons that exist."""
    query = sa.select(TRAITS.c.person_id, TRAITS.c.traits).where(
        TRAITS.c.app_id == app_id, among(connection, TRAITS.c.person_id, persons)
    )
    return {person: shown_traits(from_json(text)) for person, text in connection.execute(query)}


def read_zones_of(connection: Connection, app_id: int, persons: Collection[int]) -> dict[int, str]:
    """The time zones of those persons for whom one is known."""
    query = sa.select(USERS.c.id, USERS.c.timezone).where(
        USERS.c.app_id == app_id, USERS.c.timezone.is_not(None), among(connection, USERS.c.id, persons)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


class KnownFacts(msgspec.Struct, frozen=True):
    """What was determined about one person, by the names that rules use; ``last_visit`` (ms) is when they were last present or,
    if they never were, when they became known."""

    facts: dict[str, Any]
    last_visit: int


def read_facts_of(connection: Connection, app_id: int, persons: Collection[int]) -> dict[int, KnownFacts]:
    """The facts about those persons that exist."""
    columns = ("country", "language", "timezone", "first_seen", "last_seen", "session_count")
    query = (
        sa.select(USERS.c.id, sa.func.coalesce(ABOUT.c.facts, ""), *(USERS.c[name] for name in columns))
        .select_from(with_about(USERS))
        .where(USERS.c.app_id == app_id, among(connection, USERS.c.id, persons))
    )
    found = {}
    for person, described, country, language, timezone, first_seen, last_seen, sessions in fetched(connection, query):
        facts = {name: value for name, value in about.read(described).items() if name != DEVICES}
        facts |= {"country": country, "language": language, "time_zone": timezone, "sessions": sessions}
        facts |= {"first_seen": to_moment(first_seen), "last_seen": to_moment(last_seen)}
        known = {name: value for name, value in facts.items() if value is not None}
        found[person] = KnownFacts(known, last_seen)
    return found


def read_refused(connection: Connection, app_id: int, subscriptions: Collection[Subscription]) -> dict[int, frozenset[str]]:
    """Subscription → the topics explicitly refused at its address."""
    key_of = pseudonyms_of(connection).address
    keys = {key_of(app_id, each.channel, each.address): each.id for each in subscriptions}
    if not keys:
        return {}
    return {keys[key]: topics for key, topics in read_address_denials(connection, app_id, keys).items()}


def read_suppressed(connection: Connection, app_id: int, subscriptions: Collection[Subscription]) -> dict[int, str]:
    """Subscription → why its address is on the suppression list, of those whose address is."""
    ids = {(each.channel, each.address): each.id for each in subscriptions}
    return {ids[key]: reason for key, reason in suppression.listed(connection, app_id, ids).items()}


def read_merged(connection: Connection, app_id: int, persons: Collection[int]) -> dict[int, int]:
    """The current person of each of these, after all merges, whether or not it exists."""
    merged = sa.select(MERGED_USERS.c.from_id, MERGED_USERS.c.root_id).where(
        MERGED_USERS.c.app_id == app_id, among(connection, MERGED_USERS.c.from_id, persons)
    )
    moved = dict(fetched(connection, merged))
    return {person: moved.get(person, person) for person in persons}


def read_roots(connection: Connection, app_id: int, persons: Collection[int]) -> dict[int, int]:
    """The current person of each of these, after all merges; deleted ones are left out."""
    roots = read_merged(connection, app_id, persons)
    there = sa.select(USERS.c.id).where(USERS.c.app_id == app_id, among(connection, USERS.c.id, sorted(set(roots.values()))))
    known = set(connection.execute(there).scalars())
    return {person: root for person, root in roots.items() if root in known}


def read_reach(connection: Connection, app_id: int, persons: Collection[int]) -> dict[int, PersonReach]:
    """Everything, for those persons that exist."""
    subscriptions = read_subscriptions(connection, app_id, persons)
    consents: dict[int, dict[str, dict[str, bool]]] = {}
    wanted = (CONSENTS.c.person_id, CONSENTS.c.channel, CONSENTS.c.topic, CONSENTS.c.granted)
    mine = (CONSENTS.c.app_id == app_id, among(connection, CONSENTS.c.person_id, persons))
    for person, channel, topic, granted in fetched(connection, sa.select(*wanted).where(*mine)):
        consents.setdefault(person, {}).setdefault(channel, {})[topic] = bool(granted)
    every = [each for some in subscriptions.values() for each in some]
    refused, suppressed = read_refused(connection, app_id, every), read_suppressed(connection, app_id, every)
    query = (
        sa.select(USERS.c.id, USERS.c.external_id, TRAITS.c.traits, USERS.c.country, USERS.c.timezone, USERS.c.language)
        .join_from(USERS, TRAITS, (TRAITS.c.app_id == USERS.c.app_id) & (TRAITS.c.person_id == USERS.c.id))
        .where(USERS.c.app_id == app_id, among(connection, USERS.c.id, persons))
    )
    return {
        person: PersonReach(
            person,
            external,
            shown_traits(stored),
            {each.id: each for each in subscriptions.get(person, ())},
            consents.get(person, {}),
            {each.id: refused[each.id] for each in subscriptions.get(person, ()) if each.id in refused},
            {each.id: suppressed[each.id] for each in subscriptions.get(person, ()) if each.id in suppressed},
            country,
            timezone,
            language,
            preferences_in(stored),
        )
        for person, external, traits, country, timezone, language in fetched(connection, query)
        for stored in (from_json(traits),)
    }
