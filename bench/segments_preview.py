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
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import sqlalchemy as sa

from bench.row import Row, calibrate, write
from relance.core.encoding import to_canonical_json
from relance.core.places import Spot
from relance.core.time import DAY
from relance.events.past import History
from relance.events.service import PropertyUse
from relance.infra.database import STATE
from relance.segments.definition.needs import reads_of
from relance.segments.query.preview import PreviewPeople as People
from relance.segments.query.preview import preview
from relance.segments.rule.conditions import Behaviour, Condition
from relance.segments.rule.tree import Rule, conditions, parse_rule
from relance.users.about import written
from relance.users.service import PeopleReader

_USERS = (
    "INSERT INTO users (app_id, id, first_seen, last_seen, session_at, active_at, session_key, version, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
APP = 1
NOW = 1_790_000_000_000
SPAN = 90 * DAY
SQL = Path(__file__).parent / "sql"
MEDIAN_BAR, WORST_BAR, RATIO_BAR = 1.0, 3.0, 1.5
RUNS = 3
CHUNK = 5_000_000


def _done(event: str, **more: Any) -> dict[str, Any]:
    return {"kind": "behaviour", "event": event, **more}


_TOWN = {"latitude": 44.34, "longitude": 2.96, "radius": 20_000}

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
    "entered": {"kind": "entered", "circle": _TOWN, "window": {"last": "30d"}},
    "place": {"kind": "place", "circle": _TOWN},
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


def _traits(person: int) -> dict[str, Any]:
    """What is known of a person by its own word: no two of them have the same."""
    named = {"email": f"person-{person}@example.com", "firstName": f"Name {person % 1_000}", "age": 18 + person % 60}
    return named | {
        "plan": f"plan-{person % 5}",
        "interests": ["sport", "music"][: person % 3],
        "company": {"size": person % 500},
    }


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

    def mentioning(self, _signs: Sequence[str]) -> Iterator[tuple[list[int], list[str]]]:
        return iter(())

    def spots(self, _within: tuple[float, float, float, float]) -> Iterator[tuple[list[int], list[float], list[float]]]:
        return iter(())


@contextmanager
def settled(path: Path, people: int) -> Iterator[PeopleReader]:
    """The people as the program keeps them, in SQLite: each with some traits, and where the newest event with a place told."""
    query = (
        "SELECT person_id, arg_max(latitude, position), arg_max(longitude, position) FROM events"
        " WHERE latitude IS NOT NULL GROUP BY person_id"
    )
    history = History(path, memory_mb=1_024)
    spots = {person: Spot(north, east).degrees for person, north, east in history.run(sa.text(query))}
    history.close()
    about = ((APP, person, written({"latitude": f"{north}", "longitude": f"{east}"})) for person, (north, east) in spots.items())
    users = ((APP, person, *[NOW] * 3, NOW, "", 1, NOW) for person in range(1, people + 1))
    with tempfile.TemporaryDirectory() as folder:
        state = sa.create_engine(f"sqlite:///{folder}/state.db")
        STATE.create_all(state, [STATE.tables[name] for name in ("users", "traits", "about")])
        with state.begin() as connection:
            connection.exec_driver_sql(_USERS, list(users))
            rows = [(APP, person, to_canonical_json(_traits(person))) for person in range(1, people + 1)]
            connection.exec_driver_sql("INSERT INTO traits (app_id, person_id, traits) VALUES (?, ?, ?)", rows)
            connection.exec_driver_sql("INSERT INTO about (app_id, person_id, facts) VALUES (?, ?, ?)", list(about))
        with state.connect() as connection:
            yield PeopleReader(connection, APP)
        state.dispose()


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


def preview_rows(path: Path, people: int, kinds: Sequence[str]) -> Iterator[Row]:
    """A row for each kind. What it costs a processor is compared, since others may be at work on the machine."""
    with settled(path, people) as kept:
        for name in kinds:
            yield preview_row(
                name, parse_rule(RULES[name]), path, kept if name in ("place", "trait", "bucket") else Crowd(people)
            )


def preview_row(name: str, rule: Rule, path: Path, everybody: People) -> Row:
    """The row of one kind."""
    calibration = calibrate()
    history = History(path, memory_mb=1_024)
    runs = [lambda: preview(rule, APP, history, everybody, NOW).count]
    file = SQL / f"{name}.sql"
    if file.exists():
        by_hand = sa.text(file.read_text().replace(":", r"\:").replace("$now", ":now")).bindparams(now=NOW)
        runs.append(lambda: history.run(by_hand)[0][0])
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
    return row


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
    arguments.add_argument("--kinds", nargs="*", help="only these; then nothing is written down")
    given = arguments.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = given.history or Path(folder) / "history.duckdb"
        if given.history is None:
            fill(path, given.people, given.events)
        for row in preview_rows(path, given.people, given.kinds or list(RULES)):
            rows.append(row)
            show(row)
    rows.append(median_row(rows))
    show(rows[-1])
    if given.kinds is None:
        write("segments_preview", rows)


def show(row: Row) -> None:
    """A line of the results."""
    rival = "" if row.ratio is None else f", {row.ratio:g} x by hand"
    print(f"{'ok  ' if row.ok else 'MISS'} {row.name}: {row.value:g} s{rival}; {row.note}", flush=True)


if __name__ == "__main__":
    main()
