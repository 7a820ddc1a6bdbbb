"""What a snapshot leaves on both databases, and what becomes of it when it is damaged, unfinished or another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.core.time import DAY
from relance.events.model import Batch, Event, HistoryMerge
from relance.events.past import History
from relance.infra.database import STATE, reading, writing
from relance.segments.live.snapshot import chunks
from relance.segments.live.snapshot.snapshots import Snapshots
from relance.segments.live.snapshot.snapshotter import LostError, Snapshotter
from relance.segments.live.snapshot.store import LIVE_CHUNKS, LIVE_FORGOTTEN, LIVE_PARTS
from relance.segments.membership import Live
from relance.segments.service import Segments

APP = 1
START = 1_750_000_000_000
PEOPLE = 300
BOUGHT = {"kind": "behaviour", "event": "bought", "window": {"last": "30d"}}
RULES = {
    "count": {**BOUGHT, "value": 2},
    "ever": {**BOUGHT, "window": None},
    "days": {**BOUGHT, "aggregate": "days", "value": 2},
    "sum": {**BOUGHT, "aggregate": "sum", "property": "price", "value": 40},
    "distinct": {**BOUGHT, "aggregate": "distinct", "property": "price", "value": 2},
    "pair": {
        "kind": "sequence",
        "first": {"event": "bought"},
        "then": {"event": "bought"},
        "within": "1h",
        "absent": False,
        "on": "price",
        "window": {"last": "7d"},
    },
    "calendar": {**BOUGHT, "window": {"calendar": "this_month", "zone": "Europe/Paris"}},
    "first": {**BOUGHT, "window": {"after_first": "7d"}},
    "stopped": {"kind": "lifecycle", "stage": "stopped", "event": "bought", "where": [], "window": {"last": "1d"}},
    "trait": {"kind": "trait", "name": "plan", "is": "=", "value": "pro"},
    "stranger": {"not": BOUGHT},
}


class World:
    """Live state over a state store and a history, moved on by hand."""

    def __init__(self, state: Engine, history: History) -> None:
        self.state, self.history = state, history
        self.position, self.tick, self.now = 0, 0, START
        self.plans: dict[int, dict[str, str]] = {}
        self.is_mine = True
        self.segments = {name: Segments(state).create(APP, name, rule, START).id for name, rule in RULES.items()}
        self.start()

    def start(self) -> None:
        """A new process, that starts from what is committed."""
        self.snapshots = Snapshots(
            0, lambda _c, _a, people, _asked: {each: self.plans[each] for each in people if each in self.plans}
        )
        self.live = Live(0, lambda *_: list(self.plans.items()), self.snapshots)
        with reading(self.state) as connection:
            self.live.load(connection, self.history, self.now)
        self.snapshotter = Snapshotter(
            self.live, self.snapshots, self.state, lambda: self.position, lambda _: self.is_mine, lambda: self.now
        )

    def rebuilt(self) -> Live:
        """Live state from history alone."""
        live = Live(0, lambda *_: list(self.plans.items()))
        with reading(self.state) as connection:
            live.load(connection, self.history, self.now)
        return live

    def settle(self, people: list[int], step: int = 1000, plans: dict[int, str] | None = None) -> None:
        """A tick: each of these buys something, a step after the other, and some get another plan."""
        self.plans.update({person: {"plan": plan} for person, plan in (plans or {}).items()})
        reported = [("bought", person) for person in people] + [("edited", person) for person in plans or {}]
        events = []
        for name, person in reported:
            self.now += step
            body = b'{"price":%d}' % (person % 7 * 10)
            events.append(Event(APP, "track", name, f"m{self.now}", "", "", self.now, self.now, body))
        batch = Batch(events, [person for _, person in reported], [False] * len(reported), self.position + 1)
        self.history.append(0, batch)
        self.live.fold(batch, {(APP, person): self.plans[person] for person in plans or {}}, self.now)
        self.position += len(reported)
        self.end()

    def merge(self, source: int, into: int) -> None:
        self.position += 1
        self.history.append(0, Batch([], [], [], self.position), [HistoryMerge(APP, source, into, self.position)])
        self.live.merge(APP, source, into)
        self.plans.pop(source, None)
        self.settle([into])

    def forget(self, person: int) -> None:
        self.history.forget(APP, person)
        self.plans.pop(person, None)
        self.live.forget(APP, person)
        self.settle([5])

    def end(self) -> None:
        self.tick += 1
        self.live.expire(self.now)
        with writing(self.state) as connection:
            self.live.flush(connection, self.tick, self.now)

    def members(self, live: Live) -> dict[str, list[int]]:
        return {name: live.members(APP, number) for name, number in self.segments.items()}

    def check(self) -> None:
        """A start from the snapshot stands where one from history stands, and goes on in the same way for a year."""
        self.start()
        other = self.rebuilt()
        assert self.members(self.live) == self.members(other)
        assert self.live.next_due() == other.next_due()
        assert list(self.live.expire(self.now)) == list(other.expire(self.now))
        mine, theirs = self.live.expire(self.now + 365 * DAY), other.expire(self.now + 365 * DAY)
        assert list(mine) == list(theirs)
        assert mine
        self.start()

    def rows(self, table: sa.Table) -> int:
        with reading(self.state) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0

    def write(self, statement: sa.Executable) -> None:
        with writing(self.state) as connection:
            connection.execute(statement)


@pytest.fixture
def history() -> Iterator[History]:
    history = History(":memory:")
    yield history
    history.close()


@pytest.fixture
def world(state: Engine, history: History, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 2_000)
    world = World(state, history)
    world.settle([*range(1, PEOPLE), *range(1, PEOPLE, 2)], plans={7: "pro", 8: "free"})
    return world


def restored(world: World) -> tuple[int, int]:
    """How many parts the next start restores, and how many there are."""
    world.start()
    return world.snapshots.restored, len(world.live.part_names())


def test_all_that_is_snapshotted_is_restored_and_caught_up(world: World) -> None:
    assert restored(world)[0] == 0
    assert world.snapshotter.snapshot()
    found, there = restored(world)
    assert found == there
    assert there >= 9
    world.check()
    world.settle([3, 4, 3, 999], plans={8: "pro", 7: "free", 1000: "pro"})
    world.merge(11, 12)
    world.merge(12, 13)
    world.forget(14)
    assert restored(world) == (there, there)
    assert world.live.memberships(APP, 14) == world.live.memberships(APP, 11) == []
    world.check()
    assert world.snapshotter.snapshot()
    world.settle([3])
    world.check()


def test_it_is_caught_up_with_history_on_each_engine(open_history: Callable[[], History]) -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    STATE.create_all(engine)
    world = World(engine, open_history())
    world.settle([*range(1, 20), *range(1, 20, 2)], plans={7: "pro", 8: "free"})
    world.snapshotter.snapshot()
    world.settle([3, 4, 3, 99], plans={8: "pro", 7: "free", 100: "pro"})
    world.merge(11, 12)
    world.forget(14)
    found, there = restored(world)
    assert found == there
    world.check()
    engine.dispose()


def test_what_is_the_same_is_not_written_again(world: World) -> None:
    world.snapshotter.snapshot()
    first = world.snapshots.figures.bytes
    chunks_there = world.rows(LIVE_CHUNKS)
    world.snapshotter.snapshot()
    assert world.snapshots.figures.bytes == first
    world.start()
    world.snapshotter.snapshot()  # another process finds it the same, too
    assert world.snapshots.figures.bytes == 0
    world.settle([PEOPLE - 1])
    world.snapshotter.snapshot()
    assert 0 < world.snapshots.figures.bytes < first / 3
    assert world.rows(LIVE_CHUNKS) < chunks_there * 1.2
    world.check()


def damage_payload(world: World) -> None:
    with writing(world.state) as connection:
        for row in connection.execute(sa.select(LIVE_CHUNKS)).all():
            payload = bytearray(row.payload)
            payload[len(payload) // 2] ^= 4
            same = [LIVE_CHUNKS.c[name] == getattr(row, name) for name in ("app_id", "part", "writing", "column_name", "place")]
            connection.execute(sa.update(LIVE_CHUNKS).where(*same).values(payload=bytes(payload)))


def cut_payload(world: World) -> None:
    cut = sa.func.substr(LIVE_CHUNKS.c.payload, 1, sa.func.length(LIVE_CHUNKS.c.payload) - 1)
    world.write(sa.update(LIVE_CHUNKS).values(payload=cut))


def lose_chunk(world: World) -> None:
    world.write(sa.delete(LIVE_CHUNKS).where(LIVE_CHUNKS.c.place == 0))


def damage_head(world: World) -> None:
    with writing(world.state) as connection:
        for row in connection.execute(sa.select(LIVE_PARTS)).all():
            head = row.head[:10] + bytes([row.head[10] ^ 1]) + row.head[11:]
            connection.execute(sa.update(LIVE_PARTS).where(LIVE_PARTS.c.part == row.part).values(head=head))


def other_version(world: World) -> None:
    with writing(world.state) as connection:
        for row in connection.execute(sa.select(LIVE_PARTS)).all():
            head = msgspec.structs.replace(chunks.read_head(row.head), version=chunks.VERSION + 1)
            values = {"head": chunks.write_head(head)}
            connection.execute(sa.update(LIVE_PARTS).where(LIVE_PARTS.c.part == row.part).values(values))


@pytest.mark.parametrize("harm", [damage_payload, cut_payload, lose_chunk, damage_head, other_version])
def test_what_is_damaged_is_built_anew(world: World, harm: Callable[[World], None]) -> None:
    world.snapshotter.snapshot()
    world.settle([3, 4, 3, 999])
    harm(world)
    assert restored(world)[0] == 0
    assert world.snapshots.lacking
    world.check()
    world.snapshotter.snapshot()
    assert restored(world)[0] == restored(world)[1]
    world.check()


def test_only_what_is_damaged_is_built_anew(world: World) -> None:
    world.snapshotter.snapshot()
    before = {part for _, part in world.live.part_names()}
    gone = min(part for part in before if part.startswith("stream."))
    world.write(sa.delete(LIVE_CHUNKS).where(LIVE_CHUNKS.c.part == gone))
    world.settle([3, 4])
    found, there = restored(world)
    assert found == there - 1
    world.check()


def test_another_rule_is_built_and_the_rest_restored(world: World) -> None:
    world.snapshotter.snapshot()
    edited = {**BOUGHT, "window": {"calendar": "today", "zone": "UTC"}}
    Segments(world.state).update(APP, world.segments["calendar"], 1, world.now, rule=edited)
    found, there = restored(world)
    assert found == there - 1  # the book of the events serves both
    world.check()
    world.snapshotter.snapshot()
    assert world.rows(LIVE_PARTS) == there


def test_a_deleted_person_is_out_of_what_is_restored_at_once_and_of_the_next_snapshot(world: World) -> None:
    world.settle([], plans={77: "pro"})
    world.snapshotter.snapshot()
    world.forget(77)
    assert world.snapshots.lacking  # so that the next one comes soon
    assert world.rows(LIVE_FORGOTTEN) == 1
    world.start()
    assert world.live.memberships(APP, 77) == []
    assert world.snapshots.lacking
    world.snapshotter.snapshot()
    assert world.rows(LIVE_FORGOTTEN) == 0
    world.start()
    assert world.live.memberships(APP, 77) == []
    assert not world.snapshots.lacking
    shard = world.live._shards[APP]
    assert 77 not in shard.known.where_true()
    assert all(77 not in source.people() for source in shard.sources.values())
    world.check()


def test_an_unfinished_writing_counts_for_nothing_and_is_removed(world: World) -> None:
    world.snapshotter.snapshot()
    there = world.rows(LIVE_CHUNKS)
    world.settle(list(range(1, PEOPLE)))
    world.is_mine = True
    parts = world.live.part_names()
    for part in parts[: len(parts) // 2]:
        world.snapshotter.write(part)
    world.snapshotter.commit()
    part = world.live.part_names()[-1]
    world.write(
        sa.insert(LIVE_CHUNKS).values(
            partition=0, app_id=APP, part=part[1], writing=9, column_name="flat", place=0, payload=b"unfinished"
        )
    )
    world.check()
    world.snapshotter.snapshot()
    assert world.rows(LIVE_CHUNKS) <= there * 2
    with reading(world.state) as connection:
        assert b"unfinished" not in {bytes(each) for each in connection.scalars(sa.select(LIVE_CHUNKS.c.payload))}
    world.check()


def test_who_lost_the_partition_writes_nothing(world: World) -> None:
    world.is_mine = False
    with pytest.raises(LostError):
        world.snapshotter.snapshot()
    assert world.rows(LIVE_PARTS) == world.rows(LIVE_CHUNKS) == 0


def test_a_snapshot_is_taken_at_the_end(world: World) -> None:
    world.snapshotter.start()
    world.snapshotter.stop()
    assert restored(world)[0] == restored(world)[1]
    with reading(world.state) as connection:
        newest = world.snapshots.newest(connection, world.position + 3)
    assert newest is not None
    assert newest.behind == 3
    assert newest.bytes > 0
