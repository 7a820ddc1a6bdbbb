"""A destination that is down is left alone, and tried now and then."""

from __future__ import annotations

import pytest

from relance.channels.model import SendResult, SendState
from relance.channels.transport import LaneRoom
from relance.core.time import DAY, MINUTE
from relance.messaging.circuit import FIRST_PAUSE, LONGEST_PAUSE, TRIPS_AT, Circuit
from relance.messaging.lanes import ONLY, ProviderLane

DOWN = SendResult(SendState.RETRY, "refused", is_outage=True)
T = 1_000_000


def opened() -> Circuit:
    circuit = Circuit()
    for _ in range(TRIPS_AT):
        assert circuit.most(T) is None
        circuit.failed("refused", T)
    return circuit


def test_it_opens_after_some_failures_in_a_row_and_lets_one_try_after_a_pause() -> None:
    circuit = opened()
    assert circuit.most(T) == 0
    assert circuit.most(T + FIRST_PAUSE - 1) == 0
    assert circuit.most(T + FIRST_PAUSE) == 1


def test_what_had_left_before_it_opened_makes_the_pause_no_longer() -> None:
    circuit = opened()
    for _ in range(100):
        circuit.failed("refused", T + 1)
    assert circuit.most(T + FIRST_PAUSE) == 1


def test_a_day_of_failing_tries_is_a_few_hundred_tries() -> None:
    circuit, now, tries = opened(), T, 0
    while now < T + DAY:
        if circuit.most(now):
            tries += 1
            circuit.failed("refused", now)
        now += MINUTE // 4
    assert DAY // LONGEST_PAUSE <= tries <= DAY // LONGEST_PAUSE + 10


@pytest.mark.parametrize("state", [SendState.SENT, SendState.GONE, SendState.BOUNCED, SendState.FAILED, SendState.REFUSED])
def test_any_answer_about_a_message_closes_it(state: SendState) -> None:
    lane = ProviderLane(LaneRoom(8, waiting=8))
    for _ in range(TRIPS_AT):
        lane.note(ONLY, DOWN, T)
    assert lane.choice("campaign", T).count == 0
    assert not lane.hold("campaign", ONLY, T)
    lane.note(ONLY, SendResult(state), T)
    assert lane.choice("campaign", T).count > 1


@pytest.mark.parametrize("result", [SendResult(SendState.HELD), SendResult(SendState.RETRY, "450 busy mailbox")])
def test_what_says_nothing_of_the_other_side_neither_opens_nor_closes_it(result: SendResult) -> None:
    lane = ProviderLane(LaneRoom(8, waiting=8))
    for _ in range(2 * TRIPS_AT):
        lane.note(ONLY, result, T)
    assert lane.choice("campaign", T).count > 1
    for _ in range(TRIPS_AT):
        lane.note(ONLY, DOWN, T)
    lane.note(ONLY, result, T)
    assert lane.choice("campaign", T).count == 0


def test_while_one_is_tried_no_other_is_whichever_lane_it_is_in() -> None:
    lane = ProviderLane(LaneRoom(8, waiting=8))
    for _ in range(TRIPS_AT):
        lane.note(ONLY, DOWN, T)
    later = T + FIRST_PAUSE
    assert lane.choice("campaign", later).count == 1
    assert lane.hold("campaign", ONLY, later)
    assert lane.choice("transactional", later).count == 0
    assert not lane.hold("transactional", ONLY, later)


def test_of_many_destinations_only_the_one_that_is_down_is_left_alone() -> None:
    lane = ProviderLane(LaneRoom(32, waiting=32, is_shared=True))
    for _ in range(TRIPS_AT):
        lane.note("https://down/", DOWN, T)
    choice = lane.choice("campaign", T)
    assert choice.count > 1
    assert choice.but == {"https://down/"}
    assert not lane.hold("campaign", "https://down/", T)
    assert lane.hold("campaign", "https://up/", T)
