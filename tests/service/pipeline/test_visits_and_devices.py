"""What is a visit, and which devices a person has: live, asked of history, after a restart, and of two people who become one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.encoding import to_json
from relance.core.time import DAY, HOUR
from relance.events.intake import Origin, check
from relance.events.model import Event
from relance.pipeline.settle_partitions import PartitionRound
from relance.worker.calls import Calls
from relance.worker.latency import Latencies
from relance.worker.ticking import TickThread
from tests.service.pipeline.rig import START, Rig

IPHONE = {"os": {"name": "iOS", "version": "18.1"}, "device": {"type": "ios"}, "app": {"version": "2.1"}}
PC = {"userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"}


@pytest.fixture
def rig(tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Rig]:
    made = Rig(tmp_path / "data", state, log_engine)
    yield made
    made.close()


def sent(rig: Rig, at: int, **message: Any) -> Event:
    """A message as the door takes it."""
    rig.number += 1
    origin = Origin(rig.app, START + at, make_id=lambda: f"made {rig.number}")
    event = check(to_json({"type": "track", "event": "Looked", **message}).encode(), origin)
    assert isinstance(event, Event)
    return event


def made(rig: Rig, name: str, rule: Any, at: int = 0) -> int:
    segment = rig.segments.create(rig.app, name, rule, START + at).id
    rig.definitions_changed()
    return segment


def previewed(rig: Rig, rule: Any) -> int:
    ticking = TickThread(PartitionRound(rig.ticks), Latencies(), lambda _settled: None, lambda: None)
    count: int = Calls(rig.every, ticking).answer("preview", {"app": rig.app, "rule": rule})["count"]
    return count


def has(name: str, value: str) -> dict[str, Any]:
    return {"kind": "person", "name": name, "is": "has", "value": value}


def test_an_iphones_owner_who_visits_from_a_pc_is_not_lost(rig: Rig) -> None:
    last = {"kind": "person", "name": "os", "is": "=", "value": "iOS"}
    owners, now = made(rig, "Has an iPhone", has("os", "iOS")), made(rig, "On an iPhone", last)
    rig.write(sent(rig, 0, userId="ada", context=IPHONE), sent(rig, 0, userId="bob", context=PC))
    rig.settle(0)
    assert (rig.members(owners), rig.members(now)) == ([1], [1])
    rig.write(sent(rig, HOUR, userId="ada", context=PC))
    rig.settle(HOUR)
    assert (rig.members(owners), rig.members(now)) == ([1], [])
    version = made(rig, "Has 2.1", has("app_version", "2.1"), HOUR)
    both = made(rig, "Both", {"all": [has("os", "Windows"), has("os", "iOS")]}, HOUR)
    rig.settle(HOUR)
    assert (rig.members(version), rig.members(both)) == ([1], [1])
    assert [previewed(rig, has("os", each)) for each in ("iOS", "Windows", "Linux")] == [1, 2, 0]
    rig.stop()
    rig.start()
    rig.settle(HOUR)
    assert (rig.members(owners), rig.members(now), rig.members(version), rig.members(both)) == ([1], [], [1], [1])


def test_two_people_who_are_one_have_the_devices_of_both(rig: Rig) -> None:
    both = made(rig, "Both", {"all": [has("os", "Windows"), has("os", "iOS")]})
    rig.write(sent(rig, 0, anonymousId="phone", context=IPHONE), sent(rig, 0, userId="ada", context=PC))
    rig.settle(0)
    assert rig.members(both) == []
    rig.write(sent(rig, HOUR, type="identify", userId="ada", anonymousId="phone"))
    rig.settle(HOUR)
    assert len(rig.members(both)) == 1


AWAY = {"kind": "person", "name": "last_seen", "is": "before", "value": {"ago": "7d"}}
DORMANT = {"kind": "rhythm", "times": 1.5}
BACKGROUND: list[dict[str, Any]] = [
    {"channel": "server"},
    {"context": {"active": False}},
    {"event": "Order Delivered"},
    {"type": "identify", "traits": {"plan": "pro"}, "context": {"active": False}},
    {"type": "page", "context": {"channel": "server"}},
    {"channel": "server", "context": {"sessionId": 77}},
]


@pytest.mark.parametrize("message", BACKGROUND, ids=str)
def test_a_servers_word_is_no_visit(rig: Rig, message: dict[str, Any]) -> None:
    away, dormant = made(rig, "Away for a week", AWAY), made(rig, "Dormant", DORMANT)
    back = made(rig, "Back", {"kind": "behaviour", "event": "session_started", "compare": "=", "value": 6})
    for week in range(5):
        rig.write(sent(rig, week * 7 * DAY, userId="ada"))
        rig.settle(week * 7 * DAY)
    reported = 34 * DAY
    rig.write(sent(rig, reported, userId="ada", **message))
    rig.settle(reported)
    assert rig.people.list(rig.app)[0].last_seen == START + 28 * DAY
    assert (rig.members(away), rig.members(dormant)) == ([], [])
    rig.settle(28 * DAY + 7 * DAY + 1)
    assert (rig.members(away), previewed(rig, AWAY)) == ([1], 1)
    rig.settle(28 * DAY + 10 * DAY + 12 * HOUR + 1)
    assert (rig.members(dormant), previewed(rig, DORMANT), rig.members(back)) == ([1], 1, [])
    rig.write(sent(rig, 39 * DAY, userId="ada"))
    rig.settle(39 * DAY)
    assert (rig.members(away), rig.members(dormant), rig.members(back)) == ([], [], [1])


def test_somebody_only_told_of_by_a_server_is_known_and_never_visited(rig: Rig) -> None:
    rig.write(sent(rig, DAY, userId="ada", channel="server"), sent(rig, 2 * DAY, userId="ada", channel="server"))
    rig.settle(2 * DAY)
    [ada] = rig.people.list(rig.app)
    assert (ada.first_seen, ada.last_seen, ada.session_at) == (START + DAY, START + DAY, 0)


def test_a_second_locale_changes_the_language_and_not_the_country(rig: Rig) -> None:
    for hour, context in enumerate(
        [{"locale": "fr-FR"}, {"locale": "de-AT"}, {"location": {"country": "CH"}}, {"locale": "it-IT"}]
    ):
        rig.write(sent(rig, hour * HOUR, userId="ada", context=context))
        rig.settle(hour * HOUR)
        [ada] = rig.people.list(rig.app)
        assert (ada.language, ada.country) == [("fr", "FR"), ("de", "FR"), ("de", "CH"), ("it", "CH")][hour]
