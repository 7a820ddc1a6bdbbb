"""When sessions start."""

from __future__ import annotations

from relance.core.time import MINUTE
from relance.users.profile import new_profile
from relance.users.sessions import SILENCE, observe

START = 1_750_000_000_000


def starts(*visits: tuple[int, str]) -> list[int]:
    """The minutes at which a session starts, of visits given as (minute, SDK's session id)."""
    profile = new_profile(1, None, START, START)
    found = [(minute, observe(1, profile, START + minute * MINUTE, key)) for minute, key in visits]
    return [minute for minute, started in found if started is not None]


def test_half_an_hour_of_silence_starts_a_session() -> None:
    assert SILENCE == 30 * MINUTE
    assert starts((0, ""), (29, ""), (58, ""), (88, "")) == [0, 88]


def test_the_sdks_session_id_decides_where_there_is_one() -> None:
    assert starts((0, "s1"), (50, "s1"), (51, "s2"), (52, "")) == [0, 51]


def test_activity_out_of_order_reopens_nothing() -> None:
    assert starts((0, "s1"), (40, "s2"), (39, "s1"), (41, "s2")) == [0, 40]
