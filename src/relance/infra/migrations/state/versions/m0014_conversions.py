"""Conversions of their own: each order once, what it brought and in which currency, refunds, and every click.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_UNITS = 10_000


def upgrade() -> None:
    """What deliveries were credited with so far becomes a conversion each; nothing is known of its order or currency."""
    op.create_table(
        "conversions",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
    )
    op.create_index("conversions_by_delivery", "conversions", ["delivery_id"])
    op.create_index("conversions_by_order", "conversions", ["app_id", "order_key"])
    op.create_table(
        "conversion_people",
        sa.Column("app_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("conversion_id", sa.Text(), primary_key=True),
    )
    op.create_index("conversion_people_by_conversion", "conversion_people", ["conversion_id"])
    op.create_table(
        "refunds",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("currency", sa.Text(), nullable=False),
    )
    op.create_index("refunds_by_order", "refunds", ["app_id", "order_key"])
    op.create_table(
        "clicks",
        sa.Column("delivery_id", sa.Text(), primary_key=True),
        sa.Column("occurred_at", sa.BigInteger(), primary_key=True, autoincrement=False),
    )
    op.execute("INSERT INTO clicks (delivery_id, occurred_at) SELECT id, clicked_at FROM deliveries WHERE clicked_at IS NOT NULL")
    op.execute(
        "UPDATE deliveries SET opened_at = clicked_at WHERE channel = 'email' AND clicked_at IS NOT NULL "
        "AND (opened_at IS NULL OR opened_at > clicked_at)"
    )
    _carry_over()
    op.drop_column("deliveries", "revenue")


def _carry_over() -> None:
    """All that a delivery brought stands with its first conversion; the others have none."""
    connection = op.get_bind()
    held = connection.execute(
        sa.text(
            "SELECT id, app_id, person_id, goal_event, converted_at, conversions, direct, revenue "
            "FROM deliveries WHERE conversions > 0"
        )
    ).all()
    rows = [
        {
            "id": f"{delivery_id}/{number}",
            "app_id": app_id,
            "event": event,
            "order_key": "",
            "occurred_at": converted_at,
            "amount": round(revenue * _UNITS) if number == 0 else None,
            "currency": "",
            "refunded": 0,
            "delivery_id": delivery_id,
            "direct": bool(direct),
            "person_id": person_id,
        }
        for delivery_id, app_id, person_id, event, converted_at, conversions, direct, revenue in held
        for number in range(conversions)
    ]
    if not rows:
        return
    names = ("id", "app_id", "event", "order_key", "occurred_at", "amount", "currency", "refunded", "delivery_id", "direct")
    connection.execute(
        sa.text(f"INSERT INTO conversions ({', '.join(names)}) VALUES ({', '.join(':' + name for name in names)})"), rows
    )
    people = [row for row in rows if row["person_id"]]
    if people:
        connection.execute(
            sa.text("INSERT INTO conversion_people (app_id, person_id, conversion_id) VALUES (:app_id, :person_id, :id)"), people
        )


def downgrade() -> None:
    """Without them: a delivery keeps the sum of what it brought, in whatever currency."""
    op.add_column("deliveries", sa.Column("revenue", sa.Float(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE deliveries SET revenue = (SELECT coalesce(sum(c.amount - c.refunded), 0) / 10000.0 "
        "FROM conversions c WHERE c.delivery_id = deliveries.id)"
    )
    for table in ("clicks", "refunds", "conversion_people", "conversions"):
        op.drop_table(table)
