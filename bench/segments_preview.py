"""How long a preview over a long history takes, for each kind of condition, beside SQL written by hand for it.

Run: ``python -m bench.segments_preview [--people N] [--events N]``; ``make bench-segments`` runs it with 1,000,000 people and
50,000,000 events over 90 days, on one thread. The hand-written queries are the files of ``bench/sql``, on the same typed columns;
both must find as many people.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from bench.row import Row, calibrate, write
from relance.core.time import DAY
from relance.events.past import History
from relance.events.service import PropertyUse
from relance.segments.definition.needs import reads_of
from relance.segments.query.preview import preview
from relance.segments.rule.conditions import Behaviour, Condition
from relance.segments.rule.tree import conditions, parse_rule

APP = 1
NOW = 1_790_000_000_000
SPAN = 90 * DAY
SQL = Path(__file__).parent / "sql"
MEDIAN_BAR, WORST_BAR, RATIO_BAR = 1.0, 3.0, 1.5
RUNS = 3
CHUNK = 5_000_000


def _done(event: str, **more: Any) -> dict[str, Any]:
    return {"kind": "behaviour", "event": event, **more}


#: The rules that the files of ``bench/sql`` say by hand.
RULES: dict[str, dict[str, Any]] = {
    "count": _done("Product Added", value=2, window={"last": "7d"}),
    "absent": _done("Order Completed", compare="=", value=0, window={"last": "30d"}),
    "predicate": _done("Order Completed", window={"last": "30d"}, where=[{"property": "price", "is": ">", "value": 90}]),
    "text": _done("Product Added", value=2, window={"last": "30d"}, where=[{"property": "category", "is": "=", "value": "k3"}]),
    "sum": _done("Order Completed", aggregate="sum", property="price", value=100, window={"last": "30d"}),
    "distinct": _done("Product Added", aggregate="distinct", property="category", value=2, window={"last": "30d"}),
    "days": _done("Product Viewed", aggregate="days", value=3, zone="UTC", window={"last": "30d"}),
    "last": _done("Order Completed", aggregate="last", compare="<=", value={"ago": "60d"}),
    "sequence": {
        "kind": "sequence",
        "first": {"event": "Product Added"},
        "then": {"event": "Order Completed"},
        "within": "2h",
        "absent": True,
        "on": "cart_id",
        "window": {"last": "7d"},
    },
    "lifecycle": {"kind": "lifecycle", "stage": "stopped", "event": "Product Added", "window": {"last": "14d"}},
}


def fill(path: Path, people: int, events: int) -> None:
    """Make a history file; people are active unevenly, as 1/rank goes."""
    History(path).close()
    text = (SQL / "fill.sql").read_text()
    with duckdb.connect(str(path)) as file:
        for first in range(0, events, CHUNK):
            print(f"\r{first:,} of {events:,} events", end="", flush=True)
            given = {"first": first, "count": min(CHUNK, events - first), "people": people, "events": events}
            file.execute(text, given | {"start": NOW - SPAN, "span": SPAN})
    print()
    lay_out(path)


def lay_out(path: Path) -> None:
    """Let history lay out the properties that the rules read, as it does beside the ticks."""
    uses = [PropertyUse(name, APP, event) for rule in RULES.values() for event, name in reads_of(parse_condition(rule))]
    history = History(path, memory_mb=1_024)
    history.use_columns(list(dict.fromkeys(uses)), 32)
    while history.fill_columns(1_000_000):
        print(f"\r{history.column_fills()}", end="", flush=True)
    print()
    history.close()


def parse_condition(written: dict[str, Any]) -> Condition:
    """A rule of one condition."""
    (condition,) = conditions(parse_rule(written))
    return condition


class Crowd:
    """People numbered from 1 on, of whom nothing is known."""

    def __init__(self, size: int) -> None:
        self.size = size

    def count(self) -> int:
        return self.size

    def newest(self) -> int:
        return self.size

    def ids(self, after: int, limit: int) -> range:
        return range(after + 1, min(after + limit, self.size) + 1)

    def profiles(self, _asked: frozenset[str] = frozenset()) -> Iterator[tuple[int, dict[str, Any]]]:
        return ((person, {}) for person in range(1, self.size + 1))


def timed(run: Any) -> tuple[Any, float]:
    """The answer and the median seconds of three runs, after one that warms up."""
    answer, spent = run(), []
    for _ in range(RUNS):
        began = time.perf_counter()
        answer = run()
        spent.append(time.perf_counter() - began)
    return answer, statistics.median(spent)


def preview_rows(path: Path, people: int) -> Iterator[Row]:
    """A row for each kind."""
    everybody = Crowd(people)
    for name, written in RULES.items():
        rule = parse_rule(written)
        history = History(path, memory_mb=1_024)
        calibration = calibrate()
        found, seconds = timed(lambda rule=rule, history=history: preview(rule, APP, history, everybody, NOW))
        history.close()
        with duckdb.connect(str(path), read_only=True, config={"threads": 1, "memory_limit": "1GB"}) as file:
            text = (SQL / f"{name}.sql").read_text()
            by_hand, rival = timed(lambda text=text, file=file: file.execute(text, {"now": NOW}).fetchone()[0])
        zero = isinstance(rule, Behaviour) and rule.compare == "=" and rule.value == 0
        assert found.count - by_hand == 0 or zero, (name, found.count, by_hand)  # by hand, "everybody" has an event
        yield Row(
            name=f"preview: {name}",
            value=round(seconds, 3),
            unit="s",
            bar=f"<= {WORST_BAR:g}, median of all <= {MEDIAN_BAR:g}, <= {RATIO_BAR} x by hand",
            rival="SQL by hand",
            rival_value=round(rival, 3),
            ratio=round(seconds / rival, 2),
            calibration=round(calibration, 5),
            ok=seconds <= WORST_BAR and seconds <= RATIO_BAR * rival,
            note=f"{found.count:,} people",
        )


def main() -> None:
    """Fill, measure, write ``bench/results/segments_preview.json``."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--people", type=int, default=1_000_000)
    arguments.add_argument("--events", type=int, default=50_000_000)
    given = arguments.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.duckdb"
        fill(path, given.people, given.events)
        for row in preview_rows(path, given.people):
            rows.append(row)
            print(
                f"{'ok  ' if row.ok else 'MISS'} {row.name}: {row.value:g} s, by hand {row.rival_value:g} s; {row.note}",
                flush=True,
            )
    write("segments_preview", rows)


if __name__ == "__main__":
    main()
