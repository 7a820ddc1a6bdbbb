"""The tables of webhooks and all their SQL. Private to this package."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.encoding import from_json, to_json
from relance.core.error_text import ErrorText
from relance.infra.database import STATE, upsert
from relance.webhooks.errors import WebhookNotFoundError
from relance.webhooks.model import Webhook, WebhookCursor, WebhookState

WEBHOOKS = sa.Table(
    "webhooks",
    STATE,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("app_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("segments", sa.Text, nullable=False),  # a JSON list of ids
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
)
WEBHOOK_PLACES = sa.Table(
    "webhook_places",
    STATE,
    sa.Column("webhook_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", sa.BigInteger, nullable=False),
    sa.Column("failing_since", sa.BigInteger, nullable=False),
    sa.Column("answered_at", sa.BigInteger, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)


def insert_webhook(connection: Connection, values: dict[str, Any]) -> Webhook:
    values = {**values, "segments": to_json(list(values["segments"]))}
    return _webhook(connection.execute(sa.insert(WEBHOOKS).values(values).returning(*WEBHOOKS.c)).one())


def select_webhooks(connection: Connection, *conditions: sa.ColumnElement[bool]) -> list[Webhook]:
    """By id."""
    return [_webhook(row) for row in connection.execute(sa.select(WEBHOOKS).where(*conditions).order_by(WEBHOOKS.c.id))]


def found_webhook(connection: Connection, app_id: int, number: int) -> Webhook:
    """Raises ``WebhookNotFoundError``."""
    found = select_webhooks(connection, WEBHOOKS.c.app_id == app_id, WEBHOOKS.c.id == number)
    if not found:
        raise WebhookNotFoundError(
            ErrorText("webhook_not_found", "There is no webhook {webhook}.", webhook=number), webhook=number
        )
    return found[0]


def update_webhook(connection: Connection, number: int, values: dict[str, Any]) -> None:
    if "segments" in values:
        values = {**values, "segments": to_json(list(values["segments"]))}
    connection.execute(sa.update(WEBHOOKS).where(WEBHOOKS.c.id == number).values(values))


def stop_webhook(connection: Connection, number: int) -> None:
    """Unless an operator changed it meanwhile."""
    active = (WEBHOOKS.c.id == number) & (WEBHOOKS.c.state == WebhookState.ACTIVE.value)
    connection.execute(sa.update(WEBHOOKS).where(active).values(state=WebhookState.STOPPED.value))


def delete_webhook(connection: Connection, number: int) -> None:
    delete_places(connection, number)
    connection.execute(sa.delete(WEBHOOKS).where(WEBHOOKS.c.id == number))


def select_places(connection: Connection, *conditions: sa.ColumnElement[bool]) -> list[WebhookCursor]:
    query = sa.select(WEBHOOK_PLACES).where(*conditions).order_by(WEBHOOK_PLACES.c.webhook_id, WEBHOOK_PLACES.c.partition)
    return [WebhookCursor(*row) for row in connection.execute(query)]


def start_place(connection: Connection, place: WebhookCursor) -> None:
    """Unless it exists."""
    statement = upsert(connection, WEBHOOK_PLACES).values(msgspec.structs.asdict(place))
    connection.execute(statement.on_conflict_do_nothing())


def move_place(connection: Connection, before: WebhookCursor, after: WebhookCursor) -> bool:
    """False if someone else moved it since ``before`` was read, or the webhook is gone."""
    mine = (
        (WEBHOOK_PLACES.c.webhook_id == before.webhook_id)
        & (WEBHOOK_PLACES.c.partition == before.partition)
        & (WEBHOOK_PLACES.c.position == before.position)
        & (WEBHOOK_PLACES.c.until == before.until)
        & (WEBHOOK_PLACES.c.attempts == before.attempts)
    )
    return connection.execute(sa.update(WEBHOOK_PLACES).where(mine).values(msgspec.structs.asdict(after))).rowcount == 1


def retry_places(connection: Connection, number: int) -> None:
    """Make the next attempts due now and restart the count of failing days."""
    mine = WEBHOOK_PLACES.c.webhook_id == number
    connection.execute(sa.update(WEBHOOK_PLACES).where(mine).values(next_at=0, failing_since=0))


def delete_places(connection: Connection, number: int) -> None:
    connection.execute(sa.delete(WEBHOOK_PLACES).where(WEBHOOK_PLACES.c.webhook_id == number))


def _webhook(row: sa.Row[Any]) -> Webhook:
    return Webhook(
        row.id,
        row.app_id,
        row.url,
        row.secret,
        tuple(from_json(row.segments)),
        WebhookState(row.state),
        row.created_at,
        row.created_by,
    )
