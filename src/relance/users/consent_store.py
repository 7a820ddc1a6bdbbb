"""The tables of consent statements and all their SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.bulk import deleting, inserting, updating
from relance.infra.database import STATE, among
from relance.users.consent import ConsentRecord, ConsentStanding, Grant, holding
from relance.users.model import GENERAL, SubscriptionState
from relance.users.pseudonyms import pseudonyms_of
from relance.users.working_set import CachedAddress, WorkingSet

# Compared bytewise on both databases, as in ``store``.
_Bytewise = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
_CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}

CONSENTS = sa.Table(
    "consents",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("granted", sa.Boolean, nullable=False),  # which of the two below holds
    sa.Column("source", _Bytewise, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
    sa.Column("explicit_granted", sa.Boolean),  # the newest explicit statement, and the newest reported one
    sa.Column("explicit_source", sa.Text),
    sa.Column("explicit_at", sa.BigInteger),
    sa.Column("told_granted", sa.Boolean),
    sa.Column("told_source", sa.Text),
    sa.Column("told_at", sa.BigInteger),
    **_CLUSTERED,
)
# Every statement as it came: the proof that someone agreed or refused. New kinds add columns; rows are never replaced.
CONSENT_RECORDS = sa.Table(
    "consent_records",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True),
    sa.Column("id", _Bytewise, primary_key=True),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("address_key", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("granted", sa.Boolean, nullable=False),
    sa.Column("explicit", sa.Boolean, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", sa.BigInteger, nullable=False),
    sa.Column("wording", sa.Text, nullable=False),
    sa.Column("proof", sa.Text, nullable=False),
    sa.Index("consent_records_person", "app_id", "person_id", "recorded_at"),
    **_CLUSTERED,
)
# Explicit statements about an address, by its hash: they apply to every later holder of the address, and outlive the person.
ADDRESS_CONSENTS = sa.Table(
    "address_consents",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True),
    sa.Column("address_key", _Bytewise, primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("granted", sa.Boolean, nullable=False),
    sa.Column("source", _Bytewise, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
    **_CLUSTERED,
)

_SAYINGS = ("explicit_granted", "explicit_source", "explicit_at", "told_granted", "told_source", "told_at")
_STANDING = ("granted", "source", "changed_at", *_SAYINGS)

_upsert_consents = inserting(
    CONSENTS,
    ("app_id", "person_id", "channel", "topic", *_STANDING),
    "ON CONFLICT (app_id, person_id, channel, topic) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _STANDING),
)
_insert_records = inserting(CONSENT_RECORDS, ("app_id", *ConsentRecord._fields), "ON CONFLICT (app_id, id) DO NOTHING")
MOVE_RECORDS = updating(CONSENT_RECORDS, ("person_id",), ("app_id", "person_id"))
DELETE_RECORDS = deleting(CONSENT_RECORDS, ("app_id", "person_id"))
_upsert_address_consents = inserting(
    ADDRESS_CONSENTS,
    ("app_id", "address_key", "topic", "granted", "source", "changed_at"),
    "ON CONFLICT (app_id, address_key, topic) DO UPDATE SET"
    " granted = excluded.granted, source = excluded.source, changed_at = excluded.changed_at"
    # The order of ``consent.Grant``: the later, then the denial, then the source bytewise.
    " WHERE excluded.changed_at > address_consents.changed_at OR (excluded.changed_at = address_consents.changed_at AND"
    " ((address_consents.granted AND NOT excluded.granted)"
    " OR (address_consents.granted = excluded.granted AND excluded.source > address_consents.source)))",
)
DELETE_CONSENTS = deleting(CONSENTS, ("app_id", "person_id"))


def read_standings(
    connection: Connection, app_id: int, persons: Collection[int]
) -> list[tuple[int, tuple[str, str], ConsentStanding]]:
    """(person, (channel, topic), standing) of all these people's statements."""
    columns = [CONSENTS.c[name] for name in ("person_id", "channel", "topic", *_SAYINGS)]
    query = sa.select(*columns).where(CONSENTS.c.app_id == app_id, among(connection, CONSENTS.c.person_id, persons))
    return [
        (person, (channel, topic), ConsentStanding(_grant(*sayings[:3]), _grant(*sayings[3:])))
        for person, channel, topic, *sayings in connection.execute(query).all()
    ]


def _grant(granted: bool | None, source: str | None, at: int | None) -> Grant | None:
    return None if granted is None or source is None or at is None else (at, not granted, source)


def read_address_denials(connection: Connection, app_id: int, keys: Collection[str]) -> dict[str, frozenset[str]]:
    """Address key → the topics explicitly refused at that address."""
    mine = (ADDRESS_CONSENTS.c.app_id == app_id, among(connection, ADDRESS_CONSENTS.c.address_key, keys))
    query = sa.select(ADDRESS_CONSENTS.c.address_key, ADDRESS_CONSENTS.c.topic)
    found: dict[str, set[str]] = {}
    for key, topic in connection.execute(query.where(*mine, ADDRESS_CONSENTS.c.granted.is_(False))):
        found.setdefault(key, set()).add(topic)
    return {key: frozenset(topics) for key, topics in found.items()}


def refuse_at(connection: Connection, app_id: int, refused: Mapping[str, int], source: str) -> None:
    """Address key → when all marketing was refused there, whoever has or brings the address."""
    rows = [(app_id, key, GENERAL, False, source, at) for key, at in sorted(refused.items())]
    _upsert_address_consents.run(connection, rows)


def read_address_grants(
    connection: Connection, app_id: int, channel: str, addresses: Collection[str]
) -> dict[tuple[str, str], dict[str, Grant]]:
    """(channel, address) → topic → the last explicit statement about that address."""
    key_of = pseudonyms_of(connection).address
    keys = {key_of(app_id, channel, address): (channel, address) for address in addresses}
    names = ("address_key", "topic", "granted", "source", "changed_at")
    query = sa.select(*(ADDRESS_CONSENTS.c[name] for name in names)).where(
        ADDRESS_CONSENTS.c.app_id == app_id, among(connection, ADDRESS_CONSENTS.c.address_key, keys)
    )
    found: dict[tuple[str, str], dict[str, Grant]] = {}
    for key, topic, granted, source, at in connection.execute(query):
        found.setdefault(keys[key], {})[topic] = (at, not granted, source)
    return found


def has_address_grants(connection: Connection, app_id: int) -> bool:
    """Whether there is any explicit statement about an address."""
    return connection.scalar(sa.select(sa.exists().where(ADDRESS_CONSENTS.c.app_id == app_id))) is True


def write_consents(connection: Connection, working_set: WorkingSet) -> None:
    """Write the current standings, and the records."""
    app_id, root = working_set.app_id, working_set.identity.root
    rows = []
    for person, channel, topic in working_set.consented:
        standing = working_set.standings[person][channel, topic]
        held = holding(standing)
        if held is not None:
            sayings = (*_columns(held), *_columns(standing.explicit), *_columns(standing.reported))
            rows.append((app_id, root(person), channel, topic, *sayings))
    _upsert_consents.run(connection, rows)
    _insert_records.run(connection, [(app_id, *each._replace(person_id=root(each.person_id))) for each in working_set.records])
    _write_address_grants(connection, working_set)
    working_set.consented, working_set.records = set(), []


def _write_address_grants(connection: Connection, working_set: WorkingSet) -> None:
    app_id = working_set.app_id
    key_of = pseudonyms_of(connection).address
    rows = [
        (app_id, key_of(app_id, channel, address), topic, not denied, source, at)
        for (channel, address, topic), (at, denied, source) in working_set.address_grants.items()
    ]
    put_address_consents(connection, rows)
    working_set.address_grants = {}


def put_address_consents(connection: Connection, rows: Sequence[tuple[int, str, str, bool, str, int]]) -> None:
    """(app, address key, topic, granted, source, changed at); the greater of two statements holds."""
    _upsert_address_consents.run(connection, rows)


def _columns(grant: Grant | None) -> tuple[bool | None, str | None, int | None]:
    return (None, None, None) if grant is None else (not grant[1], grant[2], grant[0])


def leave_refusals(connection: Connection, working_set: WorkingSet, person: int, addresses: Collection[CachedAddress]) -> None:
    """Before the person is deleted: store what they refused explicitly under the hash of each of their addresses."""
    refused = [
        (key, standing.explicit)
        for _, key, standing in read_standings(connection, working_set.app_id, [person])
        if standing.explicit is not None and standing.explicit[1]
    ]
    for row in addresses:
        for (channel, topic), grant in refused:
            if channel == row.channel:
                working_set.grant_address(channel, row.address, topic, grant)
        if row.state == SubscriptionState.UNSUBSCRIBED:
            working_set.grant_address(row.channel, row.address, GENERAL, (row.updated_at, True, row.state))
    _write_address_grants(connection, working_set)
