"""The table of providers and all its SQL. Private to this package."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.encoding import from_json, to_json
from relance.core.error_text import ErrorText
from relance.infra.database import STATE
from relance.providers.errors import ProviderNotFoundError
from relance.providers.model import Provider

PROVIDERS = sa.Table(
    "providers",
    STATE,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("settings", sa.Text, nullable=False),  # a JSON object
    sa.Column("secrets", sa.Text, nullable=False),  # a JSON object, encrypted
    sa.Column("secret_names", sa.Text, nullable=False),  # a JSON list
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,  # an id names one account for ever: callbacks and deliveries refer to it
)
_JSON = ("settings", "secret_names")


def insert_provider(connection: Connection, values: dict[str, Any]) -> Provider:
    return _provider(connection.execute(sa.insert(PROVIDERS).values(_written(values)).returning(*PROVIDERS.c)).one())


def select_providers(connection: Connection, *conditions: sa.ColumnElement[bool]) -> list[Provider]:
    """By id."""
    return [_provider(row) for row in connection.execute(sa.select(PROVIDERS).where(*conditions).order_by(PROVIDERS.c.id))]


def found_provider(connection: Connection, app_id: int, number: int) -> Provider:
    """Raises ``ProviderNotFoundError``."""
    found = select_providers(connection, PROVIDERS.c.app_id == app_id, PROVIDERS.c.id == number)
    if not found:
        raise ProviderNotFoundError(
            ErrorText("provider_not_found", "There is no provider {provider}.", provider=number), provider=number
        )
    return found[0]


def active_versions(connection: Connection) -> dict[int, int]:
    """The active providers of all apps: id → version."""
    rows = connection.execute(sa.select(PROVIDERS.c.id, PROVIDERS.c.version).where(PROVIDERS.c.is_active))
    return {row.id: row.version for row in rows}


def update_provider(connection: Connection, number: int, values: dict[str, Any]) -> None:
    connection.execute(sa.update(PROVIDERS).where(PROVIDERS.c.id == number).values(_written(values)))


def deactivate_others(connection: Connection, app_id: int, types: Collection[str], number: int, now: int) -> None:
    """So that of an app's providers of these types one alone is active."""
    others = (PROVIDERS.c.app_id == app_id) & PROVIDERS.c.type.in_(types) & (PROVIDERS.c.id != number) & PROVIDERS.c.is_active
    connection.execute(
        sa.update(PROVIDERS).where(others).values(is_active=False, version=PROVIDERS.c.version + 1, updated_at=now)
    )


def delete_provider(connection: Connection, number: int) -> None:
    connection.execute(sa.delete(PROVIDERS).where(PROVIDERS.c.id == number))


def _written(values: dict[str, Any]) -> dict[str, Any]:
    return {name: to_json(value) if name in _JSON else value for name, value in values.items()}


def _provider(row: sa.Row[Any]) -> Provider:
    return Provider(
        row.id,
        row.app_id,
        row.channel,
        row.type,
        row.name,
        from_json(row.settings),
        row.secrets,
        tuple(from_json(row.secret_names)),
        row.is_active,
        row.version,
        row.created_at,
        row.created_by,
        row.updated_at,
    )
