"""All queries on people outside the tick. Private to this package; read-only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.encoding import from_json, to_json
from relance.infra.database import among, fetched, is_postgres
from relance.users.address_store import SUBSCRIPTIONS
from relance.users.consent_store import CONSENT_RECORDS, CONSENTS
from relance.users.model import (
    LISTS,
    Alias,
    AliasKind,
    Consent,
    ConsentStatement,
    MergeRecord,
    Person,
    Subscription,
    SubscriptionState,
)
from relance.users.profile import shown_traits
from relance.users.rule_facts import ALL, TABLED, ProfileFacts, facts_for_rules, tabled
from relance.users.searching import is_named, spellings, words_of
from relance.users.store import ABOUT, ALIASES, MERGED_USERS, TRAITS, USERS, read_rows, with_about
from relance.users.stored_preferences import preferences_in

_PEOPLE: sa.Select[Any] = sa.select(
    *(column for column in USERS.c if column.name not in ("active_at", "session_key")), TRAITS.c.traits
).join_from(USERS, TRAITS, (TRAITS.c.app_id == USERS.c.app_id) & (TRAITS.c.person_id == USERS.c.id))
_KNOWN = [sa.func.coalesce(ABOUT.c.facts, "") if name == "about" else USERS.c[name] for name in ProfileFacts._fields]
_WITH_FACTS: sa.Select[Any] = sa.select(TRAITS.c.person_id, TRAITS.c.traits, *_KNOWN).select_from(
    with_about(sa.join(TRAITS, USERS, (TRAITS.c.app_id == USERS.c.app_id) & (TRAITS.c.person_id == USERS.c.id)))
)
_PAGE = 5_000
_SPOTS = 50_000
_HAIR = 1e-6  # degrees: the database parses the number itself
Box = tuple[float, float, float, float]  # south, west, north, east, in degrees
Spots = tuple[Sequence[int], Sequence[float], Sequence[float]]
_AFTER_ALL_TEXT = "\U0010ffff"  # sorts after every text with the prefix before it


_MERGED_INTO = sa.select(MERGED_USERS.c.root_id).where(
    MERGED_USERS.c.app_id == sa.bindparam("app"), MERGED_USERS.c.from_id == sa.bindparam("person")
)
_ROOT = sa.select(USERS.c.id).where(
    USERS.c.app_id == sa.bindparam("app"),
    USERS.c.id == sa.func.coalesce(_MERGED_INTO.scalar_subquery(), sa.bindparam("person", type_=sa.BigInteger)),
)


def find_root(connection: Connection, app_id: int, person: int) -> int | None:
    """The person that an id leads to after merges; None if it does not exist or was deleted."""
    return connection.scalar(_ROOT, {"app": app_id, "person": person})


def read_root(connection: Connection, app_id: int, person: int) -> int:
    """The root of a person's id; the id itself if it was not merged."""
    query = sa.select(MERGED_USERS.c.root_id).where(MERGED_USERS.c.app_id == app_id, MERGED_USERS.c.from_id == person)
    return connection.scalar(query) or person


def read_people(connection: Connection, app_id: int, persons: Collection[int]) -> list[Person]:
    query = _PEOPLE.where(USERS.c.app_id == app_id, among(connection, USERS.c.id, persons)).order_by(USERS.c.id)
    return [_person(row) for row in connection.execute(query)]


def read_page(connection: Connection, app_id: int, after: int, limit: int) -> list[Person]:
    """People after ``after``, by id."""
    query = _PEOPLE.where(USERS.c.app_id == app_id, USERS.c.id > after).order_by(USERS.c.id).limit(limit)
    return [_person(row) for row in connection.execute(query)]


def read_rule_facts(connection: Connection, app_id: int, person: int) -> dict[str, Any]:
    """The facts and traits that rules see of one person; empty if it does not exist."""
    row = connection.execute(_WITH_FACTS.where(TRAITS.c.app_id == app_id, TRAITS.c.person_id == person)).one_or_none()
    if row is None:
        return {}
    return facts_for_rules(
        from_json(row.traits), ProfileFacts(*row[2:]), ALL, tabled(read_rows(connection, app_id, [person], ALL)[person])
    )


def read_traits(connection: Connection, app_id: int, asked: frozenset[str] = frozenset()) -> Iterator[tuple[int, dict[str, Any]]]:
    """(person, traits and facts for rules) of everyone in an app, by id, a page at a time.

    ``asked`` names the facts wanted besides those always included.
    """
    after = 0
    while rows := connection.execute(
        _WITH_FACTS.where(TRAITS.c.app_id == app_id, TRAITS.c.person_id > after).order_by(TRAITS.c.person_id).limit(_PAGE)
    ).all():
        yield from _with_facts(connection, app_id, rows, asked)
        after = rows[-1][0]


def _with_facts(
    connection: Connection, app_id: int, rows: Sequence[Any], asked: frozenset[str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    persons = [row.person_id for row in rows]
    found = read_rows(connection, app_id, persons, asked) if not asked.isdisjoint(TABLED) else {}
    for person, traits, *known in rows:
        yield (
            person,
            facts_for_rules(from_json(traits), ProfileFacts(*known), asked, tabled(found[person]) if person in found else None),
        )


def read_traits_of(
    connection: Connection, app_id: int, persons: Collection[int], asked: frozenset[str]
) -> dict[int, dict[str, Any]]:
    """Person → traits and facts for rules, including the facts ``asked``, of those that exist."""
    rows = connection.execute(_WITH_FACTS.where(TRAITS.c.app_id == app_id, among(connection, TRAITS.c.person_id, persons))).all()
    return dict(_with_facts(connection, app_id, rows, asked))


class PeopleReader:
    """The people of an app, read lazily."""

    def __init__(self, connection: Connection, app_id: int) -> None:
        self._connection = connection
        self._app_id = app_id

    def count(self) -> int:
        """How many there are."""
        return count_people(self._connection, self._app_id)

    def newest(self) -> int:
        """The largest id, 0 if there is nobody."""
        return self._connection.scalar(sa.select(sa.func.max(USERS.c.id)).where(USERS.c.app_id == self._app_id)) or 0

    def ids(self, after: int, limit: int) -> list[int]:
        """Their ids above ``after``, ascending."""
        query = sa.select(USERS.c.id).where(USERS.c.app_id == self._app_id, USERS.c.id > after)
        return [row[0] for row in fetched(self._connection, query.order_by(USERS.c.id).limit(limit))]

    def profiles(self, asked: frozenset[str] = frozenset()) -> Iterator[tuple[int, dict[str, Any]]]:
        """``read_traits``."""
        return read_traits(self._connection, self._app_id, asked)

    def mentioning(self, signs: Sequence[str]) -> Iterator[tuple[Sequence[int], Sequence[str]]]:
        """``read_mentioning``."""
        return read_mentioning(self._connection, self._app_id, signs)

    def spots(self, within: Box) -> Iterator[Spots]:
        """``read_spots``."""
        return read_spots(self._connection, self._app_id, within)


def read_mentioning(
    connection: Connection, app_id: int, signs: Sequence[str], after: int = 0
) -> Iterator[tuple[Sequence[int], Sequence[str]]]:
    """(persons, their traits) of everyone above ``after`` whose traits, as canonical JSON, contain any of these texts.

    By id, in portions. The database only searches the texts: the caller decides what the traits mean.
    """
    found = sa.func.strpos if is_postgres(connection) else sa.func.instr
    signed = sa.or_(sa.false(), *(found(TRAITS.c.traits, sign) > 0 for sign in signs))
    ordered = (
        sa.select(TRAITS.c.person_id, TRAITS.c.traits)
        .where(TRAITS.c.app_id == app_id, signed)
        .order_by(TRAITS.c.person_id)
        .limit(_PAGE)
    )
    while rows := fetched(connection, ordered.where(TRAITS.c.person_id > after)):
        persons, traits = zip(*rows, strict=True)
        yield persons, traits
        after = rows[-1][0]


def read_spots(connection: Connection, app_id: int, within: Box) -> Iterator[Spots]:
    """(persons, latitudes, longitudes) of everyone in an app last known to be in a box, by id, in portions; in degrees.

    The database filters on the facts: most people are elsewhere.
    """
    south, west, north, east = within
    facts = (sa.cast if is_postgres(connection) else sa.type_coerce)(ABOUT.c.facts, sa.JSON)
    latitude, longitude = (sa.cast(facts[name].as_string(), sa.Double) for name in ("latitude", "longitude"))
    inside = (latitude.between(south - _HAIR, north + _HAIR), longitude.between(west - _HAIR, east + _HAIR))
    known = sa.select(ABOUT.c.person_id, latitude, longitude).where(ABOUT.c.app_id == app_id, *inside)
    ordered = known.order_by(ABOUT.c.person_id).limit(_SPOTS)
    after = 0
    while rows := fetched(connection, ordered.where(ABOUT.c.person_id > after)):
        persons, latitudes, longitudes = zip(*rows, strict=True)
        yield persons, latitudes, longitudes
        after = rows[-1][0]


def newest_traits(connection: Connection, app_id: int, limit: int) -> list[dict[str, Any]]:
    """The traits of the newest people."""
    query = sa.select(TRAITS.c.traits).where(TRAITS.c.app_id == app_id).order_by(TRAITS.c.person_id.desc()).limit(limit)
    return [shown_traits(from_json(text)) for text in connection.scalars(query)]


def read_user_ids(connection: Connection, app_id: int, persons: Collection[int]) -> dict[int, str | None]:
    """Person → its user id, of those that exist."""
    query = sa.select(USERS.c.id, USERS.c.external_id).where(USERS.c.app_id == app_id, among(connection, USERS.c.id, persons))
    return {row.id: row.external_id for row in connection.execute(query)}


def count_people(connection: Connection, app_id: int) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(USERS).where(USERS.c.app_id == app_id)) or 0


def find_alias(connection: Connection, app_id: int, kind: str, value: str) -> int | None:
    query = sa.select(ALIASES.c.person_id).where(ALIASES.c.app_id == app_id, ALIASES.c.kind == kind, ALIASES.c.value == value)
    return connection.scalar(query)


def find_prefix(connection: Connection, app_id: int, text: str, after: int, limit: int) -> list[int]:
    """People with a user id, an anonymous id or an e-mail address that starts with the text, by id."""
    found: set[int] = set()
    for kind, start in ((AliasKind.EMAIL, text.lower()), (AliasKind.USER_ID, text), (AliasKind.ANONYMOUS_ID, text)):
        query = (
            sa.select(ALIASES.c.person_id)
            .where(
                ALIASES.c.app_id == app_id,
                ALIASES.c.kind == str(kind),
                ALIASES.c.value >= start,
                ALIASES.c.value < start + _AFTER_ALL_TEXT,
                ALIASES.c.person_id > after,
            )
            .distinct()
            .order_by(ALIASES.c.person_id)
            .limit(limit)
        )
        found.update(connection.scalars(query))
    return sorted(found)[:limit]


def find_named(connection: Connection, app_id: int, text: str, after: int, limit: int) -> list[int]:
    """People above ``after`` with words in their name or e-mail address that start like those of the text, by id."""
    wanted, found = words_of(text), list[int]()
    signs = [to_json(each)[1:-1] for each in spellings(text)]
    if not wanted or not signs:
        return found
    for persons, traits in read_mentioning(connection, app_id, signs, after):
        found.extend(person for person, each in zip(persons, traits, strict=True) if is_named(from_json(each), wanted))
        if len(found) >= limit:
            break
    return found[:limit]


def read_aliases_of(connection: Connection, app_id: int, person: int) -> list[Alias]:
    query = (
        sa.select(ALIASES.c.kind, ALIASES.c.value)
        .where(ALIASES.c.app_id == app_id, ALIASES.c.person_id == person)
        .order_by(ALIASES.c.kind, ALIASES.c.value)
    )
    return [Alias(row.kind, row.value) for row in connection.execute(query)]


def read_subscriptions(
    connection: Connection, app_id: int, persons: Collection[int], channel: str | None = None
) -> list[Subscription]:
    query = sa.select(SUBSCRIPTIONS).where(
        SUBSCRIPTIONS.c.app_id == app_id, among(connection, SUBSCRIPTIONS.c.person_id, persons)
    )
    if channel is not None:
        query = query.where(SUBSCRIPTIONS.c.channel == channel)
    return [_subscription(row) for row in connection.execute(query.order_by(SUBSCRIPTIONS.c.id))]


def read_subscription(connection: Connection, app_id: int, subscription: int) -> Subscription | None:
    query = sa.select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.app_id == app_id, SUBSCRIPTIONS.c.id == subscription)
    row = connection.execute(query).one_or_none()
    return None if row is None else _subscription(row)


def read_consents_of(connection: Connection, app_id: int, persons: Collection[int]) -> list[Consent]:
    query = (
        sa.select(CONSENTS)
        .where(CONSENTS.c.app_id == app_id, among(connection, CONSENTS.c.person_id, persons))
        .order_by(CONSENTS.c.person_id, CONSENTS.c.channel, CONSENTS.c.topic)
    )
    return [
        Consent(row.person_id, row.channel, row.topic, row.granted, row.source, row.changed_at, _is_explicit(row))
        for row in connection.execute(query)
    ]


def _is_explicit(row: sa.Row[Any]) -> bool:
    """Whether the statement that holds is the explicit one."""
    explicit = row.explicit_granted, row.explicit_source, row.explicit_at
    return bool(explicit == (row.granted, row.source, row.changed_at))


def read_statements(
    connection: Connection, app_id: int, person: int, before: tuple[int, str] | None, limit: int
) -> list[ConsentStatement]:
    """A person's consent statements, newest record first; ``before`` is (``recorded_at``, id) of the last one seen."""
    table = CONSENT_RECORDS.c
    query = sa.select(*(table[name] for name in ConsentStatement.__struct_fields__)).where(
        table.app_id == app_id, table.person_id == person
    )
    if before is not None:
        query = query.where(sa.or_(table.recorded_at < before[0], sa.and_(table.recorded_at == before[0], table.id < before[1])))
    rows = connection.execute(query.order_by(table.recorded_at.desc(), table.id.desc()).limit(limit)).mappings()
    return [ConsentStatement(**{**row, "proof": from_json(row["proof"])}) for row in rows]


def read_merged(connection: Connection, app_id: int, person: int) -> list[MergeRecord]:
    """The merges that made up the person, by id."""
    query = (
        sa.select(MERGED_USERS)
        .where(MERGED_USERS.c.app_id == app_id, MERGED_USERS.c.root_id == person)
        .order_by(MERGED_USERS.c.from_id)
    )
    return [MergeRecord(row.from_id, row.into_id, row.cause, row.message_id, row.merged_at) for row in connection.execute(query)]


def _person(row: sa.Row[Any]) -> Person:
    traits = from_json(row.traits)
    return Person(
        row.app_id,
        row.id,
        row.external_id,
        shown_traits(traits),
        row.country,
        row.timezone,
        row.language,
        row.first_seen,
        row.last_seen,
        row.session_at,
        row.version,
        row.created_at,
        tuple(traits.get(LISTS, ())),
        preferences_in(traits),
    )


def _subscription(row: sa.Row[Any]) -> Subscription:
    return Subscription(
        row.id,
        row.app_id,
        row.person_id,
        row.channel,
        row.address,
        from_json(row.secret),
        SubscriptionState.SUPPRESSED.value if row.suppressed else row.state,
        from_json(row.device),
        row.created_at,
        row.updated_at,
        row.suppressed or row.reason,
    )
