"""The tables of people and every statement on them. Private to this package."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.encoding import from_json, to_canonical_json
from relance.core.partitions import first_id
from relance.infra.bulk import deleting, inserting, updating
from relance.infra.database import STATE, among, fetched, upsert
from relance.users.address_store import (
    DELETE_ADDRESSES,
    MOVE_ADDRESSES,
    SHOWN_STATE,
    SUBSCRIPTIONS,
    read_addresses_of,
    write_addresses,
    write_suppressions,
)
from relance.users.consent_store import CONSENTS, DELETE_CONSENTS, DELETE_RECORDS, MOVE_RECORDS, leave_refusals, write_consents
from relance.users.deletion_requests import service as deletion_requests
from relance.users.profile import CLEAN, SEEN, Profile
from relance.users.pseudonyms import pseudonyms_of
from relance.users.rule_facts import CONSENT_FACTS, ProfileRows
from relance.users.suppression import service as suppression
from relance.users.working_set import WorkingSet

# Compared byte by byte on both databases, so that order, prefixes and equality agree; PostgreSQL's default depends on the locale.
_Bytewise = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
_CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}

USERS = sa.Table(
    "users",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True),
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("external_id", sa.Text),
    sa.Column("country", sa.Text),
    sa.Column("timezone", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("origins", sa.Text, nullable=False, server_default="---"),
    sa.Column("first_seen", sa.BigInteger, nullable=False),
    sa.Column("last_seen", sa.BigInteger, nullable=False),
    sa.Column("session_at", sa.BigInteger, nullable=False),
    sa.Column("active_at", sa.BigInteger, nullable=False),
    sa.Column("session_key", sa.Text, nullable=False),
    sa.Column("session_count", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("session_ms", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("vouched", sa.Boolean, nullable=False, server_default=sa.false()),
    **_CLUSTERED,
)
# Apart from ``users``, whose rows change with every activity and must stay small: a page then holds those of many people.
TRAITS = sa.Table(
    "traits",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("traits", sa.Text, nullable=False),
)
# Likewise, and only of those of whom any of it is known: device, system, app, place and acquisition, as one JSON object.
ABOUT = sa.Table(
    "about",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("facts", sa.Text, nullable=False),
    **_CLUSTERED,
)
ALIASES = sa.Table(
    "aliases",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True),
    sa.Column("kind", _Bytewise, primary_key=True),
    sa.Column("value", _Bytewise, primary_key=True),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Index("aliases_person", "app_id", "person_id"),
    **_CLUSTERED,
)
MERGED_USERS = sa.Table(
    "merged_users",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True),
    sa.Column("from_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("into_id", sa.BigInteger, nullable=False),  # as the merge had it
    sa.Column("root_id", sa.BigInteger, nullable=False),  # where that person has ended up
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("merged_at", sa.BigInteger, nullable=False),
    sa.Index("merged_users_root", "app_id", "root_id"),
    **_CLUSTERED,
)
# What devices said and was not believed, as JSON: ``held`` reads and writes it.
HELD = sa.Table(
    "held_back",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True),
    sa.Column("anonymous_id", _Bytewise, primary_key=True),
    sa.Column("user_id", _Bytewise, primary_key=True),
    sa.Column("held", sa.Text, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),  # the newest call's, where it is not told by the ids
    **_CLUSTERED,
)
TOMBSTONES = sa.Table(
    "tombstones",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True),
    sa.Column("hash", _Bytewise, primary_key=True),
    sa.Column("deleted_at", sa.BigInteger, nullable=False),
    **_CLUSTERED,
)
LISTS_TABLE = sa.Table(
    "lists",
    STATE,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("archived_at", sa.BigInteger, nullable=True),
)
sa.Index(
    "lists_name",
    LISTS_TABLE.c.app_id,
    LISTS_TABLE.c.name,
    unique=True,
    sqlite_where=LISTS_TABLE.c.archived_at.is_(None),
    postgresql_where=LISTS_TABLE.c.archived_at.is_(None),
)
USER_COUNTERS = sa.Table(
    "user_counters",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True),
    sa.Column("partition", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("next_id", sa.BigInteger, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),  # grows with each write of the app's people: caches are true up to it
)

_INSTANTS = ("first_seen", "last_seen", "session_at", "active_at", "session_key", "session_count", "session_ms")
_PROFILE = ("external_id", *_INSTANTS)
_REST = ("country", "timezone", "language", "origins", "version", "created_at", "vouched")

_insert_users = inserting(USERS, ("app_id", "id", *_PROFILE, *_REST))
_update_seen = updating(USERS, _INSTANTS, ("app_id", "id"))
_update_users = updating(USERS, (*_PROFILE, *_REST), ("app_id", "id"))
_delete_users = deleting(USERS, ("app_id", "id"))
_insert_traits = inserting(TRAITS, ("app_id", "person_id", "traits"))
_update_traits = updating(TRAITS, ("traits",), ("app_id", "person_id"))
_upsert_about = inserting(
    ABOUT, ("app_id", "person_id", "facts"), "ON CONFLICT (app_id, person_id) DO UPDATE SET facts = excluded.facts"
)
_delete_about = deleting(ABOUT, ("app_id", "person_id"))
_delete_traits = deleting(TRAITS, ("app_id", "person_id"))
_insert_aliases = inserting(ALIASES, ("app_id", "kind", "value", "person_id"))
_claim_aliases = inserting(
    ALIASES,
    ("app_id", "kind", "value", "person_id"),
    "ON CONFLICT (app_id, kind, value) DO UPDATE SET person_id = excluded.person_id",
)
_move_aliases = updating(ALIASES, ("person_id",), ("app_id", "person_id"))
_delete_aliases = deleting(ALIASES, ("app_id", "person_id"))
_insert_merged = inserting(MERGED_USERS, ("app_id", "from_id", "into_id", "root_id", "cause", "message_id", "merged_at"))
_move_merged = updating(MERGED_USERS, ("root_id",), ("app_id", "root_id"))
_insert_tombstones = inserting(
    TOMBSTONES,
    ("app_id", "hash", "deleted_at"),
    "ON CONFLICT (app_id, hash) DO UPDATE SET deleted_at = excluded.deleted_at WHERE excluded.deleted_at > tombstones.deleted_at",
)


_by_id = attrgetter("id")


# Reading for a tick


def lock_counter(connection: Connection, app_id: int) -> tuple[int, int]:
    """Lock the app's counter until the transaction ends; (next id, revision) of partition 0.

    One tick at a time gets past here, whatever its partition: identity is one for all of them.
    """
    mine = (USER_COUNTERS.c.app_id == app_id) & (USER_COUNTERS.c.partition == 0)
    select = sa.select(USER_COUNTERS.c.next_id, USER_COUNTERS.c.revision).where(mine).with_for_update()
    row = connection.execute(select).one_or_none()
    if row is None:
        start = upsert(connection, USER_COUNTERS).values(app_id=app_id, partition=0, next_id=first_id(0), revision=0)
        connection.execute(start.on_conflict_do_nothing())
        row = connection.execute(select).one()
    return row.next_id, row.revision


def next_ids(connection: Connection, app_id: int, partitions: int) -> dict[int, int]:
    """Partition → the id its next person gets."""
    query = sa.select(USER_COUNTERS.c.partition, USER_COUNTERS.c.next_id).where(USER_COUNTERS.c.app_id == app_id)
    return {each: first_id(each) for each in range(partitions)} | {row[0]: row[1] for row in connection.execute(query)}


def has_tombstones(connection: Connection, app_id: int) -> bool:
    return connection.scalar(sa.select(sa.exists().where(TOMBSTONES.c.app_id == app_id))) is True


def read_aliases(connection: Connection, app_id: int, kind: str, values: Collection[str]) -> Sequence[tuple[str, int]]:
    """(value, person) of those that exist."""
    query = sa.select(ALIASES.c.value, ALIASES.c.person_id).where(
        ALIASES.c.app_id == app_id, ALIASES.c.kind == kind, among(connection, ALIASES.c.value, values)
    )
    return fetched(connection, query)


def aliases_of(app_id: int, persons: Collection[int]) -> sa.Select[Any]:
    """(kind, value) of all ids of a few people and of whoever became part of them."""
    merged = sa.select(MERGED_USERS.c.from_id).where(MERGED_USERS.c.app_id == app_id, MERGED_USERS.c.root_id.in_(persons))
    theirs = sa.or_(ALIASES.c.person_id.in_(persons), ALIASES.c.person_id.in_(merged))
    return sa.select(ALIASES.c.kind, ALIASES.c.value).where(ALIASES.c.app_id == app_id, theirs)


def read_aliases_of(connection: Connection, app_id: int, persons: Collection[int]) -> list[tuple[str, str]]:
    """The same, read."""
    return [(row[0], row[1]) for row in connection.execute(aliases_of(app_id, persons))]


def read_tombstones(connection: Connection, app_id: int, kind: str, values: Collection[str]) -> list[tuple[tuple[str, str], int]]:
    """((kind, value), deleted at) of those ids that a deleted person had."""
    names = pseudonyms_of(connection)
    hashes = {names.alias(app_id, kind, value): value for value in values}
    query = sa.select(TOMBSTONES.c.hash, TOMBSTONES.c.deleted_at).where(
        TOMBSTONES.c.app_id == app_id, among(connection, TOMBSTONES.c.hash, hashes)
    )
    return [((kind, hashes[row.hash]), row.deleted_at) for row in connection.execute(query).all()]


def read_profiles(connection: Connection, app_id: int, persons: Collection[int]) -> dict[int, Profile]:
    """Person → profile, of those that exist."""
    columns = [*(USERS.c[name] for name in ("id", *_PROFILE, *_REST)), sa.func.coalesce(ABOUT.c.facts, "")]
    query = (
        sa.select(*columns).select_from(with_about(USERS)).where(USERS.c.app_id == app_id, among(connection, USERS.c.id, persons))
    )
    return {row[0]: Profile(*row) for row in fetched(connection, query)}


def with_about(people: sa.FromClause) -> sa.Join:
    """``users``, alone or joined, with what is known about them beside it."""
    return sa.outerjoin(people, ABOUT, (ABOUT.c.app_id == USERS.c.app_id) & (ABOUT.c.person_id == USERS.c.id))


def read_traits(connection: Connection, app_id: int, persons: Collection[int]) -> list[tuple[int, dict[str, Any]]]:
    query = sa.select(TRAITS.c.person_id, TRAITS.c.traits).where(
        TRAITS.c.app_id == app_id, among(connection, TRAITS.c.person_id, persons)
    )
    return [(person, from_json(text)) for person, text in connection.execute(query).all()]


def read_rows(connection: Connection, app_id: int, persons: Collection[int], asked: Collection[str]) -> dict[int, ProfileRows]:
    """Of each person the rows in tables of their own, as far as the facts ``asked`` for come from them."""
    found = {person: ProfileRows([], [], []) for person in persons}

    def rows(table: sa.Table, *names: str) -> Sequence[sa.Row[Any]]:
        columns = [SHOWN_STATE.label(name) if name == "state" else table.c[name] for name in ("person_id", *names)]
        those = (table.c.app_id == app_id, among(connection, table.c.person_id, persons))
        return connection.execute(sa.select(*columns).where(*those).distinct()).all()

    if "aliases" in asked:
        for row in rows(ALIASES, "kind"):
            found[row.person_id].aliases.append(row.kind)
    if "channels" in asked:
        for row in rows(SUBSCRIPTIONS, "channel", "state"):
            found[row.person_id].subscriptions.append((row.channel, row.state))
    if not CONSENT_FACTS.isdisjoint(asked):
        for row in rows(CONSENTS, "channel", "topic", "granted"):
            found[row.person_id].consents.append((row.channel, row.topic, row.granted))
    return found


def read_roots(connection: Connection, app_id: int, persons: Collection[int]) -> list[tuple[int, int]]:
    """(merged person, root) of those that were merged."""
    query = sa.select(MERGED_USERS.c.from_id, MERGED_USERS.c.root_id).where(
        MERGED_USERS.c.app_id == app_id, among(connection, MERGED_USERS.c.from_id, persons)
    )
    return [(row[0], row[1]) for row in connection.execute(query).all()]


# Writing of a tick


def write_working_set(connection: Connection, working_set: WorkingSet, partition: int) -> bool:
    """Write all that changed in the book and clear its lists. Returns whether there was anything."""
    identity = working_set.identity
    for profile in identity.renamed:
        working_set.change(profile)
    identity.renamed = []
    consents = working_set.consented or working_set.records or working_set.address_grants
    if not (
        working_set.touched or working_set.lived or identity.claims or identity.merges or working_set.dirty_addresses or consents
    ):
        return False
    _write_merges(connection, working_set)
    _write_lived(connection, working_set)
    _write_profiles(connection, working_set)
    _write_claims(connection, working_set)
    write_addresses(connection, working_set)
    write_suppressions(connection, working_set)
    write_consents(connection, working_set)
    _write_counter(connection, working_set, partition)
    return True


def _write_counter(connection: Connection, working_set: WorkingSet, partition: int) -> None:
    shared = (USER_COUNTERS.c.app_id == working_set.app_id) & (USER_COUNTERS.c.partition == 0)
    working_set.revision += 1
    values = {"revision": working_set.revision}
    if partition:
        own = {"app_id": working_set.app_id, "partition": partition, "next_id": working_set.identity.next_id, "revision": 0}
        counter = upsert(connection, USER_COUNTERS).values(own)
        connection.execute(
            counter.on_conflict_do_update(index_elements=["app_id", "partition"], set_={"next_id": counter.excluded.next_id})
        )
    else:
        values["next_id"] = working_set.identity.next_id
    connection.execute(sa.update(USER_COUNTERS).where(shared).values(values))


def _write_merges(connection: Connection, working_set: WorkingSet) -> None:
    """Move what is stored of the merged people. Rows that changed in this tick are written over it afterwards."""
    app_id, identity = working_set.app_id, working_set.identity
    merges = identity.merges
    if not merges:
        return
    moves = [(identity.root(loser), app_id, loser) for loser, *_ in merges]
    losers = [(app_id, loser) for loser, *_ in merges]
    DELETE_CONSENTS.run(connection, losers)  # folding has joined them to the winners'
    MOVE_RECORDS.run(connection, moves)
    _move_aliases.run(connection, moves)
    MOVE_ADDRESSES.run(connection, moves)
    deletion_requests.MOVE_REQUESTS.run(connection, moves)
    _move_merged.run(connection, moves)
    _delete_users.run(connection, losers)
    _delete_traits.run(connection, losers)
    _delete_about.run(connection, losers)
    rows = [(app_id, loser, into, identity.root(into), *audit) for loser, into, *audit in merges]
    _insert_merged.run(connection, rows)
    identity.merges = []


def _write_lived(connection: Connection, working_set: WorkingSet) -> None:
    """Write what was changed in the cold cache; of whoever was taken off it since, the profile holds what is newer."""
    for lived in working_set.lived:  # each a statement of its own: somebody may be in several
        persons, first, last, session, active, count, ms, keys = (column.tolist() for column in lived)
        _update_seen.run(
            connection,
            list(zip(first, last, session, active, keys, count, ms, repeat(working_set.app_id), persons, strict=False)),
        )
    working_set.lived = []


def _write_profiles(connection: Connection, working_set: WorkingSet) -> None:
    app_id, forward = working_set.app_id, working_set.identity.forward
    seen: list[tuple[Any, ...]] = []
    rows: list[tuple[Any, ...]] = []
    new: list[tuple[Any, ...]] = []
    traits: list[tuple[Any, ...]] = []
    new_traits: list[tuple[Any, ...]] = []
    working_set.touched.sort(key=_by_id)  # neighbours share a page, which is then written once
    for p in working_set.touched:
        dirty, p.dirty = p.dirty, CLEAN
        if p.id in forward:
            continue
        if dirty == SEEN:
            seen.append((*_instants(p), app_id, p.id))
        else:
            head = (p.external_id, *_instants(p))
            rest = (p.country, p.timezone, p.language, p.origins, p.version, p.created_at, p.vouched)
            if not p.stored:
                new.append((app_id, p.id, *head, *rest))
                new_traits.append((app_id, p.id, to_canonical_json(p.traits)))
                working_set.open.append(p)
                p.stored = True
            else:
                rows.append((*head, *rest, app_id, p.id))
                if p.traits is not None:
                    traits.append((to_canonical_json(p.traits), app_id, p.id))
    _insert_users.run(connection, new)
    _insert_traits.run(connection, new_traits)
    _update_seen.run(connection, seen)
    _update_users.run(connection, rows)
    _update_traits.run(connection, traits)
    _upsert_about.run(
        connection, [(app_id, p.id, p.about) for p in working_set.described.values() if p.about and p.id not in forward]
    )
    working_set.touched, working_set.described = [], {}


def _instants(p: Profile) -> tuple[int, int, int, int, str, int, int]:
    return p.first_seen, p.last_seen, p.session_at, p.active_at, p.session_key, p.session_count, p.session_ms


def _write_claims(connection: Connection, working_set: WorkingSet) -> None:
    app_id, identity = working_set.app_id, working_set.identity
    ids: list[tuple[Any, ...]] = []
    emails: list[tuple[Any, ...]] = []
    for (kind, value), person in identity.claims.items():
        (emails if kind == "email" else ids).append((app_id, kind, value, identity.root(person)))
    _insert_aliases.run(connection, ids)
    _claim_aliases.run(connection, emails)
    identity.claims = {}


def delete_person(
    connection: Connection, working_set: WorkingSet, person: int, deleted_at: int, partition: int
) -> list[tuple[str, str]]:
    """Remove every row of the person and leave a tombstone for each alias; returns the aliases.

    What they refused explicitly is left with the hash of each address they had: deletion is no consent. So are entries of the
    suppression list.
    """
    app_id = working_set.app_id
    addresses = read_addresses_of(connection, app_id, [person])
    leave_refusals(connection, working_set, person, addresses)
    query = sa.select(ALIASES.c.kind, ALIASES.c.value).where(ALIASES.c.app_id == app_id, ALIASES.c.person_id == person)
    aliases: list[tuple[str, str]] = [(row[0], row[1]) for row in connection.execute(query).all()]
    names = pseudonyms_of(connection)
    put_tombstones(connection, [(app_id, names.alias(app_id, kind, value), deleted_at) for kind, value in aliases])
    rows = [(app_id, person)]
    personal = (_delete_aliases, DELETE_ADDRESSES, DELETE_CONSENTS, DELETE_RECORDS)
    for bulk in (*personal, _delete_traits, _delete_about, _delete_users):
        bulk.run(connection, rows)
    deletion_requests.deleted(connection, app_id, [person], deleted_at)
    # After the addresses are gone: whoever suppresses one at this moment has waited, or has been waited for.
    suppression.forget(connection, app_id, [(row.channel, row.address) for row in addresses])
    working_set.standings.pop(person, None)
    working_set.held.pop(person, None)
    _write_counter(connection, working_set, partition)
    return aliases


def put_tombstones(connection: Connection, rows: Sequence[tuple[int, str, int]]) -> None:
    """(app, hash, deleted at); of two of one hash the later holds."""
    _insert_tombstones.run(connection, rows)


def ids_of(connection: Connection, app_id: int, person: int) -> tuple[int, ...]:
    """The person's id and every id merged into it, ascending."""
    query = sa.select(MERGED_USERS.c.from_id).where(MERGED_USERS.c.app_id == app_id, MERGED_USERS.c.root_id == person)
    return tuple(sorted([person, *connection.scalars(query)]))
