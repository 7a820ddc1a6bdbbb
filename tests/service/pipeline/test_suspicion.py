"""An event that no tick can settle is found and set aside alone; all others settle, and nothing else is ever set aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.core.time import HOUR, MINUTE
from relance.events.service import list_rejected
from relance.infra.database import reading
from relance.pipeline.suspicion import Suspicion, failed, succeeded
from tests.service.pipeline.rig import START, Rig

TICK = 64
POISON = "Poison"


@pytest.fixture
def rig(tmp_path: Path, state: Engine, log_engine: Engine) -> Any:
    made = Rig(tmp_path / "data", state, log_engine, tick_events=TICK)
    yield made
    made.close()


def poisoned(rig: Rig, raised: Callable[[], BaseException]) -> None:
    """Resolving fails where one of the events is poison."""
    resolve = rig.parts.people.resolve

    def fail(events: Sequence[Any]) -> Any:
        if any(event.name == POISON for event in events):
            raise raised()
        return resolve(events)

    rig.parts.people.resolve = fail  # type: ignore[method-assign]


def run_until_settled(rig: Rig, most: int = 200, restart_every: int = 0) -> int:
    """Ticks until nothing waits; returns how many failed."""
    failures = 0
    for number in range(most):
        if not rig.tick.waiting():
            return failures
        if restart_every and number % restart_every == restart_every - 1:
            rig.stop()
            rig.start()
            poisoned(rig, lambda: KeyError("bug"))
        try:
            rig.tick.run()
        except Exception:
            failures += 1
    raise AssertionError(f"it never settled: {rig.tick.suspicion}")


@pytest.mark.both_databases
@pytest.mark.parametrize("restart_every", [0, 3])
def test_one_that_raises_every_time_is_set_aside_alone(rig: Rig, restart_every: int) -> None:
    poisoned(rig, lambda: KeyError("bug"))
    for row in range(4):
        rig.write(*(rig.track(f"u{row}-{n}", "Viewed", 0) for n in range(30)))
    rig.write(*(rig.track(f"v{n}", POISON if n in (17, 18) else "Viewed", 0) for n in range(40)))
    rig.write(*(rig.track(f"w{n}", "Viewed", 0) for n in range(30)))
    failures = run_until_settled(rig, restart_every=restart_every)
    assert failures < 25
    assert len(rig.history("Viewed")) == 4 * 30 + 38 + 30
    with reading(rig.log) as connection:
        rejected = list_rejected(connection, rig.app)
    assert {each.reason for each in rejected} == {"cannot_be_settled"}
    assert {each.detail for each in rejected} == {"KeyError: 'bug'"}
    assert {b'"userId":"v17"' in each.payload or b'"userId":"v18"' in each.payload for each in rejected} == {True}
    assert len({each.message_id for each in rejected}) == 2
    assert rig.tick.suspicion is None


def test_a_derived_one_is_set_aside_too(rig: Rig) -> None:
    rig.write(*(rig.track(f"u{n}", "Viewed", 0) for n in range(20)))
    resolve = rig.parts.people.resolve

    def fail(events: Sequence[Any]) -> Any:
        if any(event.kind == "derived" and event.person_id == 7 for event in events):
            raise ValueError("derived")
        return resolve(events)

    rig.parts.people.resolve = fail  # type: ignore[method-assign]
    run_until_settled(rig)
    assert len(rig.history("session_started")) == 19


def test_what_is_no_event_s_fault_sets_nothing_aside(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.write(*(rig.track(f"u{n}", "Viewed", 0) for n in range(20)))
    with monkeypatch.context() as patch:
        patch.setattr(rig.parts.people, "resolve", lambda _events: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        for _ in range(20):
            with suppress(OSError):
                rig.tick.run()
        assert rig.tick.suspicion is None
    with monkeypatch.context() as patch:
        patch.setattr(rig.parts.journeys, "wake", lambda *_: (_ for _ in ()).throw(KeyError("time itself")))
        for _ in range(40):
            with suppress(KeyError):
                rig.tick.run()
    run_until_settled(rig)
    assert len(rig.history("Viewed")) == 20
    with reading(rig.log) as connection:
        assert list_rejected(connection, rig.app) == []


@given(
    rows=st.lists(st.lists(st.sampled_from([False] * 30 + [True]), min_size=1, max_size=50), min_size=1, max_size=6),
    full=st.integers(1, 64),
)
def test_the_search_ends_and_finds_just_the_poison(rows: list[list[bool]], full: int) -> None:
    """The same on numbers alone: any rows, any poison among them."""
    poison = sum(map(sum, rows))
    offset = done = settled = aside = failures = 0
    found: Suspicion | None = None
    while offset < len(rows) or found is not None:
        careful = found if found is not None and found.is_careful else None
        most = full if careful is None else 1 if careful.step == "aside" else careful.most
        to, part, taken = offset, done, list[bool]()
        if careful is None or (careful.part == "log" and careful.step != "none"):
            while to < len(rows):
                here = rows[to][part:]
                if careful is None and taken and len(taken) + len(here) > most:
                    break
                if careful is not None and len(taken) + len(here) > most:
                    here = here[: most - len(taken)]
                    taken += here
                    part += len(here)
                    break
                taken += here
                to, part = to + 1, 0
        if any(taken) and not (careful and careful.step == "aside"):
            found = failed(found or Suspicion(offset), full, "poison")
            failures += 1
            assert failures < 60 * (poison + 1)
            continue
        if careful is not None and careful.step == "aside":
            assert taken == [True], "an innocent event was set aside"
            aside += 1
        else:
            settled += len(taken)
        offset, done = to, part
        if found is not None:
            found = succeeded(found, full, offset, done, more=bool(taken) and len(taken) >= (careful.most if careful else 0))
    assert (settled, aside) == (sum(map(len, rows)) - poison, poison)


WAITING: dict[str, Any] = {
    "entry": {"event": "Add", "key": "id"},
    "exits": [{"event": "Buy", "match": "id"}],
    "start": "wait",
    "nodes": [{"id": "wait", "kind": "delay", "for": "20m", "next": None}],
}


def waiting_for_a_purchase(rig: Rig) -> int:
    """A run whose wait is over by the clock, while the log still holds the purchase that ended it in time."""
    journey = rig.journeys.create(rig.app, "Cart", WAITING, START).id
    rig.journeys.publish(rig.app, journey, START)
    rig.definitions_changed()
    rig.write(rig.track("u1", "Add", 0, id=1))
    rig.settle(0)
    rig.clock.advance(START + HOUR)
    return journey


CAREFUL = [
    Suspicion(0, most=8, part="outbox"),
    Suspicion(0, most=1, part="outbox", step="none"),
    Suspicion(0, most=1, part="outbox", step="again"),
    Suspicion(0, most=1, part="outbox", step="aside"),
    Suspicion(0, most=1, part="log", step="none"),
]


@pytest.mark.parametrize("found", CAREFUL, ids=lambda each: f"{each.part}-{each.step}")
@pytest.mark.parametrize("log_done", [0, 1])
def test_no_wait_ends_before_what_a_careful_tick_leaves_in_the_log(rig: Rig, found: Suspicion, log_done: int) -> None:
    journey = waiting_for_a_purchase(rig)
    rig.write(rig.track("u2", "Viewed", 5 * MINUTE), rig.track("u1", "Buy", 10 * MINUTE, id=1))
    offset = rig.tick.cursor.log_offset
    rig.tick.suspicion = msgspec.structs.replace(found, log_offset=offset, log_done=log_done)
    rig.tick.run()
    assert [run.state for run in rig.journeys.runs(rig.app, journey)] == ["waiting"]
    run_until_settled(rig)
    [run] = rig.journeys.runs(rig.app, journey)
    assert (run.reason, run.moved_at - START) == ("exit_event", 10 * MINUTE)


def test_no_wait_ends_before_what_a_full_tick_leaves_in_the_log(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick takes whole rows, and no more than so many: what it takes may be less than it could."""
    journey = waiting_for_a_purchase(rig)
    monkeypatch.setattr("relance.events.store.READ_ROWS", 2)
    for number in range(4):
        rig.write(rig.track(f"v{number}", "Viewed", number * MINUTE))
    rig.write(rig.track("u1", "Buy", 10 * MINUTE, id=1))
    settled = rig.tick.run()
    assert settled.more
    assert [run.state for run in rig.journeys.runs(rig.app, journey)] == ["waiting"]
    run_until_settled(rig)
    assert [run.reason for run in rig.journeys.runs(rig.app, journey)] == ["exit_event"]
