"""Whether a refusal of a push service is about a subscription or about the key."""

from __future__ import annotations

import pytest

from relance.channels.standing import FIRST_PAUSE, LONGEST_PAUSE, REMEMBERED, ServiceStanding, Verdict
from relance.core.time import DAY, SECOND


def test_one_refused_among_others_that_go_through_ends() -> None:
    standing = ServiceStanding()
    assert standing.refused("a", "403", 1) is Verdict.WAITS, "nobody else is known"
    standing.taken("b", 2)
    assert standing.refused("a", "403", 3) is Verdict.ENDS
    assert standing.wait(3) == 0


def test_what_went_through_before_the_first_refusal_ends_nobody() -> None:
    standing = ServiceStanding()
    standing.taken("b", 1)
    assert standing.refused("a", "403", 2) is Verdict.WAITS
    standing.taken("b", 3)
    assert standing.refused("a", "403", 4) is Verdict.ENDS


def test_where_all_are_refused_nobody_ends_and_sending_pauses_until_one_goes_through() -> None:
    standing = ServiceStanding()
    assert [standing.refused(name, "401 bad key", 1) for name in "abc"] == [Verdict.WAITS, Verdict.PAUSES, Verdict.PAUSES]
    assert standing.paused_since == 1
    assert standing.wait(2) > 0
    later = standing.next_try
    assert standing.wait(later) == 0, "one is tried"
    assert standing.wait(later) > 0, "and only one"
    standing.taken("b", later + 1)
    assert (standing.paused_since, standing.wait(later + 1)) == (0, 0)
    assert standing.refused("a", "403", later + 2) is Verdict.ENDS, "another went through since it was first refused"


@pytest.mark.parametrize("good", [0, 1, 5, 100, 150])
def test_a_key_that_goes_bad_ends_nobody_and_pauses_early(good: int) -> None:
    """However many it took before, and however often each is tried again before somebody looks."""
    standing, now = ServiceStanding(), 0
    for number in range(good):
        now += 1
        standing.taken(f"s{number}", now)
    verdicts = []
    for _ in range(3):
        for number in range(max(good, 3)):
            now += 1 + standing.wait(now)
            verdicts.append(standing.refused(f"s{number}", "403", now))
    assert Verdict.ENDS not in verdicts
    assert verdicts.index(Verdict.PAUSES) <= max(2, good // 10)


def test_few_that_are_left_of_an_old_key_end_while_the_others_go_on() -> None:
    standing, now, ended = ServiceStanding(), 0, set()
    for turn in range(4):
        for number in range(40):
            name = f"s{number}"
            now += 1
            if number % 10 != 3:
                standing.taken(name, now)
            elif name not in ended and standing.refused(name, "403", now) is Verdict.ENDS:
                ended.add(name)
        assert not standing.paused_since, turn
    assert ended == {"s3", "s13", "s23", "s33"}
    assert standing.refused("s5", "403", now + 1) is Verdict.WAITS, "those that ended count no more"


def test_pauses_grow_to_a_limit_and_memory_has_one() -> None:
    standing = ServiceStanding()
    now = 0
    for _ in range(20):
        now += 10 * SECOND + standing.wait(now)
        standing.refused("a", "403", now)
        standing.refused("b", "403", now)
    assert FIRST_PAUSE < standing.pause == LONGEST_PAUSE
    for number in range(1_000):
        standing.taken(str(number), now)
    assert len(standing.answers) == REMEMBERED
    standing.taken("new", now + 2 * DAY)
    assert list(standing.answers) == ["new"]
