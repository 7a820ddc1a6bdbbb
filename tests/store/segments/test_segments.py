"""Definitions on both databases: versions, names, isolation, two writers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.engine import Connection, Engine

from relance.core.error_text import ErrorText
from relance.core.errors import RelanceError
from relance.infra.database import reading
from relance.segments.errors import RuleError, SegmentConflictError, SegmentInUseError, SegmentNotFoundError
from relance.segments.model import Dependent, Segment, SegmentState
from relance.segments.rule.tree import parse_rule, rule_hash, to_data
from relance.segments.service import Defaults, Segments, dependents_of_list
from relance.segments.store import active_definitions
from relance.users.errors import ListConflictError
from relance.users.lists import Lists

BOUGHT: dict[str, Any] = {"kind": "behaviour", "event": "bought"}
VIEWED: dict[str, Any] = {"kind": "behaviour", "event": "viewed", "window": {"last": "2d"}}


def test_a_segment_is_read_back_as_it_was_saved(state: Engine) -> None:
    segments = Segments(state)
    made = segments.create(1, " Buyers ", BOUGHT, 100, "ada")
    assert made == segments.get(1, made.id)
    assert (made.name, made.version, made.state, made.created_at, made.created_by) == (
        "Buyers",
        1,
        SegmentState.ACTIVE,
        100,
        "ada",
    )
    assert to_data(made.rule)["event"] == "bought"


def inside(segment: int) -> dict[str, Any]:
    return {"kind": "segment", "segment": segment}


def digests(state: Engine) -> dict[int, str]:
    with reading(state) as connection:
        return {each.segment_id: each.digest for each in active_definitions(connection)}


def test_the_apps_zone_is_written_into_a_rule_that_needs_one(state: Engine) -> None:
    segments = Segments(state)
    today = {"kind": "behaviour", "event": "bought", "window": {"calendar": "today"}}
    made = segments.create(1, "Today", {"all": [today, BOUGHT]}, 100, defaults=Defaults("Europe/Paris"))
    assert to_data(made.rule)["all"][0]["window"] == {"calendar": "today", "zone": "Europe/Paris"}
    edited = segments.update(1, made.id, 1, 200, rule=today, defaults=Defaults("Asia/Tokyo"))
    assert to_data(edited.rule)["window"]["zone"] == "Asia/Tokyo"
    assert segments.update(1, made.id, 2, 300, name="Still today", defaults=Defaults("Europe/Paris")).rule == edited.rule


def test_live_state_is_given_the_rule_written_out_and_an_edit_reaches_all_who_lean_on_it(state: Engine) -> None:
    segments = Segments(state)
    first = segments.create(1, "First", BOUGHT, 100)
    second = segments.create(1, "Second", {"not": inside(first.id)}, 100)
    third = segments.create(1, "Third", {"all": [inside(second.id), VIEWED]}, 100)
    other = segments.create(2, "Other", {"kind": "message", "did": "opened"}, 100)
    before = digests(state)
    assert before[second.id] == rule_hash(parse_rule({"not": BOUGHT}))
    assert before[third.id] == rule_hash(parse_rule({"all": [{"not": BOUGHT}, VIEWED]}))
    assert to_data(segments.get(1, second.id).rule) == {"not": inside(first.id)}
    segments.update(1, first.id, 1, 200, rule=VIEWED)
    after = digests(state)
    assert after[second.id] == rule_hash(parse_rule({"not": VIEWED}))
    assert {number for number in before if before[number] != after[number]} == {first.id, second.id, third.id}
    assert after[other.id] == before[other.id]


def test_circles_and_segments_that_are_not_there_are_refused(state: Engine) -> None:
    segments = Segments(state)
    first = segments.create(1, "First", BOUGHT, 100)
    second = segments.create(1, "Second", inside(first.id), 100)
    third = segments.create(1, "Third", {"any": [VIEWED, inside(second.id)]}, 100)
    foreign = segments.create(2, "Foreign", BOUGHT, 100)
    archived = segments.create(1, "Archived", BOUGHT, 100)
    segments.archive(1, archived.id, 1, 200)
    for rule in (
        inside(first.id),
        inside(second.id),
        {"not": inside(third.id)},
        inside(foreign.id),
        inside(archived.id),
        inside(99),
    ):
        with pytest.raises(RuleError) as caught:
            segments.update(1, first.id, 1, 300, rule=rule)
        assert caught.value.data["path"].endswith(".segment")
    for call in (lambda: segments.create(1, "New", inside(archived.id), 300), lambda: segments.checked(1, inside(foreign.id))):
        with pytest.raises(RuleError):
            call()
    assert segments.get(1, first.id) == first


def test_an_edit_that_others_cannot_be_written_out_with_is_refused(state: Engine) -> None:
    segments = Segments(state)
    first = segments.create(1, "First", BOUGHT, 100)
    segments.create(1, "Many", {"any": [inside(first.id)] * 200}, 100)
    segments.update(1, first.id, 1, 200, rule={"any": [BOUGHT] * 5})
    with pytest.raises(RuleError, match="“Many” depends on this one"):
        segments.update(1, first.id, 2, 300, rule={"any": [BOUGHT] * 6})


def test_a_segment_that_others_lean_on_is_not_archived(state: Engine) -> None:
    segments = Segments(state)
    first = segments.create(1, "First", BOUGHT, 100)
    second = segments.create(1, "Second", {"not": inside(first.id)}, 100)
    with pytest.raises(SegmentInUseError) as caught:
        segments.archive(1, first.id, 1, 200)
    assert caught.value.data["dependents"] == [{"kind": "segment", "id": second.id, "name": "Second"}]
    assert segments.dependents(1, first.id) == [Dependent("segment", second.id, "Second")]
    segments.archive(1, second.id, 1, 300)
    assert segments.archive(1, first.id, 1, 400).state is SegmentState.ARCHIVED


def test_an_earlier_version_is_restored_as_a_new_edit(state: Engine) -> None:
    segments = Segments(state)
    made = segments.create(1, "Buyers", BOUGHT, 100, "ada")
    segments.update(1, made.id, 1, 200, name="Viewers", rule=VIEWED, author="bob")
    with pytest.raises(SegmentConflictError):
        segments.restore(1, made.id, 1, 1, 300)
    with pytest.raises(SegmentNotFoundError):
        segments.restore(1, made.id, 2, 7, 300)
    restored = segments.restore(1, made.id, 2, 1, 300, "cy")
    assert (restored.version, restored.name, restored.rule, restored.hash) == (3, "Buyers", made.rule, made.hash)
    assert [(each.version, each.created_by) for each in segments.versions(1, made.id)] == [(3, "cy"), (2, "bob"), (1, "ada")]
    assert [each.version for each in segments.versions(1, made.id, before=3, limit=1)] == [2]


def test_a_version_that_depends_on_what_is_gone_is_not_restored(state: Engine) -> None:
    segments = Segments(state)
    first = segments.create(1, "First", BOUGHT, 100)
    second = segments.create(1, "Second", inside(first.id), 100)
    segments.update(1, second.id, 1, 200, rule=BOUGHT)
    segments.archive(1, first.id, 1, 300)
    with pytest.raises(RuleError):
        segments.restore(1, second.id, 2, 1, 400)


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
    assert archived.state is SegmentState.ARCHIVED
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
        except RelanceError as error:
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


def test_of_archiving_a_list_and_asking_for_it_in_a_segment_one_comes_first(state: Engine) -> None:
    """Both at once, again and again, be the segment new or changed: no active segment asks for a list that is archived."""
    segments, lists = Segments(state), Lists(state)
    for round_ in range(8):
        number = lists.create(1, f"l{round_}", 100).id
        rule = {"kind": "list", "list": number}
        made = segments.create(1, f"s{round_}", BOUGHT, 100)

        def refuse(connection: Connection, number: int = number) -> None:
            if users := dependents_of_list(connection, 1, number):
                raise ListConflictError(ErrorText.local(users[0].name))

        results = at_once(
            lambda number=number, refuse=refuse: lists.archive(1, number, 200, check=refuse),
            lambda rule=rule, round_=round_: segments.create(1, f"on it {round_}", rule, 200),
            lambda rule=rule, made=made: segments.update(1, made.id, 1, 200, rule=rule),
        )
        is_archived = results[0] is None
        assert [isinstance(each, RuleError) for each in results[1:]] == [is_archived] * 2, results
        assert len(segments.dependents_of_list(1, number)) == (0 if is_archived else 2)
    assert isinstance(results[0], ListConflictError | None)


def test_of_two_creations_with_one_name_one_wins(state: Engine) -> None:
    segments = Segments(state)
    for round_ in range(5):
        results = at_once(*[lambda round_=round_: segments.create(1, f"s{round_}", BOUGHT, 100)] * 2)
        assert sorted(isinstance(each, Segment) for each in results) == [False, True]


def test_two_edits_at_once_make_no_circle(state: Engine) -> None:
    segments = Segments(state)
    for round_ in range(8):
        first = segments.create(1, f"a{round_}", BOUGHT, 100)
        second = segments.create(1, f"b{round_}", BOUGHT, 100)
        results = at_once(
            lambda first=first, second=second: segments.update(1, first.id, 1, 200, rule=inside(second.id)),
            lambda first=first, second=second: segments.update(1, second.id, 1, 200, rule=inside(first.id)),
        )
        assert sorted(type(each).__name__ for each in results) == ["RuleError", "Segment"]
    assert len(digests(state)) == 16


def test_nothing_comes_to_lean_on_a_segment_while_it_is_archived(state: Engine) -> None:
    segments = Segments(state)
    for round_ in range(8):
        first = segments.create(1, f"a{round_}", BOUGHT, 100)
        results = at_once(
            lambda first=first: segments.archive(1, first.id, 1, 200),
            lambda first=first, round_=round_: segments.create(1, f"b{round_}", inside(first.id), 200),
        )
        assert sum(isinstance(each, Segment) for each in results) == 1
        digests(state)
