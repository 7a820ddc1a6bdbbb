"""One rule of what is no id: as Python reads it, and as engines do that read RE2."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from relance.events.placeholders import NO_ID, PLACEHOLDERS, is_placeholder
from relance.segments.rule.values import pattern

quotes = st.text("\"'`“”‘’ ", max_size=2)
cores = st.one_of(
    st.sampled_from(
        [*PLACEHOLDERS, "0", "-00.0", "{{ a }}", "${x}", "<% a\nb %>", "%%A%%", "#{}", "00000000-0000-0000-0000-000000000000"]
    ),
    st.text("0-.{}$<%>#anul1", max_size=6),
)
words = st.one_of(cores, cores.map(str.upper))


@given(before=quotes, word=words, after=quotes)
@example(before="", word="null", after='"')
@example(before="'", word="", after="")
def test_the_pattern_is_the_function(before: str, word: str, after: str) -> None:
    text = before + word + after
    if text:
        assert (pattern(NO_ID).search(text) is not None) is is_placeholder(text), text
