"""People of different partitions become one, while processes die and commits fail between any two steps of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from relance.core.encoding import from_json
from relance.core.partitions import of_name, of_person
from relance.core.time import HOUR, MINUTE
from relance.events.model import Kind
from relance.pipeline.errors import PartitionsFixedError
from relance.pipeline.lease import settle_on_partitions
from tests.service.pipeline.rig import START, Rig, counted
from tests.service.pipeline.streams import Found, Player
from tests.service.pipeline.test_partitions import rigs

pytestmark = pytest.mark.both_databases

PARTITIONS = 4
RULES = (
    counted("viewed", ">=", 3, "2h"),
    counted("bought", "=", 0, None),
    {"kind": "sequence", "first": {"event": "viewed"}, "then": {"event": "bought"}, "within": "1h"},
    {"kind": "trait", "name": "plan", "is": "=", "value": "gold"},
)
Disturb = Callable[[Rig, int], None]


class InjectedError(Exception):
    """Raised by a test in place of a commit."""


def named(rig: Rig, prefix: str, partition: int, number: int = 0) -> str:
    """An id in somebody else's system that leads to a partition; another one for each number."""
    fitting = (f"{prefix}{each}" for each in count() if of_name(rig.app, f"{prefix}{each}", PARTITIONS) == partition)
    for _ in range(number):
        next(fitting)
    return next(fitting)


def calm(rig: Rig, number: int) -> None:
    rig.ticks[number].run()


def killed(rig: Rig, number: int) -> None:
    """The process ends right after each tick."""
    rig.ticks[number].run()
    rig.stop()
    rig.start()


def failing(rig: Rig, number: int) -> None:
    """Each commit fails once, and the process ends there every time: history holds more than the state."""
    rig.ticks[number].load()  # which commits as well
    with refusing(rig.state), pytest.raises(InjectedError):
        rig.ticks[number].run()
    rig.stop()
    rig.start()
    rig.ticks[number].run()


@contextmanager
def refusing(state: Engine) -> Iterator[None]:
    def on_commit(connection: Connection) -> None:
        if connection.get_execution_options().get("relance_writes"):
            raise InjectedError

    event.listen(state, "commit", on_commit)
    try:
        yield
    finally:
        event.remove(state, "commit", on_commit)


def settle(rig: Rig, at: int, disturb: Disturb) -> None:
    """One tick after the other, the lowest partition that has something to do first."""
    rig.clock.advance(START + at)
    for _ in range(1000):
        todo = [number for number, tick in enumerate(rig.ticks) if tick.waiting() or (tick.next_due() or 1 << 62) <= START + at]
        if not todo:
            return
        disturb(rig, todo[0])
    raise AssertionError("it never comes to rest")


def play(rig: Rig, disturb: Disturb) -> Player:
    """Merges decided by the winner's partition, by the loser's, and by a third one; then one on top of another."""
    player = Player(rig, RULES)
    desk, phone, tablet = (named(rig, "d", partition) for partition in (0, 1, 2))
    ada, old, other = named(rig, "u", 3), named(rig, "u", 0), named(rig, "u", 1, 1)
    at = MINUTE
    rig.write(*(rig.event(Kind.TRACK, "viewed", at, {}, anonymous_id=each) for each in (desk, desk, phone, tablet)))
    settle(rig, at, disturb)
    # ada is the person of the desk, who lives in 0; old is the person of the phone, who lives in 1.
    rig.write(rig.identify(ada, at, desk, plan="gold"), rig.identify(old, at, phone), rig.track(old, "bought", at))
    settle(rig, at, disturb)
    at += MINUTE
    rig.write(rig.event(Kind.ALIAS, "", at, {"previous_id": old}, user_id=ada), rig.track(old, "viewed", at))
    rig.write(rig.identify(ada, at, tablet), rig.event(Kind.TRACK, "viewed", at, {}, anonymous_id=tablet))
    settle(rig, at, disturb)
    # Two merges of which the second takes along what the first has not yet brought.
    at += MINUTE
    third = named(rig, "d", 3, 1)
    rig.write(rig.track(other, "viewed", at), rig.event(Kind.TRACK, "viewed", at, {}, anonymous_id=third))
    settle(rig, at, disturb)
    rig.write(rig.identify(other, at, third), rig.event(Kind.ALIAS, "", at, {"previous_id": other}, user_id=ada))
    rig.write(rig.track(other, "bought", at))
    settle(rig, at, disturb)
    settle(rig, HOUR, disturb)
    settle(rig, 3 * HOUR, disturb)
    rig.settle()
    return player


def account(player: Player) -> dict[str, object]:
    found = Found(player)
    assert found.members == found.defined()
    return {"people": found.people, "members": found.members, "emitted": found.emitted(), "changes": found.changes()}


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, object]:
    """With four partitions; as far as it must be, the same as with one."""
    with rigs(1, PARTITIONS) as (one, four):
        plain, expected = account(play(one, calm)), account(play(four, calm))
    assert plain["people"] == expected["people"]
    assert plain["members"] == expected["members"]
    return expected


@pytest.mark.parametrize("disturb", [killed, failing])
def test_whatever_fails_between_two_steps_the_end_is_the_same(
    tmp_path: Path, state: Engine, log_engine: Engine, disturb: Disturb, undisturbed: dict[str, object]
) -> None:
    rig = Rig(tmp_path / "data", state, log_engine, partitions=PARTITIONS)
    try:
        assert account(play(rig, disturb)) == undisturbed
    finally:
        rig.close()


def test_a_person_who_is_deleted_on_the_way_is_gone_everywhere(tmp_path: Path, state: Engine, log_engine: Engine) -> None:
    rig = Rig(tmp_path / "data", state, log_engine, partitions=PARTITIONS)
    player = Player(rig, RULES)
    desk, phone, ada = named(rig, "d", 0), named(rig, "d", 1), named(rig, "u", 3)
    rig.write(*(rig.event(Kind.TRACK, "viewed", 0, {}, anonymous_id=each) for each in (desk, desk, phone, phone)))
    rig.settle(0)
    rig.write(rig.identify(ada, 1, desk), rig.identify(ada, 1, phone))
    rig.clock.advance(START + 1)
    rig.ticks[3].run()  # decides the merge: its records wait in 0 and 1
    person = player.find(ada) or rig.people.find(rig.app, "user_id", ada).id  # type: ignore[union-attr]
    assert of_person(person, PARTITIONS) == 0
    rig.write(rig.event(Kind.DELETE, "", 2, {"person": person}, person_id=person))
    rig.settle(2)
    assert [rig.members(number) for number in player.segments] == [[]] * len(RULES)
    assert rig.people.count(rig.app) == 0
    assert rig.parts.history.stats()["events"] == 0
    assert Found(player).members == Found(player).defined()
    rig.close()


def test_an_event_that_comes_back_to_where_it_was_sent_on_from_is_settled_once(
    tmp_path: Path, state: Engine, log_engine: Engine
) -> None:
    """Its person lived elsewhere when it was sent there, and before it was settled became part of one who lives here."""
    rig = Rig(tmp_path / "data", state, log_engine, partitions=PARTITIONS)
    user, device, other = named(rig, "u", 3), named(rig, "a", 1), named(rig, "v", 3)
    rig.write(rig.event(Kind.TRACK, "seen", 1, {}, anonymous_id=device))
    rig.settle(2)
    rig.write(rig.identify(user, 3, device), rig.identify(other, 3))
    rig.settle(4)
    viewed = rig.track(user, "viewed", 5)
    rig.write(viewed)
    rig.ticks[3].run()
    assert rig.history("viewed") == []
    rig.write(rig.event(Kind.ALIAS, "", 6, {"previous_id": user}, user_id=other))
    rig.ticks[3].run()
    rig.settle(7)
    ((person, _),) = rig.history("viewed")
    assert of_person(person, PARTITIONS) == 3
    rig.write(viewed)  # sent again
    rig.settle(8)
    assert len(rig.history("viewed")) == 1
    rig.close()


def test_who_it_was_is_said_wherever_a_member_becomes_part_of_another(tmp_path: Path, state: Engine, log_engine: Engine) -> None:
    rig = Rig(tmp_path / "data", state, log_engine, partitions=PARTITIONS)
    [segment] = Player(rig, [counted("viewed", ">=", 1, "2h")]).segments
    desk, phone, ada = named(rig, "d", 0), named(rig, "d", 1), named(rig, "u", 3)
    rig.write(*(rig.event(Kind.TRACK, "viewed", 0, {}, anonymous_id=each) for each in (desk, phone)))
    rig.settle(0)
    first, second = rig.members(segment)
    assert (of_person(first, PARTITIONS), of_person(second, PARTITIONS)) == (0, 1)
    rig.write(rig.identify(ada, 1, desk), rig.identify(ada, 1, phone))
    rig.settle(1)
    assert rig.members(segment) == [first]
    [emitted] = rig.parts.history.events(rig.app, "segment_merged", limit=10)
    assert (emitted.person_id, from_json(emitted.properties)) == (first, {"segment": segment, "person": second})
    rig.close()


def test_ids_of_several_partitions_never_meet(tmp_path: Path, state: Engine, log_engine: Engine) -> None:
    rig = Rig(tmp_path / "data", state, log_engine, partitions=PARTITIONS)
    names = [named(rig, "u", partition, number) for partition in range(PARTITIONS) for number in range(3)]
    rig.write(*(rig.identify(name, 0) for name in names))
    rig.settle(0)
    people = rig.people.list(rig.app)
    assert sorted(person.external_id or "" for person in people) == sorted(names)
    assert all(of_person(each.id, PARTITIONS) == of_name(rig.app, each.external_id or "", PARTITIONS) for each in people)
    assert {each.id for each in people} == {each * 4096 + number for each in range(4) for number in range(3)} - {0} | {3}
    rig.close()


def test_the_number_of_partitions_is_fixed_when_a_store_is_made(state: Engine) -> None:
    settle_on_partitions(state, 4)
    settle_on_partitions(state, 4)
    with pytest.raises(PartitionsFixedError) as refused:
        settle_on_partitions(state, 2)
    assert refused.value.data == {"path": "partitions", "found": 4, "wanted": 2}
