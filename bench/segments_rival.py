"""The rival of live segments: DuckDB, which after each tick is asked about the tick's people, condition by condition."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import duckdb
import msgspec
import numpy as np

from relance.events.model import Batch
from relance.segments.rule.window import length_of

_decode = msgspec.json.Decoder().decode


class Rival:
    """A table of the events on typed columns, in memory, on one thread; every fifth condition is asked."""

    ASKED = 20

    def __init__(self, rules: list[dict[str, Any]], past: Iterable[Batch]) -> None:
        self._database = duckdb.connect(config={"threads": 1})
        self._database.execute("CREATE TABLE events (person BIGINT, name VARCHAR, instant BIGINT, price DOUBLE, cart VARCHAR)")
        self._queries = [_query(rule) for rule in rules[:: len(rules) // self.ASKED]]
        self._spent: list[float] = []
        self.catch_up(past)

    @property
    def median(self) -> float:
        """Seconds a tick, as if all conditions were asked."""
        return sorted(self._spent)[len(self._spent) // 2]

    def settle(self, batch: Batch, now: int) -> None:
        """Insert a tick's events; then ask who of its people fulfils each condition."""
        began = time.thread_time()
        self._insert(batch)
        inserted = time.thread_time() - began
        people = {"person": np.unique(np.array(batch.persons, np.int64))}  # noqa: F841 - DuckDB finds it by its name
        began = time.thread_time()
        self._database.execute("CREATE OR REPLACE TEMP TABLE people AS SELECT * FROM people")
        for query in self._queries:
            self._database.execute(query, {"now": now}).fetchnumpy()
        self._spent.append(inserted + (time.thread_time() - began) * 100 / self.ASKED)

    def catch_up(self, passed: Iterable[Batch]) -> None:
        """Let the table hold the events of ticks that were not asked about."""
        for batch in passed:
            self._insert(batch)

    def _insert(self, batch: Batch) -> None:
        bodies = [_decode(event.body) for event in batch.events]
        rows = {  # noqa: F841 - DuckDB finds it by its name
            "person": np.array(batch.persons, np.int64),
            "name": np.array([event.name for event in batch.events]),
            "instant": np.array([event.occurred_at for event in batch.events], np.int64),
            "price": np.array([body["price"] for body in bodies], np.float64),
            "cart": np.array([body["cart_id"] for body in bodies]),
        }
        self._database.execute("INSERT INTO events SELECT * FROM rows")


_MEASURES = {
    "sum": "sum(price)",
    "days": "count(DISTINCT instant // 86400000)",
    "distinct": "count(DISTINCT cart)",
    "count": "count(*)",
}


def _query(rule: dict[str, Any]) -> str:
    if rule["kind"] == "sequence":
        return _sequence(rule)
    start = f"instant > $now - {length_of(rule['window']['last'])} AND instant <= $now"
    tested = " AND price > 50" if rule.get("where") else ""
    measure = _MEASURES[rule.get("aggregate", "count")]
    return (
        f"SELECT person FROM events SEMI JOIN people USING (person) WHERE name = '{rule['event']}' AND {start}{tested} "
        f"GROUP BY person HAVING {measure} >= {rule['value']}"
    )


def _sequence(rule: dict[str, Any]) -> str:
    first, then, within = rule["first"]["event"], rule["then"]["event"], length_of(rule["within"])
    late = f"instant + {within} <= $now AND (next IS NULL OR next > instant + {within})"
    outcome = late if rule["absent"] else f"next <= instant + {within}"
    return f"""SELECT DISTINCT person FROM (
      SELECT person, name, instant, min(CASE WHEN name = '{then}' THEN instant END) OVER (
        PARTITION BY person, cart ORDER BY instant ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next
      FROM events SEMI JOIN people USING (person)
      WHERE name IN ('{first}', '{then}') AND instant > $now - {length_of(rule["window"]["last"])} AND instant <= $now)
    WHERE name = '{first}' AND {outcome}"""
