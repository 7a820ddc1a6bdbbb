"""Rooms shared by lanes: what is kept for each, and who gets the next place."""

from __future__ import annotations

import asyncio
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from relance.messaging.lanes import Places
from relance.messaging.queue.model import LANES
from relance.messaging.shares import KEPT, left_for, next_lane

SIZES = st.integers(1, 300)


@given(SIZES, st.lists(st.sampled_from(LANES), max_size=400))
def test_whatever_is_asked_for_a_room_never_holds_more_than_it_has(size: int, asked: list[str]) -> None:
    held: Counter[str] = Counter()
    for lane in asked:
        if left_for(lane, size, held):
            held[lane] += 1
    assert held.total() <= size


@given(SIZES, st.permutations(LANES))
def test_a_lane_finds_its_share_whatever_the_others_took(size: int, order: list[str]) -> None:
    """They take all that they are given, one after the other; the last finds what is kept for it."""
    held: Counter[str] = Counter()
    *floods, last = order
    for lane in floods:
        held[lane] += left_for(lane, size, held)
    assert left_for(last, size, held) >= size * KEPT[last] // 8


@given(SIZES)
def test_a_lane_alone_leaves_but_the_shares_of_the_others(size: int) -> None:
    for lane in LANES:
        kept = sum(size * eighths // 8 for other, eighths in KEPT.items() if other != lane)
        assert left_for(lane, size, {}) == size - kept > 0


def test_the_next_place_goes_to_whoever_has_the_fewest_for_its_share() -> None:
    assert next_lane(["campaign", "transactional"], 16, {"campaign": 9, "transactional": 1}) == "transactional"
    assert next_lane(["campaign", "journey"], 16, {"campaign": 2, "journey": 5}) == "campaign"
    assert next_lane(["campaign"], 16, {"campaign": 12}) is None  # the rest is kept
    assert next_lane([], 16, {}) is None


async def test_a_flood_leaves_places_to_others_and_nobody_waits_for_ever() -> None:
    places, order = Places(8), list[str]()

    async def send(lane: str) -> None:
        await places.enter(lane)
        order.append(lane)
        await asyncio.sleep(0)
        places.leave(lane)

    flood = [asyncio.create_task(send("campaign")) for _ in range(200)]
    await asyncio.sleep(0)
    urgent = [asyncio.create_task(send("transactional")) for _ in range(5)]
    async with asyncio.timeout(5):
        await asyncio.gather(*flood, *urgent)
    assert sum(each == "campaign" for each in order) == 200
    assert order.index("transactional") <= 12  # of 200 that came before it


async def test_whoever_gives_up_waiting_takes_no_place() -> None:
    places = Places(1)
    await places.enter("journey")
    late = [asyncio.create_task(places.enter("journey")) for _ in range(3)]
    await asyncio.sleep(0)
    late[0].cancel()
    places.leave("journey")
    late[1].cancel()  # the place had just come
    async with asyncio.timeout(1):
        await late[2]
    places.leave("journey")
    async with asyncio.timeout(1):
        await places.enter("journey")
