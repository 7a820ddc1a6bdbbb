"""The program under load is killed again and again, on both databases, and the database server with it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.faults import proofs
from tests.faults.books import open_books
from tests.faults.crowd import Crowd
from tests.faults.shop import open_shop
from tests.postgres import Server
from tests.process import Program

KILLS = 20
BATCHES = 10  # between two kills
SEED = 7


@pytest.fixture(scope="module")
def durable() -> Iterator[Server]:
    """A PostgreSQL server that syncs, for the tests that kill it."""
    server = Server(durable=True)
    yield server
    server.remove()


@pytest.mark.xdist_group("faults-sqlite")
def test_nothing_is_lost_or_doubled_however_often_it_is_killed_on_sqlite(tmp_path: Path) -> None:
    Ordeal(tmp_path).endure()


@pytest.mark.xdist_group("faults-postgresql")
def test_nothing_is_lost_or_doubled_however_often_it_and_the_database_are_killed(tmp_path: Path, durable: Server) -> None:
    Ordeal(tmp_path, durable).endure()


@pytest.mark.xdist_group("faults-sqlite")
def test_nothing_is_lost_or_doubled_however_often_four_partitions_are_killed(tmp_path: Path) -> None:
    Ordeal(tmp_path, partitions=4, kills=10).endure()


class Ordeal:
    """One database's test, step by step."""

    def __init__(self, folder: Path, server: Server | None = None, *, partitions: int = 1, kills: int = KILLS) -> None:
        self.chance = random.Random(SEED)
        self.partitions = partitions
        self.kills = kills
        self.server = server
        self.state_url = server.create("ordeal") if server else ""
        self.folder = folder
        self.data = folder / "data"
        # Snapshots of live segments are taken all the time, so that kills strike in the middle of them, and starts read them.
        # A message waits two seconds for an address: kills strike in that too, and all is decided at the end.
        self.program = Program(
            folder, state_url=self.state_url, snapshot_events=50, partitions=partitions, address_wait_seconds=2
        )
        self.orphans: list[psutil.Process] = []  # workers whose server was killed alone

    def endure(self) -> None:
        kills = self.kill_the_first_start(2)
        shop = open_shop(self.data, self.state_url, self.partitions)
        self.crowd = Crowd(self.program, shop, SEED)
        try:
            self.program.start()
            self.crowd.give_phones()
            self.crowd.start()
            for number in range(self.kills - kills):
                self.kill_once(number)
            self.program.wait_until_ready()
            assert not psutil.wait_procs(self.orphans, timeout=120)[1], "a worker outlives its server"
            self.wait_for_answers(20)
            self.crowd.finish(180)
            self.program.wait_until_settled()
            fresh = proofs.members_now(self.program, shop)
            self.stop()
            with open_books(self.data, self.state_url) as books:
                # Two cores are shared with other tests and with snapshots without a pause: a closed window may wait for seconds.
                compared = proofs.check_members(proofs.Oracle(books, shop), fresh, slack=5_000)
            assert compared > 100
            self.program.start()
            self.retry_what_is_gone()
            time.sleep(11)  # every short window has closed, every run has ended
            self.program.wait_until_settled()
            members = proofs.members_now(self.program, shop)
            pushes = self.every_push()
            self.stop()
        finally:
            self.crowd.over.set()
            self.program.kill()
        with open_books(self.data, self.state_url) as books:
            proofs.check_history(books, self.crowd)
            proofs.check_deletions(books, self.crowd)
            proofs.check_runs(books, self.crowd, shop)
            proofs.check_counts(books)
            proofs.check_deliveries(books, pushes)
            proofs.check_changes(books, members)
            proofs.check_members(proofs.Oracle(books, shop), members, slack=0)
            if self.partitions == 1:  # of several, who gets which id hangs on which of them came first
                assert proofs.replayed(books, self.folder / "again", {shop.app}) == proofs.of_the_log(books)
        strange = {status: times for status, times in self.crowd.statuses.items() if not status.startswith(("200", "503", "no "))}
        assert not strange, f"clients were answered {strange}"

    def kill_the_first_start(self, times: int) -> int:
        """Killed while it makes its folder and its tables, it starts all the same the next time."""
        for _ in range(times):
            self.program.launch()
            time.sleep(self.chance.uniform(0.5, 3.0))
            self.program.kill()
        return times

    def kill_once(self, number: int) -> None:
        """Each third time during the start; else a moment after it is ready, and at times the database server first."""
        self.crowd.go_on(BATCHES)
        if number % 3 == 1:
            time.sleep(self.chance.uniform(0.1, 2.0))
        else:
            self.program.wait_until_ready()
            time.sleep(self.chance.uniform(0.2, 1.2))
            if self.server is not None and number % 6 == 2:
                self.kill_the_server(self.server)
            elif number % 6 == 3:
                self.kill_its_worker()
        if number % 6 == 5 and self.program.is_ready():
            self.orphans.append(self.program.kill_server())
        self.program.kill()
        self.program.launch()

    def kill_its_worker(self) -> None:
        """The server goes on taking events, and starts another worker."""
        dead = self.program.workers()[0]
        dead.kill()
        self.wait_for_answers(3)
        self.program.wait_until_ready()
        assert [each.pid for each in self.program.workers()] != [dead.pid]

    def kill_the_server(self, server: Server) -> None:
        """The program outlives its database's death, and goes on by itself when it is there again."""
        server.kill()
        time.sleep(0.3)
        server.start()
        self.wait_for_answers(3)
        self.program.wait_until_settled(calm=1)

    def wait_for_answers(self, more: int, within: float = 120.0) -> None:
        self.crowd.go_on(more)
        before, deadline = self.crowd.statuses["200"], time.monotonic() + within
        while self.crowd.statuses["200"] < before + more:
            assert time.monotonic() < deadline, f"no client was answered:\n{self.program.log()[-4000:]}"
            time.sleep(0.05)

    def retry_what_is_gone(self) -> None:
        """Clients send again what was about people who are deleted."""
        for person in sorted(self.crowd.retired)[:20]:
            for sent in self.crowd.of_person.get(person, [])[-2:]:
                assert self.crowd.send_again(sent), self.crowd.statuses

    def every_push(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        while page := self.program.get(f"/sandbox/api/messages?limit=200&after={found[-1]['id'] if found else 0}"):
            found += page
        return found

    def stop(self) -> None:
        assert self.program.stop() == 0, self.program.log()[-4000:]
