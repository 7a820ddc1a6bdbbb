"""The sandbox's own small SQLite file: what came, in the order it came. Nothing of the program's state lives here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

from relance.channels.sandbox.model import Arrival, Phone, PhoneSubscription, ShownPush
from relance.infra.database import open_engine, reading, writing

SANDBOX = sa.MetaData()

KEPT = 4_096  # subscriptions held in memory

SUBSCRIPTIONS = sa.Table(
    "sandbox_subscriptions",
    SANDBOX,
    sa.Column("push_id", sa.Text, primary_key=True),
    sa.Column("phone", sa.Text, nullable=False, index=True),
    sa.Column("server_key", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("ended_at", sa.BigInteger),
)

ARRIVALS = sa.Table(
    "sandbox_arrivals",
    SANDBOX,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # push | mail
    sa.Column("place", sa.Text, nullable=False),  # the phone, or the address in lower case
    sa.Column("push_id", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),  # a push's topic, an e-mail's Message-ID; "" = none
    sa.Column("content", sa.LargeBinary, nullable=False),  # what came, decrypted
    sa.Column("opened", sa.LargeBinary, nullable=False),  # the Push or Mail, as JSON
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("received_real_at", sa.BigInteger, nullable=False),
    sa.Column("repeats", sa.Integer, nullable=False, default=0),
    sa.Index("sandbox_arrivals_place", "kind", "place", "id"),
    sa.Index("sandbox_arrivals_topic", "kind", "place", "push_id", "topic"),
    sqlite_autoincrement=True,  # a cursor must never meet an id twice, also after a collapse took the newest row away
)

# Built once: building a statement costs more than SQLite's part of it.
_SUBSCRIPTION = SUBSCRIPTIONS.select().where(SUBSCRIPTIONS.c.push_id == sa.bindparam("push_id"))
_SAME_TOPIC = sa.select(ARRIVALS.c.id, ARRIVALS.c.content).where(
    *(ARRIVALS.c[name] == sa.bindparam(name) for name in ("kind", "place", "push_id", "topic"))
)
_COUNT = ARRIVALS.update().where(ARRIVALS.c.id == sa.bindparam("found")).values(repeats=ARRIVALS.c.repeats + 1)
_REMOVE = ARRIVALS.delete().where(ARRIVALS.c.id == sa.bindparam("found"))
_INSERT = ARRIVALS.insert().inline()

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Arrival)


class SandboxStore:
    """The sandbox's tables in ``file``."""

    def __init__(self, file: Path) -> None:
        self._engine = open_engine(f"sqlite:///{file.absolute()}")
        self._subscriptions: dict[str, PhoneSubscription] = {}  # those asked for; this object is the file's only writer

        @event.listens_for(self._engine, "connect")
        def on_connect(raw: Any, _record: Any) -> None:
            # What a phone shows need not outlive a power cut: no push waits for the disk.
            raw.execute("PRAGMA synchronous=NORMAL")

        SANDBOX.create_all(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    def add_subscription(self, subscription: PhoneSubscription, now: int) -> None:
        row = {"push_id": subscription.push_id, "phone": subscription.phone, "server_key": subscription.server_key}
        with writing(self._engine) as connection:
            connection.execute(SUBSCRIPTIONS.insert().values(**row, created_at=now))

    def subscription(self, push_id: str) -> PhoneSubscription | None:
        found = self._subscriptions.get(push_id)
        if found is not None:
            return found
        with reading(self._engine) as connection:
            row = connection.execute(_SUBSCRIPTION, {"push_id": push_id}).one_or_none()
        if row is None:
            return None
        if len(self._subscriptions) >= KEPT:
            self._subscriptions.clear()
        found = self._subscriptions[push_id] = PhoneSubscription(row.push_id, row.phone, row.server_key, row.ended_at is not None)
        return found

    def end_subscription(self, push_id: str, now: int) -> None:
        with writing(self._engine) as connection:
            ended = SUBSCRIPTIONS.update().where(SUBSCRIPTIONS.c.push_id == push_id, SUBSCRIPTIONS.c.ended_at.is_(None))
            connection.execute(ended.values(ended_at=now))
        self._subscriptions.pop(push_id, None)

    def phones(self, after: str, limit: int) -> list[Phone]:
        """Phones by name."""
        counts = (
            sa.select(ARRIVALS.c.place, sa.func.count().label("pushes"), sa.func.max(ARRIVALS.c.received_at).label("latest"))
            .where(ARRIVALS.c.kind == "push")
            .group_by(ARRIVALS.c.place)
            .subquery()
        )
        query = (
            sa.select(
                SUBSCRIPTIONS.c.phone,
                sa.func.count().label("subscriptions"),
                sa.func.coalesce(sa.func.max(counts.c.pushes), 0).label("pushes"),
                sa.func.coalesce(sa.func.max(counts.c.latest), 0).label("latest"),
            )
            .join(counts, counts.c.place == SUBSCRIPTIONS.c.phone, isouter=True)
            .where(SUBSCRIPTIONS.c.phone > after)
            .group_by(SUBSCRIPTIONS.c.phone)
            .order_by(SUBSCRIPTIONS.c.phone)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [Phone(row.phone, row.subscriptions, row.pushes, row.latest) for row in connection.execute(query)]

    def arrive(self, arrival: Arrival, content: bytes) -> Arrival | None:
        """Keep what came. The very same under the same topic only counts as a repeat, and gives None."""
        where = _place(arrival)
        row = {
            **where,
            "content": content,
            "opened": _encoder.encode(arrival),
            "received_at": arrival.received_at,
            "received_real_at": arrival.received_real_at,
        }
        with writing(self._engine) as connection:
            if where["topic"] and _is_repeat(connection, where, content):
                return None
            made = connection.execute(_INSERT, row).lastrowid
        return msgspec.structs.replace(arrival, id=made)

    def arrivals(self, kind: str = "", place: str = "", before: int = 0, limit: int = 50, search: str = "") -> list[Arrival]:
        """What came, newest first, ids below ``before`` (0 = from the newest); "" = any kind, any place.

        ``search`` is a part of an e-mail's subject or of an address it was sent to.
        """
        query = ARRIVALS.select().order_by(ARRIVALS.c.id.desc()).limit(limit)
        if kind:
            query = query.where(ARRIVALS.c.kind == kind)
        if place:
            query = query.where(ARRIVALS.c.place == place)
        if search:
            mail = sa.cast(ARRIVALS.c.opened, sa.Text)
            fields = (ARRIVALS.c.place, *(sa.func.json_extract(mail, f"$.{name}") for name in ("subject", "to")))
            query = query.where(sa.or_(*(each.icontains(search, autoescape=True) for each in fields)))
        if before:
            query = query.where(ARRIVALS.c.id < before)
        return self._read(query)

    def since(self, after: int, limit: int) -> list[Arrival]:
        """What came after the one with id ``after``, oldest first."""
        return self._read(ARRIVALS.select().where(ARRIVALS.c.id > after).order_by(ARRIVALS.c.id).limit(limit))

    def arrival(self, found_id: int) -> Arrival | None:
        found = self._read(ARRIVALS.select().where(ARRIVALS.c.id == found_id))
        return found[0] if found else None

    def content(self, found_id: int) -> bytes | None:
        with reading(self._engine) as connection:
            found: bytes | None = connection.scalar(sa.select(ARRIVALS.c.content).where(ARRIVALS.c.id == found_id))
            return found

    def _read(self, query: sa.Select[tuple[object, ...]]) -> list[Arrival]:
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [msgspec.structs.replace(_decoder.decode(row.opened), id=row.id, repeats=row.repeats) for row in rows]


def _place(arrival: Arrival) -> dict[str, str]:
    if isinstance(arrival, ShownPush):
        return {"kind": "push", "place": arrival.phone, "push_id": arrival.push_id, "topic": arrival.topic}
    return {"kind": "mail", "place": arrival.address, "push_id": "", "topic": arrival.message_id}


def _is_repeat(connection: Connection, where: dict[str, str], content: bytes) -> bool:
    """Collapse: an equal one is counted, an older one of another content makes room (pushes only)."""
    row = connection.execute(_SAME_TOPIC, where).first()
    if row is None:
        return False
    if where["kind"] == "mail" or row.content == content:
        connection.execute(_COUNT, {"found": row.id})
        return True
    connection.execute(_REMOVE, {"found": row.id})
    return False
