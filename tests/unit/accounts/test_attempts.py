"""What counts failed sign-ins: networks, accounts and devices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.accounts.attempts import FAILURE_WINDOW, MOST_COUNTED, Attempts, network_of
from relance.core.time import MINUTE

NOW = 1_760_000_000_000


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("198.51.100.7", "::ffff:198.51.100.7", True),
        ("198.51.100.7", "198.51.100.8", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unknown", "unknown", True),
        ("forged-1", "forged-2", True),
        ("", "1.2.3", True),
        ("198.51.100.7:50123", "198.51.100.7:50999", True),
        ("198.51.100.7:50123", " 198.51.100.7", True),
        ("198.51.100.7:50123", "198.51.100.8:50123", False),
        ("[2001:db8:1:2::1]:50123", "2001:db8:1:2::9", True),
        ("[2001:db8:1:2::1]:50123", "[2001:db8:1:3::1]", False),
    ],
)
def test_an_ipv6_network_is_one_and_an_address_is_one_however_it_is_written(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


@given(st.lists(st.tuples(st.integers(0, 40 * MINUTE), st.booleans()), max_size=60), st.integers(1, 5))
def test_never_more_than_the_limit_in_any_window(tries: list[tuple[int, bool]], limit: int) -> None:
    attempts = Attempts(limit)
    failed: list[int] = []
    for offset, fits in sorted(tries):
        now = NOW + offset
        recent = [each for each in failed if each > now - FAILURE_WINDOW]
        wait = attempts.begin(["a"], now)
        if len(recent) >= limit:
            assert wait == recent[-limit] + FAILURE_WINDOW - now
        elif fits:
            assert wait == 0
            attempts.succeeded(["a"], now)
        else:
            assert wait == 0
            failed.append(now)


def test_one_counter_at_its_limit_counts_nothing_on_the_others() -> None:
    attempts = Attempts(1)
    assert attempts.begin(["network", "account"], NOW) == 0
    assert attempts.begin(["elsewhere", "account"], NOW) > 0
    assert attempts.begin(["elsewhere", "another"], NOW) == 0


def test_memory_is_bounded() -> None:
    attempts = Attempts(1)
    for number in range(MOST_COUNTED + 10):
        attempts.begin([str(number)], NOW)
    assert len(attempts._failures) == MOST_COUNTED
