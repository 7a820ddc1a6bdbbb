"""What does not fit its type is said in our words, with what was given where there is a limit."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from relance.core.error_text import LISTED, SHOWN, ErrorText, as_error_text
from relance.core.mismatch import mismatch, unreadable

Short = Annotated[str, Meta(max_length=2)]


class Inner(msgspec.Struct):
    kind: Literal["a", "b"] = "a"
    size: Annotated[int, Meta(ge=0, le=5)] = 0


class Whole(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=2, max_length=3)] = "abc"
    parts: Annotated[tuple[Inner, ...], Meta(min_length=0, max_length=2)] = ()
    share: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    weight: Annotated[float, Meta(ge=1, le=9)] = 1
    by_name: dict[Short, Annotated[int, Meta(le=3)]] = {}
    texts: dict[str, list[Short]] = {}


@pytest.mark.parametrize(
    ("given", "place", "sentence"),
    [
        ({"name": "x"}, ".name", "This must be at least 2 characters (got 1)."),
        ({"name": "x" * 1_240}, ".name", "This must be at most 3 characters (got 1,240)."),
        ({"name": 5}, ".name", "This must be a text (got integer)."),
        ({"parts": [{}, {}, {}]}, ".parts", "This must have at most 2 items (got 3)."),
        ({"parts": [{}, {"size": -1}]}, ".parts[1].size", "This must be a whole number of at least 0 (got -1)."),
        ({"parts": [{"size": 6}]}, ".parts[0].size", "This must be a whole number of at most 5 (got 6)."),
        ({"parts": [{"kind": "c"}]}, ".parts[0].kind", "'c' is not allowed here."),
        ({"share": 0}, ".share", "This must be a number above 0 (got 0)."),
        ({"share": 1.5}, ".share", "This must be a number below 1 (got 1.5)."),
        ({"weight": 0.5}, ".weight", "This must be a number of at least 1 (got 0.5)."),
        ({"weight": 10}, ".weight", "This must be a number of at most 9 (got 10)."),
        ({"by_name": {"a": 1, "b": 7}}, ".by_name[...]", "This must be a whole number of at most 3 (got 7)."),
        ({"by_name": {"a": 1, "long": 1}}, ".by_name", "This must be at most 2 characters (got 4)."),
        ({"texts": {"a": ["b"], "c": ["d", "efg"]}}, ".texts[...][1]", "This must be at most 2 characters (got 3)."),
        ({"odd": 1}, "", "There is no field 'odd' here."),
        ({"share": None}, ".share", "This must be a number (got null)."),
        ({"by.name": 1, "name": ["x"]}, "", "There is no field 'by.name' here."),
        ([], "", "This must be an object (got array)."),
    ],
)
def test_what_is_wrong_is_said_with_what_was_given(given: Any, place: str, sentence: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(given, Whole)
    assert mismatch(caught.value, given) == (place, sentence)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"a":', "This is not valid JSON: it ends too early."),
        (b'{"a":x}', "This is not valid JSON: byte 5 is not expected there."),
    ],
)
def test_what_is_no_json_is_said_with_the_place(body: bytes, sentence: str) -> None:
    with pytest.raises(msgspec.DecodeError) as caught:
        msgspec.json.decode(body)
    assert unreadable(caught.value) == sentence


def test_what_was_given_is_shown_as_far_as_somebody_reads_it() -> None:
    text = ErrorText("odd", "{got!r} of {kinds}", got="x" * 10_000, kinds=tuple(map(str, range(1_000))))
    assert text.parameters["got"] == "x" * SHOWN + "…"
    assert len(text.parameters["kinds"]) == LISTED
    assert len(text) < 1_000


def test_a_sentence_without_a_reason_says_so() -> None:
    told: dict[str, Any] = {"message": "Odd.", "reason": None, "parameters": {}}
    assert ErrorText.local("Odd.").plain() == as_error_text("Odd.").plain() == told
    text = ErrorText("odd", "Odd.")
    assert as_error_text(text) is text
