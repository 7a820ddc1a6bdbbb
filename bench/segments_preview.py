"""How long a preview over a long history takes, for each kind of condition, beside SQL written by hand for it.

Run: ``python -m bench.segments_preview [--people N] [--events N] [--history FILE]``; ``make bench-segments`` runs it with
1,000,000 people and 50,000,000 events over 90 days, on one thread. The hand-written queries are the files of ``bench/sql``, on
the same typed columns; both must find as many people.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import sqlalchemy as sa

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


#: The rules; those on events are what the files of ``bench/sql`` say by hand.
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
    "date": _done("Product Added", window={"last": "30d"}, where=[{"property": "due", "is": "after", "value": "2026-09-20"}]),
    "rhythm": {"kind": "rhythm", "times": 3},
    "unopened": {"kind": "unopened", "last": 2},
    "bucket": {"kind": "bucket", "from": 10, "to": 30, "salt": "autumn"},
    "trait": {"kind": "trait", "name": "plan", "is": "=", "value": "plan-3"},
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
    """People numbered from 1 on, of whom nothing is known but a plan."""

    def __init__(self, size: int) -> None:
        self.size = size

    def count(self) -> int:
        return self.size

    def newest(self) -> int:
        return self.size

    def ids(self, after: int, limit: int) -> range:
        return range(after + 1, min(after + limit, self.size) + 1)

    def profiles(self, _asked: frozenset[str] = frozenset()) -> Iterator[tuple[int, dict[str, Any]]]:
        return ((person, {"plan": f"plan-{person % 5}"}) for person in range(1, self.size + 1))


class Taken(NamedTuple):
    """What a few runs took: seconds by the clock, the median; and seconds of a processor, the least."""

    clock: float
    cpu: float


def timed(*runs: Callable[[], int]) -> list[tuple[int, Taken]]:
    """The answer of each, and what it took; they take turns, after one run each that warms up."""
    answers = [run() for run in runs]
    clock: list[list[float]] = [[] for _ in runs]
    cpu: list[list[float]] = [[] for _ in runs]
    for _ in range(RUNS):
        for place, run in enumerate(runs):
            began, worked = time.perf_counter(), time.thread_time()
            run()
            clock[place].append(time.perf_counter() - began)
            cpu[place].append(time.thread_time() - worked)
    return [(answer, Taken(statistics.median(clock[place]), min(cpu[place]))) for place, answer in enumerate(answers)]


def preview_rows(path: Path, people: int) -> Iterator[Row]:
    """A row for each kind. What it costs a processor is compared, since others may be at work on the machine."""
    everybody = Crowd(people)
    for name, written in RULES.items():
        rule = parse_rule(written)
        calibration = calibrate()
        history = History(path, memory_mb=1_024)
        runs = [lambda rule=rule, history=history: preview(rule, APP, history, everybody, NOW).count]
        file = SQL / f"{name}.sql"
        if file.exists():
            by_hand = sa.text(file.read_text().replace(":", r"\:").replace("$now", ":now")).bindparams(now=NOW)
            runs.append(lambda by_hand=by_hand, history=history: history.run(by_hand)[0][0])
        (count, taken), *others = timed(*runs)
        history.close()
        row = Row(
            name=f"preview: {name}",
            value=round(taken.clock, 3),
            unit="s",
            bar=f"<= {WORST_BAR:g}, median of all <= {MEDIAN_BAR:g}, <= {RATIO_BAR} x by hand",
            cpu_seconds=round(taken.cpu, 3),
            calibration=round(calibration, 5),
            ok=taken.clock <= WORST_BAR,
            note=f"{count:,} people",
        )
        for found, hand in others:
            zero = isinstance(rule, Behaviour) and rule.compare == "=" and rule.value == 0
            assert count == found or zero, (name, count, found)  # by hand, "everybody" has an event
            row.rival, row.rival_value, row.ratio = "SQL by hand", round(hand.clock, 3), round(taken.cpu / hand.cpu, 2)
            row.note += f"; of a processor {taken.cpu:.2f} s, by hand {hand.cpu:.2f} s"
            row.ok = row.ok and taken.cpu <= RATIO_BAR * hand.cpu
        yield row


def median_row(rows: Sequence[Row]) -> Row:
    """All kinds together."""
    seconds = statistics.median(row.value for row in rows)
    return Row(
        name=f"preview: median of {len(rows)} kinds",
        value=round(seconds, 3),
        unit="s",
        bar=f"<= {MEDIAN_BAR:g}",
        ok=seconds <= MEDIAN_BAR,
        note=f"worst {max(row.value for row in rows):g} s",
    )


def main() -> None:
    """Fill, measure, write ``bench/results/segments_preview.json``."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--people", type=int, default=1_000_000)
    arguments.add_argument("--events", type=int, default=50_000_000)
    arguments.add_argument("--history", type=Path, help="a file that was filled before")
    given = arguments.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = given.history or Path(folder) / "history.duckdb"
        if given.history is None:
            fill(path, given.people, given.events)
        for row in preview_rows(path, given.people):
            rows.append(row)
            tell(row)
    rows.append(median_row(rows))
    tell(rows[-1])
    write("segments_preview", rows)


def tell(row: Row) -> None:
    """A line of the results."""
    rival = "" if row.ratio is None else f", {row.ratio:g} x by hand"
    print(f"{'ok  ' if row.ok else 'MISS'} {row.name}: {row.value:g} s{rival}; {row.note}", flush=True)


if __name__ == "__main__":
    main()
