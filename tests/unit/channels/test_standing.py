"""Whether a refusal of a push service is about a subscription or about the key."""

from __future__ import annotations

from relance.channels.webpush.standing import FIRST_PAUSE, LONGEST_PAUSE, REMEMBERED, Standing, Verdict
from relance.core.time import DAY, SECOND


def test_one_refused_among_others_that_go_through_ends() -> None:
    standing = Standing()
    assert standing.refused("a", "403", 1) is Verdict.WAITS, "nobody else is known"
    standing.taken("b", 2)
    assert standing.refused("a", "403", 3) is Verdict.ENDS
    assert standing.wait(3) == 0


def test_where_all_are_refused_nobody_ends_and_sending_pauses_until_one_goes_through() -> None:
    standing = Standing()
    assert [standing.refused(name, "401 bad key", 1) for name in "abc"] == [Verdict.WAITS, Verdict.PAUSES, Verdict.PAUSES]
    assert standing.paused_since == 1
    assert standing.wait(2) > 0
    later = standing.next_try
    assert standing.wait(later) == 0, "one is tried"
    assert standing.wait(later) > 0, "and only one"
    standing.taken("b", later + 1)
    assert (standing.paused_since, standing.wait(later + 1)) == (0, 0)
    assert standing.refused("a", "403", later + 2) is Verdict.ENDS


def test_most_decides_when_a_good_key_goes_bad_or_few_are_left_of_an_old_one() -> None:
    standing = Standing()
    for number in range(10):
        standing.taken(f"good{number}", 1)
    verdicts = [standing.refused(f"bad{number}", "403", 2) for number in range(12)]
    assert verdicts[:10] == [Verdict.ENDS] * 10
    assert verdicts[10:] == [Verdict.PAUSES] * 2


def test_pauses_grow_to_a_limit_and_memory_has_one() -> None:
    standing = Standing()
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
