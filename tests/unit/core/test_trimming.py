"""What is not seen around a text is not part of it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.trimming import INVISIBLE, holds_invisible, trimmed


@given(st.text(st.sampled_from([*INVISIBLE, *" \t\n\r\u00a0\u3000\u2028\x00\x7f"]), max_size=4), st.text(max_size=5))
def test_what_surrounds_a_text_goes_and_its_inside_stays(around: str, inside: str) -> None:
    assert trimmed(f"{around}a{inside}b{around}") == f"a{inside}b"
    assert trimmed(around) == ""


@given(st.text(max_size=8))
def test_trimming_is_done_at_once(text: str) -> None:
    once = trimmed(text)
    assert trimmed(once) == once
    assert once in text


@pytest.mark.parametrize(
    "text", ["❤️", "Zoë", "👨‍👩‍👧", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "می‌خواهم"]
)
def test_what_is_seen_is_kept_whole(text: str) -> None:
    assert trimmed(text) == text


def test_every_format_character_that_may_surround_a_text_is_known() -> None:
    every = {chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) == "Cf"}
    # Signs of Arabic and Syriac numbers are seen.
    assert {each for each in every if not holds_invisible(each)} <= set(
        "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
    )
