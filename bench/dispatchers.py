"""Sixteen dispatchers at once on PostgreSQL, each a process: ``python -m bench.dispatchers``.

A hundred messages for each of 2,000 people, and a cap of three: whoever decides at the same moment about one person must neither
pass the cap nor refuse what is below it, so that everybody has taken three slots in the end.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from typing import Any

import sqlalchemy as sa
from pyroaring import BitMap64
from sqlalchemy.engine import Engine

from bench.delivery import APP, DAY, START, Sink, cap_of, fill_people
from bench.row import Row, calibrate, write
from relance.accounts.model import App, AppSettings
from relance.channels.registry import Channel
from relance.infra.database import STATE, open_engine, reading, writing
from relance.journeys.service import held_runs
from relance.messaging import service as messaging
from relance.messaging.audiences.service import enter
from relance.messaging.claiming import Claiming
from relance.messaging.service import Messages, Preparation
from relance.restraint.service import Caps
from tests.conftest import declare_tables
from tests.postgres import Server

DISPATCHERS, PEOPLE, MESSAGES, MOST = 16, 2_000, 100, 3
BATCH = 250


def drain(url: str, name: str) -> None:
    """One dispatcher: claim and decide until nothing is left."""
    declare_tables()
    engine, email = open_engine(url, pool_size=2), Channel("email")
    app = App(APP, "Shop", "shop", AppSettings(timezone="Europe/Paris"), 0, 1)
    preparation = Preparation(lambda _: app, held_runs, [email], "https://r.example", b"s" * 32, "shop@example.com")
    claiming = Claiming(engine, {email: Sink()}, preparation, name, DAY, 1)
    while heads := claiming.heads(START + DAY):
        for key, queues in claiming.by_provider(heads, {}).items():
            claiming.let_go([each.row for each in claiming.take(START + DAY, key, queues, BATCH).decided])


def slots(engine: Engine) -> dict[int, int]:
    """How many people have taken so many slots."""
    taken = "SELECT person_id, count(reserved_at) AS slots FROM deliveries GROUP BY person_id"
    with reading(engine) as connection:
        found = connection.execute(sa.text(f"SELECT slots, count(*) FROM ({taken}) AS each GROUP BY slots"))
        return {int(number): int(people) for number, people in found}


def prepare(engine: Engine) -> None:
    STATE.create_all(engine)
    fill_people(engine, count=PEOPLE)
    Caps(engine).create(APP, cap_of({"name": "Three", "most": MOST, "rolling": "7d"}), START)
    for number in range(MESSAGES):
        message = Messages(engine).create(APP, f"Offer {number}", "email", {"subject": "Hi", "text": "Hi"}, START)
        with writing(engine) as connection:
            messaging.enqueue(connection, message, BitMap64(range(1, PEOPLE + 1)), START)
    while enter(engine):
        pass


def measured() -> Row:
    server = Server(durable=True)
    try:
        url, calibration = server.create("bench"), calibrate()
        engine = open_engine(url)
        prepare(engine)
        began = time.perf_counter()
        context = multiprocessing.get_context("spawn")
        each: Any = [context.Process(target=drain, args=(url, f"bench{number}")) for number in range(DISPATCHERS)]
        for process in each:
            process.start()
        for process in each:
            process.join()
        wall, found = time.perf_counter() - began, slots(engine)
        engine.dispose()
    finally:
        server.remove()
    wrong = sum(people for number, people in found.items() if number != MOST)
    return Row(
        name=f"{DISPATCHERS} dispatchers, {MESSAGES * PEOPLE:,} attempts on {PEOPLE:,} people, PostgreSQL",
        value=wrong,
        unit=f"people with other than {MOST} slots",
        bar="0",
        calibration=round(calibration, 5),
        ok=found == {MOST: PEOPLE} and not any(process.exitcode for process in each),
        note=f"{MESSAGES * PEOPLE / wall:,.0f} decided a second; slots taken: {found}",
    )


def main() -> int:
    row = measured()
    print(f"{'ok  ' if row.ok else 'MISS'} {row.name}: {row.value:,} {row.unit} (bar {row.bar}); {row.note}")
    print(write("dispatchers", [row]))
    return 0 if row.ok else 1


if __name__ == "__main__":
    sys.exit(main())
