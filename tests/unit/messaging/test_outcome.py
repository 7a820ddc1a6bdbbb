"""What an attempt leads to."""

from __future__ import annotations

from typing import Any

import pytest

from relance.channels.model import SendResult, SendState
from relance.core.time import HOUR, MINUTE, SECOND
from relance.events.model import Kind, Name
from relance.messaging.model import DeliveryState
from relance.messaging.outcome import ATTEMPTS, events_of, outcome_of_abandoned, outcome_of_result, wait_after

NOW = 5_000_000


def row(**given: Any) -> dict[str, Any]:
    usual = {
        "id": "d1",
        "app_id": 1,
        "person_id": 7,
        "channel": "web_push",
        "address": "https://push.example/1",
        "message_id": 3,
        "run_id": "r1",
        "created_at": 5,
        "caused_by": "",
        "journey_id": 2,
        "node": "push",
        "is_test": False,
        "goal_event": "",
        "attempts": 1,
        "due_at": NOW,
        "reserved_at": NOW,
        "sending_domain": "",
        "language": "",
        "reserved_before": None,
        "held_since": None,
    }
    return {**usual, **given}


@pytest.mark.parametrize(
    ("result", "attempts", "repeatable", "state", "due_in"),
    [
        (SendResult(SendState.SENT), 1, True, DeliveryState.SENT, 0),
        (SendResult(SendState.FAILED, "400"), 1, True, DeliveryState.FAILED, 0),
        (SendResult(SendState.GONE, "410"), 1, True, DeliveryState.FAILED, 0),
        (SendResult(SendState.BOUNCED, "550 5.1.1"), 1, False, DeliveryState.FAILED, 0),
        (SendResult(SendState.RETRY, "503"), 1, False, DeliveryState.PENDING, 30 * SECOND),
        (SendResult(SendState.RETRY, "503"), 2, False, DeliveryState.PENDING, 2 * MINUTE),
        (SendResult(SendState.RETRY, "429", retry_after_ms=10 * MINUTE), 1, False, DeliveryState.PENDING, 10 * MINUTE),
        (SendResult(SendState.RETRY, "503"), ATTEMPTS, True, DeliveryState.FAILED, 0),
        (SendResult(SendState.RETRY, "cut", uncertain=True), 1, False, DeliveryState.UNKNOWN, 0),
        (SendResult(SendState.RETRY, "cut", uncertain=True), 1, True, DeliveryState.PENDING, 30 * SECOND),
    ],
)
def test_result(result: SendResult, attempts: int, repeatable: bool, state: DeliveryState, due_in: int) -> None:
    outcome = outcome_of_result(row(attempts=attempts), result, NOW, repeatable=repeatable)
    values = outcome.values()
    assert (outcome.state, values["due_at"] - NOW) == (state, due_in)
    assert values["sent_at"] == (NOW if state is DeliveryState.SENT else None)


def test_waits_grow_and_end_at_an_hour() -> None:
    assert [wait_after(number, 0) for number in range(1, 7)] == [30_000, 120_000, 480_000, 1_920_000, HOUR, HOUR]
    assert wait_after(1, 9 * HOUR) == HOUR


def test_an_address_that_is_gone_is_taken_out_of_use() -> None:
    reported, command = events_of(outcome_of_result(row(), SendResult(SendState.GONE), NOW, repeatable=True))
    assert (reported.name, reported.kind, reported.person_id) == (Name.MESSAGE_FAILED, Kind.DERIVED, 7)
    assert command.kind == Kind.EDIT
    assert command.body == b'{"subscription":{"channel":"web_push","address":"https://push.example/1","state":"gone"}}'


def test_a_bounce_is_told_beside_the_failure() -> None:
    failed, bounced = events_of(outcome_of_result(row(), SendResult(SendState.BOUNCED, "550 5.1.1"), NOW, repeatable=False))
    assert (failed.name, bounced.name) == (Name.MESSAGE_FAILED, Name.MESSAGE_BOUNCED)
    assert b'"reason":"bounced"' in failed.body
    assert (bounced.person_id, bounced.kind) == (7, Kind.DERIVED)


def test_nothing_is_told_while_it_waits() -> None:
    assert events_of(outcome_of_result(row(), SendResult(SendState.RETRY), NOW, repeatable=True)) == []


def test_events_of_one_outcome_have_the_same_ids_again() -> None:
    sent = outcome_of_result(row(), SendResult(SendState.SENT), NOW, repeatable=True)
    later = outcome_of_result(row(attempts=3), SendResult(SendState.SENT), NOW + 1, repeatable=True)
    assert events_of(sent)[0].message_id == events_of(later)[0].message_id


@pytest.mark.parametrize(
    ("repeatable", "begun", "state"),
    [
        (True, True, DeliveryState.PENDING),
        (True, False, DeliveryState.PENDING),
        (False, True, DeliveryState.UNKNOWN),
        (False, False, DeliveryState.PENDING),
    ],
)
def test_an_abandoned_delivery_is_repeated_only_where_nobody_can_see_it(
    repeatable: bool, begun: bool, state: DeliveryState
) -> None:
    assert outcome_of_abandoned(row(), NOW, repeatable=repeatable, begun=begun).state is state
