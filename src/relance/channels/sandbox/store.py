"""The sandbox's own small SQLite file: what came, in the order it came. Nothing of the program's state lives here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

from relance.channels.sandbox.model import (
    Arrival,
    Hook,
    Phone,
    PhoneDevice,
    PhoneSubscription,
    ShownPush,
    ShownSms,
    ShownWebhook,
)
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

DEVICES = sa.Table(
    "sandbox_devices",
    SANDBOX,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("phone", sa.Text, nullable=False, index=True),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("ended_at", sa.BigInteger, nullable=False, default=0),
)

HOOKS = sa.Table(
    "sandbox_hooks",
    SANDBOX,
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)

ARRIVALS = sa.Table(
    "sandbox_arrivals",
    SANDBOX,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # push | mail | text | hook
    sa.Column("place", sa.Text, nullable=False),  # the phone, the address in lower case, or the hook
    sa.Column("push_id", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),  # a push's topic, an e-mail's Message-ID, a webhook's id; "" = none
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

    def add_device(self, device: PhoneDevice, now: int) -> None:
        """Whose an address was before, it is no more."""
        with writing(self._engine) as connection:
            connection.execute(DEVICES.delete().where(DEVICES.c.address == device.address))
            row = {"address": device.address, "phone": device.phone, "service": device.service}
            connection.execute(DEVICES.insert().values(**row, created_at=now, ended_at=0))

    def device(self, address: str) -> PhoneDevice | None:
        with reading(self._engine) as connection:
            row = connection.execute(DEVICES.select().where(DEVICES.c.address == address)).one_or_none()
        return None if row is None else PhoneDevice(row.address, row.phone, row.service, row.ended_at)

    def end_device(self, address: str, now: int) -> None:
        with writing(self._engine) as connection:
            connection.execute(DEVICES.update().where(DEVICES.c.address == address).values(ended_at=now))

    def add_hook(self, hook: Hook, now: int) -> None:
        with writing(self._engine) as connection:
            connection.execute(HOOKS.insert().values(**msgspec.structs.asdict(hook), created_at=now))

    def change_hook(self, hook: Hook) -> bool:
        """Whether there is such a hook."""
        values = msgspec.structs.asdict(hook)
        with writing(self._engine) as connection:
            done = connection.execute(HOOKS.update().where(HOOKS.c.token == hook.token).values(**values))
        return bool(done.rowcount)

    def hook(self, token: str) -> Hook | None:
        with reading(self._engine) as connection:
            row = connection.execute(HOOKS.select().where(HOOKS.c.token == token)).one_or_none()
        return None if row is None else Hook(row.token, row.name, row.secret, row.status, row.answer)

    def phones(self, after: str, limit: int) -> list[Phone]:
        """Phones by name: those that were given an address, and numbers that a text came to."""
        named = sa.union(
            sa.select(SUBSCRIPTIONS.c.phone),
            sa.select(DEVICES.c.phone),
            sa.select(ARRIVALS.c.place).where(ARRIVALS.c.kind == "text"),
        ).subquery()
        chosen = sa.select(named.c.phone).where(named.c.phone > after).order_by(named.c.phone).limit(limit)
        with reading(self._engine) as connection:
            names = list(connection.scalars(chosen))
            subscriptions = _counted(connection, SUBSCRIPTIONS.c.phone, names)
            kinds = (ARRIVALS.c.place, ARRIVALS.c.kind, sa.func.count(), sa.func.max(ARRIVALS.c.received_at))
            came = connection.execute(
                sa.select(*kinds)
                .where(ARRIVALS.c.kind.in_(("push", "text")), ARRIVALS.c.place.in_(names))
                .group_by(ARRIVALS.c.kind, ARRIVALS.c.place)
            ).all()
            services = connection.execute(
                sa.select(DEVICES.c.phone, DEVICES.c.service).where(DEVICES.c.phone.in_(names)).distinct()
            ).all()
        counts = {(place, kind): (count, latest) for place, kind, count, latest in came}
        return [
            Phone(
                name,
                subscriptions.get(name, 0),
                counts.get((name, "push"), (0, 0))[0],
                max(counts.get((name, kind), (0, 0))[1] for kind in ("push", "text")),
                counts.get((name, "text"), (0, 0))[0],
                sorted(service for phone, service in services if phone == name),
            )
            for name in names
        ]

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


def _counted(connection: Connection, column: sa.Column[str], names: list[str]) -> dict[str, int]:
    found = sa.select(column, sa.func.count()).where(column.in_(names)).group_by(column)
    return {name: count for name, count in connection.execute(found).all()}  # noqa: C416 - rows are no pairs to mypy


def _place(arrival: Arrival) -> dict[str, str]:
    if isinstance(arrival, ShownPush):
        return {"kind": "push", "place": arrival.phone, "push_id": arrival.push_id, "topic": arrival.topic}
    if isinstance(arrival, ShownSms):
        return {"kind": "text", "place": arrival.phone, "push_id": arrival.number, "topic": ""}
    if isinstance(arrival, ShownWebhook):
        return {"kind": "hook", "place": arrival.hook, "push_id": "", "topic": arrival.webhook_id}
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
