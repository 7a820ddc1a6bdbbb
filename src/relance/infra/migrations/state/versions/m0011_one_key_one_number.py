"""Keys of runs: a whole number, the same number as a float and its plain decimal form are one; other numbers are no texts.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_FIRST = (*"-0123456789 \t\r\n\v\f",)
_PIECE = 5_000

_RUNS = sa.table(
    "runs", *map(sa.column, ("id", "journey_id", "version", "person_id", "run_key", "node", "state", "reason", "data"))
)
_VERSIONS = sa.table("journey_versions", *map(sa.column, ("journey_id", "version", "graph")))
_COUNTS = sa.table("node_counts", *map(sa.column, ("journey_id", "version", "node", "departed")))


def upgrade() -> None:
    """Runs whose key was written otherwise get the one that events are compared with from now on."""
    connection = op.get_bind()
    keys: dict[tuple[int, int], str] = {}
    for journey, version, graph in connection.execute(sa.select(_VERSIONS.c.journey_id, _VERSIONS.c.version, _VERSIONS.c.graph)):
        key = msgspec.json.decode(graph).get("entry", {}).get("key")
        if key:
            keys[journey, version] = key
    marked = sa.or_(_RUNS.c.run_key.in_(("true", "false")), sa.func.substr(_RUNS.c.run_key, 1, 1).in_(_FIRST))
    last = ""
    while keys:
        query = sa.select(_RUNS).where(marked, _RUNS.c.id > last).order_by(_RUNS.c.id).limit(_PIECE)
        runs = connection.execute(query).mappings().all()
        if not runs:
            return
        last = runs[-1]["id"]
        for run in runs:
            path = keys.get((run["journey_id"], run["version"]))
            new = None if path is None else _key(_read(run["data"], path))
            if new is not None and new != run["run_key"]:
                _write(connection, run, new)


def _write(connection: sa.Connection, run: Any, key: str) -> None:
    """Of two runs under way that turn out to have one key, the one that is written later ends, as in a merge."""
    mine = sa.update(_RUNS).where(_RUNS.c.id == run["id"])
    same = sa.select(_RUNS.c.id).where(
        sa.text("state = 'waiting'"),
        _RUNS.c.journey_id == run["journey_id"],
        _RUNS.c.person_id == run["person_id"],
        _RUNS.c.run_key == key,
    )
    if run["state"] == "waiting" and connection.execute(same).first() is not None:
        connection.execute(mine.values(run_key=key, state="left", reason="merged"))
        place = [_COUNTS.c[name] == run[name] for name in ("journey_id", "version", "node")]
        connection.execute(sa.update(_COUNTS).where(*place).values(departed=_COUNTS.c.departed + 1))
        return
    connection.execute(mine.values(run_key=key))


def _read(data: str, path: str) -> Any:
    value = msgspec.json.decode(data)
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _key(value: Any) -> str | None:
    """As ``journeys.step.key_text`` has it at this revision; None for what stays as it is."""
    if isinstance(value, str):
        return f" t{value}" if value and value < "!" and len(value) < 198 and "\x00" not in value else None
    if isinstance(value, bool):
        return " btrue" if value else " bfalse"
    if not isinstance(value, int | float):
        return None
    if 0 <= value < 2**53 and value == int(value):
        return str(int(value))
    return f" n{msgspec.json.encode(float(value)).decode()}"


def downgrade() -> None:
    """The keys stay: what was written before is read from the runs' own events."""
