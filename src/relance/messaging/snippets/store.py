"""Snippets: the table and all its SQL."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import STATE
from relance.messaging.snippets.model import Snippet

_AutoId = sa.BigInteger().with_variant(sa.Integer, "sqlite")

SNIPPETS = sa.Table(
    "snippets",
    STATE,
    sa.Column("id", _AutoId, primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Index("snippets_by_name", "app_id", "name", unique=True),
    sqlite_autoincrement=True,
)
_ALL = sa.select(*(SNIPPETS.c[name] for name in Snippet.__struct_fields__))


def _values(snippet: Snippet) -> dict[str, Any]:
    values = msgspec.structs.asdict(snippet)
    del values["id"]
    return values


def insert(connection: Connection, snippet: Snippet) -> Snippet:
    """Write a new snippet; its id is given here."""
    key = connection.execute(sa.insert(SNIPPETS), _values(snippet)).inserted_primary_key
    return msgspec.structs.replace(snippet, id=int(key[0]) if key else 0)


def update(connection: Connection, snippet: Snippet) -> None:
    """Write a snippet over what is there."""
    connection.execute(sa.update(SNIPPETS).where(SNIPPETS.c.id == snippet.id), _values(snippet))


def delete(connection: Connection, snippet_id: int) -> None:
    connection.execute(sa.delete(SNIPPETS).where(SNIPPETS.c.id == snippet_id))


def of_app(connection: Connection, app_id: int) -> list[Snippet]:
    """All of an app, by name."""
    found = connection.execute(_ALL.where(SNIPPETS.c.app_id == app_id))
    return sorted((Snippet(*row) for row in found), key=lambda each: each.name)
