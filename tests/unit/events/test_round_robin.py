"""Deficit round robin: order within a queue, nothing lost, and nobody's turn later than others' quanta make it."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from relance.events.round_robin import RoundRobin

QUANTUM = 10
Item = tuple[str, int, int]  # (whose, number, cost)

brought = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 35)), max_size=80)


def of(pairs: list[tuple[str, int]]) -> list[Item]:
    return [(whose, number, cost) for number, (whose, cost) in enumerate(pairs)]


def everything(robin: RoundRobin[str, Item], most: int = 7) -> list[Item]:
    found: list[Item] = []
    while some := robin.take(most, lambda _: True, lambda _: None):
        found += some
    assert not robin
    return found


def filled(items: list[Item]) -> RoundRobin[str, Item]:
    robin: RoundRobin[str, Item] = RoundRobin(QUANTUM)
    for item in items:
        robin.put(item[0], item, item[2])
    return robin


@given(brought)
def test_all_come_and_each_queue_in_its_order(pairs: list[tuple[str, int]]) -> None:
    items = of(pairs)
    found = everything(filled(items))
    assert sorted(found, key=lambda item: item[1]) == items
    for whose in "abcd":
        assert [item for item in found if item[0] == whose] == [item for item in items if item[0] == whose]


@given(brought)
def test_while_two_have_something_left_neither_gets_much_more(pairs: list[tuple[str, int]]) -> None:
    """The classic bound: of two queues that stay filled, one is ahead by a quantum and a largest item at most."""
    items = of(pairs)
    left = Counter({whose: sum(cost for owner, _, cost in items if owner == whose) for whose in "abcd"})
    given: Counter[str] = Counter()
    for whose, _, cost in everything(filled(items)):
        given[whose] += cost
        left[whose] -= cost
        filled_still = [each for each in "abcd" if left[each] > 0]
        for one in filled_still:
            for other in filled_still:
                assert given[one] - given[other] <= QUANTUM + 2 * 35


def test_one_small_item_waits_for_one_turn_of_each_other() -> None:
    robin = filled([("flood", number, 1) for number in range(1_000)])
    robin.put("small", ("small", -1, 1), 1)
    found = robin.take(1_000, lambda _: True, lambda _: None)
    assert found.index(("small", -1, 1)) == QUANTUM


def test_who_may_not_go_waits_and_keeps_nobody() -> None:
    robin = filled([("held", 0, 1), ("free", 1, 1), ("held", 2, 1)])
    assert robin.take(100, lambda whose: whose == "free", lambda _: None) == [("free", 1, 1)]
    assert robin.take(100, lambda whose: whose == "free", lambda _: None) == []
    assert [number for _, number, _ in everything(robin)] == [0, 2]


def test_may_go_is_asked_before_each_item() -> None:
    robin, room = filled([("a", number, 1) for number in range(5)]), [3]

    def gone(_: Item) -> None:
        room[0] -= 1

    assert len(robin.take(100, lambda _: room[0] > 0, gone)) == 3


def test_those_who_waited_too_long_and_still_may_not_go_are_dropped() -> None:
    robin: RoundRobin[str, str] = RoundRobin(QUANTUM)
    for whose, since in (("held", 1.0), ("free", 1.0), ("held", 2.0), ("held", 3.0)):
        robin.put(whose, f"{whose}{since:.0f}", 1, since)
    assert robin.oldest() == 1.0
    assert robin.drop(2.0, lambda whose: whose == "free") == ["held1", "held2"]
    assert robin.drop(9.0, lambda whose: whose == "free") == ["held3"]
    assert robin.take(9, lambda _: True, lambda _: None) == ["free1"]
    assert robin.oldest() is None
