"""The tables of history, for building queries. Declarations only: nothing here touches a database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from relance.events.model import OWN_NAMES, Kind

HISTORY = sa.MetaData()

#: Every event as it came. ``person_id`` is the person at that moment: join through ``resolved_events``.
EVENTS = sa.Table(
    "events",
    HISTORY,
    sa.Column("app_id", sa.Integer),
    sa.Column("event", sa.Text),
    sa.Column("person_id", sa.BigInteger),
    sa.Column("occurred_at", sa.BigInteger),
    sa.Column("received_at", sa.BigInteger),
    sa.Column("partition", sa.Integer),
    sa.Column("position", sa.BigInteger),
    sa.Column("message_hash", sa.BigInteger),  # UBIGINT in the file
    sa.Column("message_id", sa.Text),
    sa.Column("kind", sa.Text),
    sa.Column("late", sa.Boolean),
    sa.Column("properties", sa.Text),  # a JSON object
    sa.Column("context", sa.Text),  # a JSON object
    sa.Column("anonymous_id", sa.Text),
    sa.Column("user_id", sa.Text),
    sa.Column("latitude", sa.BigInteger),  # in millionths of a degree; both NULL if the context has no location,
    sa.Column("longitude", sa.BigInteger),  # and readable only if ``PropertyColumns.places`` says so
)

#: Who was merged into whom. Append-only: ``b → c`` after ``a → b`` adds ``a → c``, so that a person's newest row names the root,
#: and removing the rows above a position restores exactly the state of that position.
MERGED = sa.Table(
    "merged",
    HISTORY,
    sa.Column("app_id", sa.Integer),
    sa.Column("from_id", sa.BigInteger),
    sa.Column("into_id", sa.BigInteger),
    sa.Column("partition", sa.Integer),
    sa.Column("position", sa.BigInteger),
)


def named(*names: str) -> sa.ColumnElement[bool]:
    """The events of these names as rules see them (``heard_name``): excludes events that someone else sent under a reserved
    name.
    """
    wanted = EVENTS.c.event == names[0] if len(names) == 1 else EVENTS.c.event.in_(names)
    own = sorted(OWN_NAMES.intersection(names))
    if not own:
        return wanted
    is_ours = EVENTS.c.kind == Kind.DERIVED.value
    return sa.and_(wanted, is_ours if len(own) == len(set(names)) else sa.or_(EVENTS.c.event.not_in(own), is_ours))


def property_column(name: str) -> sa.ColumnElement[Any]:
    """The column that history created for a property (``history_columns``) in the events table."""
    kind: sa.Double[float] | sa.Text = sa.Double() if name.endswith("_number") else sa.Text()
    return sa.literal_column(f"{EVENTS.name}.{name}", kind)


def roots(upto: int | None = None) -> sa.Subquery:
    """``(app_id, from_id, root_id)``: each merged person and the one it belongs to today.

    With ``upto``, the one it belonged to at that position.
    """
    newest = sa.func.row_number().over(
        partition_by=(MERGED.c.app_id, MERGED.c.from_id), order_by=(MERGED.c.position.desc(), MERGED.c.partition.desc())
    )
    merges = sa.select(MERGED.c.app_id, MERGED.c.from_id, MERGED.c.into_id, newest.label("rank"))
    ranked = (merges if upto is None else merges.where(MERGED.c.position <= upto)).subquery("ranked_merges")
    return (
        sa.select(ranked.c.app_id, ranked.c.from_id, ranked.c.into_id.label("root_id"))
        .where(ranked.c.rank == 1)
        .subquery("roots")
    )


def resolved_events(*conditions: sa.ColumnElement[bool], columns: tuple[str, ...] = ()) -> sa.Subquery:
    """Events with ``person_id`` resolved to the person they belong to today: the base of every query over people.

    ``conditions`` are over ``EVENTS`` and applied before the join; ``columns`` names the wanted columns (all if empty), including
    property columns. Both keep a scan small.
    """
    root = roots()
    wanted = columns or tuple(EVENTS.c.keys())
    person = sa.func.coalesce(root.c.root_id, EVENTS.c.person_id).label("person_id")
    selected = [person if name == "person_id" else _selected(name) for name in wanted]
    joined = sa.join(EVENTS, root, sa.and_(EVENTS.c.app_id == root.c.app_id, EVENTS.c.person_id == root.c.from_id), isouter=True)
    return sa.select(*selected).select_from(joined).where(*conditions).subquery("resolved_events")


def _selected(name: str) -> sa.ColumnElement[Any]:
    return EVENTS.c[name] if name in EVENTS.c else property_column(name).label(name)
