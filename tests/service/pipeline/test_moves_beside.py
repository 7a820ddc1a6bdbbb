"""People who become part of somebody in another partition, at each instant of a backfill and between any two snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from relance.core.partitions import of_person
from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import Kind
from relance.infra.database import writing
from relance.segments.live.fill import fillers
from relance.segments.live.snapshot import store as snapshot_store
from relance.segments.rule.meaning import meaning
from relance.segments.rule.tree import parse_rule
from relance.worker.membership import MembershipReader
from tests.service.pipeline.beside import Beside, Create, Fill, Run, Snap, take_small_steps
from tests.service.pipeline.rig import Rig, counted
from tests.service.pipeline.test_handover import named
from tests.service.pipeline.test_partitions import rigs

PARTITIONS = 4
WATCHED = counted("viewed", ">=", 1, "2h")
SUM = counted("viewed", "=", 12, "2h") | {"aggregate": "sum", "property": "a"}
#: Each kind of source, and those that look at people; true at the end only if each event counts once.
RULES = (
    counted("viewed", "=", 7, "2h"),
    counted("viewed", "=", 7, None),
    counted("bought", "=", 0, None),
    SUM,
    {"kind": "sequence", "first": {"event": "viewed"}, "then": {"event": "bought"}, "within": "1h", "window": {"last": "1d"}},
    {"kind": "behaviour", "event": "viewed", "aggregate": "first", "compare": ">=", "value": {"ago": "1h"}, "window": None},
    {"kind": "behaviour", "event": "viewed", "value": 5, "window": {"after_first": "1d"}},
    {"kind": "trait", "name": "plan", "is": "=", "value": "gold"},
)
Step = Callable[[Beside], None]


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    take_small_steps(monkeypatch)


@pytest.fixture
def rig() -> Iterator[Rig]:
    with rigs(PARTITIONS) as (made,):
        yield made


@pytest.fixture
def player(rig: Rig) -> Beside:
    return Beside(rig, [WATCHED])


def runs(*partitions: int) -> list[Step]:
    return [lambda player, number=number: player.play(Run(number)) for number in partitions]  # type: ignore[misc]


def does(name: str, *devices: tuple[str, int]) -> Step:
    """Something is done on some devices, by whoever uses them."""

    def do(player: Beside) -> None:
        rig, at = player.rig, pass_a_minute(player)
        ids = [named(rig, device, partition) for device, partition in devices]
        rig.write(*(rig.event(Kind.TRACK, name, at, {"a": 2}, anonymous_id=each) for each in ids))

    return do


def signs_in(user: tuple[str, int], *devices: tuple[str, int]) -> Step:
    def do(player: Beside) -> None:
        rig, at = player.rig, pass_a_minute(player)
        ids = [named(rig, device, partition) for device, partition in devices]
        rig.write(*(rig.identify(named(rig, *user), at, each, plan="gold") for each in ids))

    return do


def becomes(user: tuple[str, int], of: tuple[str, int]) -> Step:
    """Two known people are one, by command."""

    def do(player: Beside) -> None:
        rig, at = player.rig, pass_a_minute(player)
        gone, stays = (player.find_user(named(rig, *each)) for each in (user, of))
        rig.write(rig.event(Kind.MERGE, "", at, {"into": stays, "from": gone}, person_id=stays))

    return do


def is_also(user: tuple[str, int], former: tuple[str, int]) -> Step:
    """Likewise, by a record that goes where the id of the one who stays leads to."""

    def do(player: Beside) -> None:
        rig, at = player.rig, pass_a_minute(player)
        rig.write(rig.event(Kind.ALIAS, "", at, {"previous_id": named(rig, *former)}, user_id=named(rig, *user)))

    return do


def pass_a_minute(player: Beside) -> int:
    player.at += MINUTE
    player.rig.clock.advance(player.rig.clock.now() + MINUTE)
    return player.at


DESK, PHONE, TABLET, ADA, ZOE = ("d", 0), ("d", 1), ("d", 2), ("u", 3), ("u", 1)
#: The phone's person (1) becomes part of ada, who lives in 0 as the desk's; then the tablet's (2), which ada's partition
#: learns first; then all of them part of zoe, who lives in 1, where the phone's person had lived.
STORY: list[Step] = [
    does("viewed", DESK, DESK, PHONE, TABLET),
    *runs(0, 1, 2),
    does("bought", PHONE),
    *runs(1),
    signs_in(ADA, DESK, PHONE),
    *runs(3, 1, 0),
    does("viewed", PHONE),
    signs_in(ADA, TABLET),
    *runs(1, 3, 0, 2),
    signs_in(ZOE, ("d", 1)),
    lambda player: player.play(Run(1)),
    lambda player: player.rig.write(player.rig.track(named(player.rig, *ZOE), "viewed", player.at)),
    *runs(1, 0),
    becomes(ADA, ZOE),
    *runs(1, 0),
    does("viewed", DESK),
    *runs(0, 1),
]


def begin(player: Beside) -> None:
    for rule in RULES:
        player.play(Create(rule))
    for partition in reversed(range(PARTITIONS)):  # 1 takes them up before 0 has adopted who went there
        player.play(Run(partition))
        player.play(Fill(partition, 1))


@pytest.mark.parametrize("place", [4, 9, 10, 17, 26])
def test_the_first_segments_begun_at_any_instant_and_filled_long_after_end_right(rig: Rig, place: int) -> None:
    player = Beside(rig, [])
    for step in STORY[:place]:
        step(player)
    begin(player)
    for step in STORY[place:]:
        step(player)
    player.finish()
    player.check()
    assert [rig.members(player.segments[each]) for each in (0, 1, 3)] == [[player.find_user(named(rig, *ZOE))]] * 3
    player.pass_time(HOUR)
    player.check()


def test_all_of_it_with_history_on_clickhouse(clickhouse_url: str) -> None:
    with rigs(PARTITIONS, history_url=clickhouse_url, history_database="moves_beside") as (rig,):
        player = Beside(rig, [WATCHED])
        for number, step in enumerate(STORY):
            if number == 10:
                begin(player)
            step(player)
            if number == 16:
                player.finish()
                for partition in range(PARTITIONS):
                    player.play(Snap(partition, 0))
        player.restart()
        player.finish()
        assert all(parts.snapshots.restored for parts in rig.every)
        player.check()
        found = joint(player)
        assert found == sum(len(rig.members(number)) for number in player.segments[:1])
        player.pass_time(HOUR)
        player.check()


def joint(player: Beside) -> int:
    """How many a preview of the first segment's rule finds in live state."""
    rig = player.rig
    lives = MembershipReader([parts.live for parts in rig.every])
    found = lives.preview(rig.app, meaning(parse_rule(WATCHED), lambda _segment: None), rig.clock.now())
    assert found is not None
    assert found.sample == found.spread == rig.members(player.segments[0])
    return found.count


@pytest.mark.parametrize("place", [4, 13, 26])
def test_segments_begun_at_any_instant_and_filled_meanwhile_end_right(player: Beside, place: int) -> None:
    for step in STORY[:place]:
        step(player)
    begin(player)
    for step in STORY[place:]:
        step(player)
        for partition in range(PARTITIONS):
            player.play(Fill(partition, 1))
    player.finish()
    player.check()
    player.pass_time(HOUR)
    player.check()


@pytest.mark.parametrize("place", [0, 3, 6, 13, 18, 23])
def test_a_snapshot_of_any_instant_is_as_good_as_history(player: Beside, place: int) -> None:
    for rule in RULES:
        player.play(Create(rule))
    player.finish()
    for number, step in enumerate(STORY):
        step(player)
        if number == place:
            for partition in range(PARTITIONS):
                player.play(Snap(partition, 0))
        if number >= place:
            player.restart()
    player.finish()
    restored = [parts.snapshots.restored for parts in player.rig.every]
    assert all(restored[partition] for partition in (0, 1))
    player.check()
    player.pass_time(HOUR)
    player.check()


def test_the_damaged_snapshot_of_one_partition_is_built_anew_for_that_one_alone(player: Beside) -> None:
    for rule in RULES:
        player.play(Create(rule))
    player.finish()
    for step in STORY:
        step(player)
    player.finish()
    for partition in range(PARTITIONS):
        player.play(Snap(partition, 0))
    with writing(player.rig.state) as connection:
        table = snapshot_store.LIVE_PARTS
        connection.execute(sa.update(table).where(table.c.partition == 1).values(head=b"nothing of a head"))
    player.restart()
    player.finish()
    restored = [parts.snapshots.restored for parts in player.rig.every]
    assert restored[1] == 0
    assert restored[0] == restored[2] > len(RULES)
    player.check()
    player.pass_time(DAY)
    player.check()


def test_a_person_who_went_is_out_of_the_snapshot_of_where_they_were(player: Beside) -> None:
    does("viewed", DESK, PHONE)(player)
    player.finish()
    for partition in range(PARTITIONS):
        player.play(Snap(partition, 0))
    phone = player.find_device(named(player.rig, *PHONE))
    assert of_person(phone, PARTITIONS) == 1
    signs_in(ADA, DESK, PHONE)(player)
    for partition in (3, 1):
        player.play(Run(partition))
    assert left_out(player) == [(1, phone)]
    player.restart()
    player.play(Run(1))
    assert not player.rig.every[1].live.memberships(player.rig.app, phone)
    player.play(Snap(1, 0))
    assert left_out(player) == []
    player.finish()
    player.check()


def left_out(player: Beside) -> list[tuple[int, int]]:
    """(partition, person) of those whom a start must not restore."""
    table = snapshot_store.LIVE_FORGOTTEN.c
    with writing(player.rig.state) as connection:
        return [tuple(row) for row in connection.execute(sa.select(table.partition, table.person_id)).all()]


def test_what_happened_before_a_merge_of_two_from_here_that_another_partition_decides_counts_once(
    player: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both live in 0, where the loser's past is made up as if it came from elsewhere; some of it is still to be read there."""
    monkeypatch.setattr(fillers, "SLICE", 1_000)
    desk, other, ada, zoe = ("d", 0), ("e", 0), ("u", 3), ("v", 3)
    for step in (does("viewed", desk, other), *runs(0), signs_in(ada, desk), signs_in(zoe, other), *runs(3, 0, 3)):
        step(player)
    for rule in (*RULES, counted("viewed", "=", 5, "2h")):
        player.play(Create(rule))
    player.play(Run(0))
    player.play(Fill(0, 1))
    for step in (does("viewed", desk, other, other), *runs(0), is_also(ada, zoe), *runs(3, 0)):
        step(player)
    player.finish()
    assert player.rig.members(player.segments[-1]) == [player.find_user(named(player.rig, *ada))]
    player.check()


def test_whoever_came_with_somebody_who_came_meanwhile_is_read_with_them_and_not_by_position(rig: Rig) -> None:
    """The backfill of 0 reads what others had settled of the tablet's person; the phone's became part of zoe, and zoe of ada."""
    player = Beside(rig, [])
    zoe, hers = ("v", 3), ("e", 3)
    before = (does("viewed", DESK, PHONE, TABLET, hers), *runs(0, 1, 2, 3), signs_in(ADA, DESK, TABLET), *runs(3, 0, 2))
    for step in before:
        step(player)
    for rule in (WATCHED, *RULES):
        player.play(Create(rule))
    player.play(Run(0))
    player.play(Fill(0, 1))
    for step in (signs_in(zoe, hers, PHONE), *runs(3, 1), is_also(ADA, zoe), *runs(3, 0)):
        step(player)
    player.finish()
    assert rig.members(player.segments[0]) == [player.find_user(named(rig, *ADA))]
    player.check()


def test_the_first_event_of_somebody_who_came_since_the_snapshot_is_known_after_a_start(player: Beside) -> None:
    rig = player.rig
    player.play(Create({"kind": "behaviour", "event": "viewed", "value": 1, "window": {"after_first": "1m"}}))
    player.finish()
    does("bought", PHONE)(player)
    player.pass_time(HOUR)
    does("viewed", DESK)(player)
    player.finish()
    for partition in range(PARTITIONS):
        player.play(Snap(partition, 0))
    assert rig.members(player.segments[-1]) == [player.find_device(named(rig, *DESK))]
    for step in (signs_in(ADA, DESK, PHONE), *runs(3, 1, 0)):
        step(player)
    player.restart()
    player.finish()
    assert rig.every[0].snapshots.restored
    assert rig.members(player.segments[-1]) == []
    player.check()
