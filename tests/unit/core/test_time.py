"""Instants and their texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.time import from_iso, to_iso


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_an_instant_and_its_text_are_the_same_to_the_millisecond(instant: int) -> None:
    assert from_iso(to_iso(instant)) == instant


def test_a_text_without_an_offset_is_utc_and_an_offset_is_heeded() -> None:
    assert from_iso("1970-01-01T01:00:00+01:00") == from_iso("1970-01-01") == 0


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        from_iso("yesterday")
