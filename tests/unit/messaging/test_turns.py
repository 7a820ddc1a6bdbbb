"""Whose turn it is among queues."""

from __future__ import annotations

from relance.messaging.queue.model import QueueHead, QueueKey, destination_of, queue_of
from relance.messaging.queue.turns import ALL_RANKS, MOST_PASSES, after, in_turns, passes, urgent_first


def head(number: int, app: int = 1, rank: int = 0, lane: str = "journey") -> QueueHead:
    return QueueHead(number, QueueKey(app, "email", lane, 0, rank), 0)


def test_the_first_ranks_of_all_apps_come_first_then_the_second_then_all() -> None:
    heads = [head(1, 1, -5), head(2, 1, -1), head(3, 2), head(4, 3, 7)]
    assert passes(heads) == [{1: -5, 2: 0, 3: 0}, {1: -1, 2: 0, 3: 7}, ALL_RANKS]
    assert passes([]) == passes([head(1)]) == [ALL_RANKS]
    assert len(passes([head(each, rank=-each) for each in range(100)])) == MOST_PASSES


def test_apps_and_queues_go_on_after_the_last_one() -> None:
    heads = [head(1, 1, 3), head(2, 2), head(3, 3), head(4, 1, -3)]
    assert [(app, [each.id for each in queues]) for app, queues in in_turns(heads, 1)] == [(2, [2]), (3, [3]), (1, [4, 1])]
    assert [each.id for each in after([head(1), head(2), head(3)], 2)] == [3, 1, 2]
    assert [each.id for each in after([head(1), head(2), head(3)], 9)] == [1, 2, 3]


def test_whoever_waits_for_a_test_or_a_confirmation_is_in_the_urgent_lane() -> None:
    one = {"app_id": 1, "channel": "email", "lane": "campaign", "rank": -2, "is_test": False, "message_id": 5}
    assert queue_of(one) == QueueKey(1, "email", "campaign", 0, -2)
    assert queue_of(one | {"is_test": True}).lane == queue_of(one | {"message_id": 0}).lane == "transactional"
    assert queue_of(one | {"lane": ""}).lane == "campaign"  # its message is gone


def test_what_shares_room_begins_alike() -> None:
    assert destination_of("web_push", "https://push.example/a/b") == "https://push.example/"
    assert destination_of("web_push", "https://push.example") == "https://push.example"
    assert destination_of("email", "ada@example.com") == destination_of("sms", "+33612345678") == ""
    assert destination_of("mobile_push", "a" * 64) != destination_of("mobile_push", "f:APA91" + "b" * 60)


def test_what_somebody_waits_for_is_claimed_first() -> None:
    heads = [head(1), head(2, lane="transactional"), head(3, lane="campaign")]
    assert [[each.id for each in some] for some in urgent_first(heads)] == [[2], [1, 3]]
    assert urgent_first([]) == []
