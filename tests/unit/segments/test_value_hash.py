"""Values are told apart as the definition does it, by numbers that only the key decides."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations
from typing import Any

import pytest

from relance.segments.live.columns.value_hash import Identities
from relance.segments.rule.values import identity

VALUES: list[Any] = [
    "",
    "1",
    "True",
    "01",
    "+1",
    "-0",
    12.0,
    "12",
    "-2",
    -2,
    2**53 - 1,
    "9007199254740991",
    "9007199254740992",
    "1.0",
    "c1",
    "Ünï",
    "\ud800",
    1,
    1.0,
    0,
    -0.0,
    True,
    False,
    2**53 + 1,
    2**53,
    1e300,
]
NO_VALUES: list[Any] = [None, [1], {"b": 1}]
KEY = bytes(range(16))


def test_two_values_are_one_where_the_definition_says_so() -> None:
    identities = Identities(KEY)
    for one, other in combinations(VALUES, 2):
        assert (identities.of(one) == identities.of(other)) is (identity(one) == identity(other)), (one, other)
    assert [Identities(KEY).of(value) for value in VALUES] == [identities.of(value) for value in VALUES]


@pytest.mark.parametrize("value", NO_VALUES)
def test_what_has_no_identity_has_no_number(value: Any) -> None:
    assert Identities(KEY).of(value) is None


def test_another_process_with_the_key_gives_the_same_numbers_and_another_key_gives_others() -> None:
    code = f"from relance.segments.live.columns.value_hash import Identities as I; print(I({KEY!r}).of('c1'), I({KEY!r}).of(2.5))"
    reported = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    identities = Identities(KEY)
    assert reported == [str(identities.of("c1")), str(identities.of(2.5))]
    assert Identities().of("c1") != Identities().of("c1")


def test_what_was_forgotten_is_found_again() -> None:
    identities = Identities(KEY)
    before = [identities.of(f"v{number}") for number in range(70_000)]
    assert len(set(before)) == 70_000
    assert [identities.of(f"v{number}") for number in range(70_000)] == before
