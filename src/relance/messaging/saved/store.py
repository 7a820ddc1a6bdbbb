"""What can be said: the table of messages and all its SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.channels.registry import Channel
from relance.core.encoding import from_json, to_json
from relance.infra.database import STATE
from relance.messaging.model import Message, MessageClass, MessageGoal, WhenHeld

NO_SNIPPETS: Mapping[str, str] = {}
CHUNK = 500  # values in one IN list
_AutoId = sa.BigInteger().with_variant(sa.Integer, "sqlite")

MESSAGES = sa.Table(
    "messages",
    STATE,
    sa.Column("id", _AutoId, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("message_class", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("valid_for", sa.Text),
    sa.Column("goal", sa.Text),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Column("require_values", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("archived_at", sa.BigInteger),
    sa.Column("obeys_caps", sa.Boolean),  # NULL, here and in the next two: as the class does
    sa.Column("counts_toward_caps", sa.Boolean),
    sa.Column("obeys_quiet_hours", sa.Boolean),
    sa.Column("when_held", sa.Text),
    sa.Column("wait_at_most", sa.Text),
    sa.Column("priority", sa.Integer, nullable=False, server_default="0"),
    sa.Column("language", sa.Text, nullable=False, server_default=""),
    sa.Column("translations", sa.Text, nullable=False, server_default="{}"),
    sa.Column("snippets", sa.Text, nullable=False, server_default="{}"),
    sa.Index("messages_by_app", "app_id", "id"),
    sqlite_autoincrement=True,
)


#: What a message said in each of its versions, kept for as long as something that was sent may be shown again.
VERSIONS = sa.Table(
    "message_versions",
    STATE,
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("message_class", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("saved_at", sa.BigInteger, nullable=False),
    sa.Column("language", sa.Text, nullable=False, server_default=""),
    sa.Column("translations", sa.Text, nullable=False, server_default="{}"),
    sa.Column("snippets", sa.Text, nullable=False, server_default="{}"),
)


def chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    """The distinct values in order, in pieces an IN list may hold."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _message(row: Mapping[Any, Any]) -> Message:
    return Message(
        id=row["id"],
        app_id=row["app_id"],
        name=row["name"],
        channel=Channel(row["channel"]),
        message_class=MessageClass(row["message_class"]),
        topic=row["topic"],
        content=from_json(row["content"]),
        valid_for=row["valid_for"],
        goal=None if row["goal"] is None else msgspec.json.decode(row["goal"], type=MessageGoal),
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        require_values=bool(row["require_values"]),
        archived_at=row["archived_at"],
        obeys_caps=row["obeys_caps"],
        counts_toward_caps=row["counts_toward_caps"],
        obeys_quiet_hours=row["obeys_quiet_hours"],
        when_held=None if row["when_held"] is None else WhenHeld(row["when_held"]),
        wait_at_most=row["wait_at_most"],
        priority=row["priority"],
        language=row["language"],
        translations=from_json(row["translations"]),
        snippets=NO_SNIPPETS if row["snippets"] == "{}" else from_json(row["snippets"]),
    )


def _message_values(message: Message) -> dict[str, Any]:
    return {
        "app_id": message.app_id,
        "name": message.name,
        "channel": message.channel.value,
        "message_class": message.message_class.value,
        "topic": message.topic,
        "content": to_json(message.content),
        "valid_for": message.valid_for,
        "goal": None if message.goal is None else to_json(message.goal),
        "version": message.version,
        "created_at": message.created_at,
        "updated_at": message.updated_at,
        "require_values": message.require_values,
        "archived_at": message.archived_at,
        "obeys_caps": message.obeys_caps,
        "counts_toward_caps": message.counts_toward_caps,
        "obeys_quiet_hours": message.obeys_quiet_hours,
        "when_held": None if message.when_held is None else message.when_held.value,
        "wait_at_most": message.wait_at_most,
        "priority": message.priority,
        "language": message.language,
        "translations": to_json(message.translations),
        "snippets": to_json(message.snippets),
    }


def insert_message(connection: Connection, message: Message) -> Message:
    """Write a new message; its id is given here."""
    key = connection.execute(sa.insert(MESSAGES), _message_values(message)).inserted_primary_key
    made = msgspec.structs.replace(message, id=int(key[0]) if key else 0)
    _keep_version(connection, made)
    return made


def _keep_version(connection: Connection, message: Message) -> None:
    values = {
        "name": message.name,
        "message_class": message.message_class.value,
        "content": to_json(message.content),
        "language": message.language,
        "translations": to_json(message.translations),
        "snippets": to_json(message.snippets),
    }
    place = {"message_id": message.id, "version": message.version, "saved_at": message.updated_at}
    connection.execute(sa.insert(VERSIONS), {**place, **values})


def as_of(connection: Connection, message: Message, version: int) -> Message | None:
    """The message as it was in a version, as far as it is seen by whoever got it; None if that is not kept any more."""
    mine = (VERSIONS.c.message_id == message.id, VERSIONS.c.version == version)
    row = connection.execute(sa.select(VERSIONS).where(*mine)).mappings().first()
    if row is None:
        return None
    then = {
        "name": row["name"],
        "message_class": MessageClass(row["message_class"]),
        "content": from_json(row["content"]),
        "language": row["language"],
        "translations": from_json(row["translations"]),
        "snippets": from_json(row["snippets"]),
    }
    return msgspec.structs.replace(message, **then, version=version)


def trim_versions(connection: Connection, before: int) -> int:
    """Delete the versions in whose place others were saved before an instant; returns how many."""
    later = VERSIONS.alias("later")
    is_replaced = (
        sa.select(sa.literal(1))
        .where(later.c.message_id == VERSIONS.c.message_id, later.c.version > VERSIONS.c.version, later.c.saved_at < before)
        .exists()
    )
    return connection.execute(sa.delete(VERSIONS).where(is_replaced)).rowcount


def update_message(connection: Connection, message: Message, seen_version: int) -> bool:
    """Compare-and-set on the version read; False = somebody else was first."""
    mine = (MESSAGES.c.id == message.id, MESSAGES.c.app_id == message.app_id, MESSAGES.c.version == seen_version)
    is_updated = connection.execute(sa.update(MESSAGES).where(*mine), _message_values(message)).rowcount == 1
    if is_updated:
        _keep_version(connection, message)
    return is_updated


def delete_message(connection: Connection, message_id: int) -> None:
    """Delete a message that was never sent."""
    connection.execute(sa.delete(VERSIONS).where(VERSIONS.c.message_id == message_id))
    connection.execute(sa.delete(MESSAGES).where(MESSAGES.c.id == message_id))


def message(connection: Connection, app_id: int, message_id: int, *, lock: bool = False) -> Message | None:
    """One message; ``lock`` holds it until the transaction ends."""
    query = sa.select(MESSAGES).where(MESSAGES.c.app_id == app_id, MESSAGES.c.id == message_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else _message(row)


def usable_messages(connection: Connection, app_id: int, ids: Iterable[int]) -> set[int]:
    """Those of these ids that are messages of the app and not archived; they stay so until the transaction ends."""
    found: set[int] = set()
    for some in chunks(ids):
        mine = (MESSAGES.c.app_id == app_id, MESSAGES.c.id.in_(some), MESSAGES.c.archived_at.is_(None))
        query = sa.select(MESSAGES.c.id).where(*mine).order_by(MESSAGES.c.id).with_for_update(read=True)
        found.update(connection.execute(query).scalars())
    return found


def messages_of(connection: Connection, app_id: int, after: int, limit: int, *, archived: bool = True) -> list[Message]:
    """In order of id; ``archived``: those are among them."""
    query = sa.select(MESSAGES).where(MESSAGES.c.app_id == app_id, MESSAGES.c.id > after)
    if not archived:
        query = query.where(MESSAGES.c.archived_at.is_(None))
    return [_message(row) for row in connection.execute(query.order_by(MESSAGES.c.id).limit(limit)).mappings()]


def topics_of(connection: Connection, app_id: int, limit: int) -> list[str]:
    """The topics of the app's marketing that is not archived, in order."""
    mine = (MESSAGES.c.app_id == app_id, MESSAGES.c.archived_at.is_(None))
    is_marketing = MESSAGES.c.message_class == MessageClass.MARKETING.value
    query = sa.select(MESSAGES.c.topic.distinct().label("topic")).where(*mine, is_marketing).order_by("topic").limit(limit)
    return list(connection.execute(query).scalars())


def naming(connection: Connection, names: Sequence[str], app_id: int | None = None) -> list[Message]:
    """The messages of all apps, or of one, that are not archived and have any of these texts, in any language or snippet."""
    said = (MESSAGES.c.content, MESSAGES.c.translations, MESSAGES.c.snippets)
    has_one = sa.or_(*(column.contains(name, autoescape=True) for column in said for name in names))
    query = sa.select(MESSAGES).where(MESSAGES.c.archived_at.is_(None), has_one).order_by(MESSAGES.c.id)
    if app_id is not None:
        query = query.where(MESSAGES.c.app_id == app_id)
    return [_message(row) for row in connection.execute(query).mappings()]


def rendering(connection: Connection, app_id: int, snippet: str) -> list[Message]:
    """The app's messages that render a snippet, archived ones among them, by id."""
    has_it = MESSAGES.c.snippets.contains(to_json(snippet), autoescape=True)
    query = sa.select(MESSAGES).where(MESSAGES.c.app_id == app_id, has_it).order_by(MESSAGES.c.id)
    found = [_message(row) for row in connection.execute(query).mappings()]
    return [each for each in found if snippet in each.snippets]


def messages_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, Message]:
    found: dict[int, Message] = {}
    for some in chunks(ids):
        rows = connection.execute(sa.select(MESSAGES).where(MESSAGES.c.id.in_(some))).mappings()
        found.update((row["id"], _message(row)) for row in rows)
    return found
