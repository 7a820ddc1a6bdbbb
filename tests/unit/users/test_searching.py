"""Who is meant by a name that somebody types."""

from __future__ import annotations

from typing import Any

import pytest

from relance.users.searching import is_named, words_of


@pytest.mark.parametrize(
    ("typed", "traits", "meant"),
    [
        ("gus", {"first_name": "Gus", "last_name": "Martin"}, True),
        ("Martin Gu", {"firstName": "Gus", "lastName": "Martin"}, True),
        ("zoe", {"name": "Zoë Faß"}, True),
        ("fass", {"name": "Zoë Faß"}, True),
        ("martin", {"email": "gus.martin@example.org"}, True),
        ("example", {"email": "gus@example.org"}, True),
        ("us", {"first_name": "Gus"}, False),
        ("gus martin", {"first_name": "Gus"}, False),
        ("gold", {"plan": "gold"}, False),
        ("", {"name": "Gus"}, False),
        ("gus", {"name": 7}, False),
    ],
)
def test_each_word_begins_a_word_of_a_name(typed: str, traits: dict[str, Any], meant: bool) -> None:
    assert is_named(traits, words_of(typed)) is meant
