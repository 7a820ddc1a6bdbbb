"""What goes into one message, and what its answer leads to."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.model import SendResult, SendState
from relance.core.time import DAY, SECOND
from relance.webhooks.message import (
    GIVE_UP_AFTER,
    MOST_CHANGES,
    PAUSES,
    after_answer,
    choose,
    message_id,
    read_event,
    write_message,
)
from relance.webhooks.model import WebhookCursor, WebhookEvent

NOW = 1_790_000_000_000
PLACE = WebhookCursor(7, 0, 100, until=120)
RETRY = SendResult(SendState.RETRY, "503 busy")


def reported(position: int, segment: int = 1, event: str = "segment_entered") -> WebhookEvent:
    return WebhookEvent(position, f"m{position}", event, position, NOW + position, late=False, segment_id=segment)


@given(st.lists(st.integers(1, 3), max_size=1_300), st.sets(st.integers(1, 3)))
def test_messages_hold_every_wanted_change_once_and_in_order(segments: list[int], wanted: set[int]) -> None:
    read = [reported(place + 1, segment) for place, segment in enumerate(segments)]
    end, position = len(read) + 5, 0
    found: list[WebhookEvent] = []
    while position < end:
        chosen = choose([each for each in read if each.position > position], sorted(wanted), end)
        assert len(chosen.changes) <= MOST_CHANGES
        assert chosen.until > position
        found += chosen.changes
        position = chosen.until
    assert found == [each for each in read if not wanted or each.segment_id in wanted]


def test_a_repeat_has_the_same_id_and_no_other_message_has_it() -> None:
    first = message_id(PLACE, 120)
    assert message_id(msgspec.structs.replace(PLACE, attempts=3, next_at=5, detail="x"), 120) == first
    others = [
        (WebhookCursor(8, 0, 100), 120),
        (WebhookCursor(7, 1, 100), 120),
        (WebhookCursor(7, 0, 101), 120),
        (WebhookCursor(7, 0, 100), 121),
    ]
    assert len({first, *(message_id(place, until) for place, until in others)}) == 5


def test_the_json_names_segments_and_the_person_of_today() -> None:
    changes = [reported(4), reported(5, 2, "segment_left")]
    body = msgspec.json.decode(write_message(3, changes, {1: "Keen"}, {4: (40, "ada")}, {4: "ada-2", 5: "eve"}))
    assert body["type"] == "segment.changes"
    assert body["timestamp"] == body["data"]["changes"][1]["occurred_at"]
    assert body["data"]["app"] == 3
    first, second = body["data"]["changes"]
    assert first == {
        "id": "m4",
        "type": "entered",
        "segment": {"id": 1, "name": "Keen"},
        "person": {"id": 40, "user_id": "ada"},
        "former_id": 4,
        "former_user_id": "ada-2",
        "occurred_at": first["occurred_at"],
        "late": False,
    }
    assert (second["type"], second["segment"], second["person"]) == ("left", {"id": 2, "name": ""}, {"id": 5, "user_id": None})
    assert (second["former_id"], second["former_user_id"]) == (None, None)


def test_a_row_of_history_is_about_whom_its_body_names_else_about_whom_it_stands_under() -> None:
    plain = read_event(9, "m9", "segment_entered", 4, NOW, late=False, properties='{"segment":7}')
    assert plain == WebhookEvent(9, "m9", "segment_entered", 4, NOW, late=False, segment_id=7)
    merged = read_event(9, "m9", "segment_merged", 4, NOW, late=True, properties='{"segment":7,"person":3}')
    assert merged == WebhookEvent(9, "m9", "segment_merged", 3, NOW, late=True, segment_id=7)
    body = msgspec.json.decode(write_message(3, [merged], {7: "Keen"}, {3: (4, "ada")}, {}))
    [change] = body["data"]["changes"]
    assert (change["type"], change["person"]["id"], change["former_id"], change["former_user_id"]) == ("merged", 4, 3, None)


def test_what_was_taken_is_behind_and_nothing_of_the_failures_stays() -> None:
    failing = msgspec.structs.replace(PLACE, attempts=4, next_at=9, failing_since=3)
    after = after_answer(failing, SendResult(SendState.SENT, "200"), NOW)
    assert after.place == WebhookCursor(7, 0, 120, answered_at=NOW, detail="200")
    assert not after.stopped


def test_a_failed_message_is_tried_again_later_and_later_until_days_have_passed() -> None:
    place, now, stopped = PLACE, NOW, False
    pauses: list[int] = []
    while not stopped:
        place, stopped = after_answer(place, RETRY, now)
        assert (place.position, place.until, place.failing_since) == (100, 120, NOW)
        pauses.append(place.next_at - now)
        now = place.next_at
    assert tuple(pauses[: len(PAUSES)]) == PAUSES
    assert GIVE_UP_AFTER <= place.answered_at - NOW < GIVE_UP_AFTER + PAUSES[-1]


def test_the_other_side_may_ask_for_a_longer_pause() -> None:
    asked = SendResult(SendState.RETRY, "429", retry_after_ms=DAY)
    assert after_answer(PLACE, asked, NOW).place.next_at == NOW + DAY
    soon = SendResult(SendState.RETRY, "429", retry_after_ms=SECOND)
    assert after_answer(PLACE, soon, NOW).place.next_at == NOW + PAUSES[0]


def test_an_address_that_ended_or_cannot_be_used_stops_at_once() -> None:
    for state in (SendState.GONE, SendState.FAILED):
        assert after_answer(PLACE, SendResult(state, "410"), NOW).stopped
