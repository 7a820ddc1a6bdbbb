"""Definitions on both databases: versions, names, isolation, two writers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.segments.errors import RuleError, SegmentConflictError, SegmentNotFoundError
from relance.segments.model import Segment, State
from relance.segments.rule import to_data
from relance.segments.service import Segments

BOUGHT: dict[str, Any] = {"kind": "behaviour", "event": "bought"}
VIEWED: dict[str, Any] = {"kind": "behaviour", "event": "viewed", "window": {"last": "2d"}}


def test_a_segment_is_read_back_as_it_was_saved(state: Engine) -> None:
    segments = Segments(state)
    made = segments.create(1, " Buyers ", BOUGHT, 100, "ada")
    assert made == segments.get(1, made.id)
    assert (made.name, made.version, made.state, made.created_at, made.created_by) == ("Buyers", 1, State.ACTIVE, 100, "ada")
    assert to_data(made.rule)["event"] == "bought"


def test_an_edit_needs_the_version_read(state: Engine) -> None:
    segments = Segments(state)
    made = segments.create(1, "Buyers", BOUGHT, 100)
    edited = segments.update(1, made.id, 1, 200, rule=VIEWED, author="bob")
    assert (edited.version, edited.updated_at, edited.name) == (2, 200, "Buyers")
    assert edited.hash != made.hash
    with pytest.raises(SegmentConflictError) as caught:
        segments.update(1, made.id, 1, 300, name="Other")
    assert caught.value.data["version"] == 2
    assert [(each.version, each.created_by) for each in segments.versions(1, made.id)] == [(2, "bob"), (1, "")]


def test_a_name_is_taken_once_per_app_until_archived(state: Engine) -> None:
    segments = Segments(state)
    made = segments.create(1, "Buyers", BOUGHT, 100)
    other = segments.create(1, "Others", BOUGHT, 100)
    segments.create(2, "Buyers", BOUGHT, 100)
    with pytest.raises(SegmentConflictError):
        segments.create(1, "Buyers", VIEWED, 200)
    with pytest.raises(SegmentConflictError):
        segments.update(1, other.id, 1, 200, name="Buyers")
    archived = segments.archive(1, made.id, 1, 300)
    assert archived.state is State.ARCHIVED
    segments.create(1, "Buyers", VIEWED, 400)
    with pytest.raises(SegmentConflictError):
        segments.update(1, made.id, archived.version, 500, rule=VIEWED)


def test_another_app_sees_nothing(state: Engine) -> None:
    segments = Segments(state)
    made = segments.create(1, "Buyers", BOUGHT, 100)
    assert segments.page(2).items == []
    for call in (
        lambda: segments.get(2, made.id),
        lambda: segments.update(2, made.id, 1, 200, name="Mine"),
        lambda: segments.archive(2, made.id, 1, 200),
        lambda: segments.versions(2, made.id),
    ):
        with pytest.raises(SegmentNotFoundError):
            call()
    assert segments.get(1, made.id) == made


def test_pages_follow_each_other(state: Engine) -> None:
    segments = Segments(state)
    made = [segments.create(1, f"s{number}", BOUGHT, 100).id for number in range(5)]
    first = segments.page(1, limit=2)
    second = segments.page(1, after=first.next or 0, limit=2)
    third = segments.page(1, after=second.next or 0, limit=2)
    assert [each.id for page in (first, second, third) for each in page.items] == made
    assert third.next is None
    segments.archive(1, made[0], 1, 200)
    assert len(segments.page(1).items) == 4
    assert len(segments.page(1, state=None).items) == 5


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b"])
def test_a_bad_name_is_refused(state: Engine, name: str) -> None:
    with pytest.raises(RuleError) as caught:
        Segments(state).create(1, name, BOUGHT, 100)
    assert caught.value.data["path"] == "name"


def at_once(*calls: Any) -> list[Any]:
    """Run calls in threads that start together; an error is a result."""
    barrier = Barrier(len(calls))

    def run(call: Any) -> Any:
        barrier.wait()
        try:
            return call()
        except SegmentConflictError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_edits_at_once_one_wins(state: Engine) -> None:
    segments = Segments(state)
    for round_ in range(5):
        made = segments.create(1, f"s{round_}", BOUGHT, 100)
        results = at_once(
            lambda made=made: segments.update(1, made.id, 1, 200, rule=VIEWED),
            lambda made=made: segments.archive(1, made.id, 1, 200),
        )
        assert sorted(isinstance(each, Segment) for each in results) == [False, True]
        assert segments.get(1, made.id).version == 2


def test_of_two_creations_with_one_name_one_wins(state: Engine) -> None:
    segments = Segments(state)
    for round_ in range(5):
        results = at_once(*[lambda round_=round_: segments.create(1, f"s{round_}", BOUGHT, 100)] * 2)
        assert sorted(isinstance(each, Segment) for each in results) == [False, True]
