"""What of a webhook's answer is kept for later steps."""

from __future__ import annotations

import json
from typing import Any

import pytest

from relance.channels.webhook.answer import BODY_LIMIT, MOST_DEPTH, MOST_VALUES, TEXT_LIMIT, read_answer

JSON = "application/json; charset=utf-8"


def read(body: bytes | dict[str, Any] | list[Any], kind: str = JSON) -> dict[str, Any]:
    given = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_answer(200, kind, given, lambda text: text.replace("s3cret", "…"))


@pytest.mark.parametrize("kind", [JSON, "Application/JSON", "application/problem+json"])
def test_json_is_kept_as_what_it_says(kind: str) -> None:
    said = {"score": 7, "tags": ["a", None, 1.5, True], "who": {"plan": "pro"}}
    assert read(said, kind) == {"status": 200, "body": said}


@pytest.mark.parametrize("body", [b"", b" \r\n "])
def test_of_nothing_the_status_is_kept(body: bytes) -> None:
    assert read(body) == {"status": 200}


def test_what_is_no_json_is_kept_as_text_that_is_cut() -> None:
    assert read(b'{"score": 7}', "text/plain") == {"status": 200, "body": '{"score": 7}'}
    assert read(b"{oops") == {"status": 200, "body": "{oops"}
    assert read(b'{"half": "\\ud800"}', JSON)["status"] == 200
    long = read(b"x\x00" * 2 * TEXT_LIMIT, "text/html")
    assert long == {"status": 200, "body": "x" * TEXT_LIMIT, "truncated": True}


def nested(depth: int) -> Any:
    return 1 if depth == 1 else {"a": nested(depth - 1)}


@pytest.mark.parametrize(
    "body",
    [
        {"long": "x" * BODY_LIMIT},
        {"wide": "é" * (BODY_LIMIT // 2)},
        list(range(MOST_VALUES)),
        nested(MOST_DEPTH + 1),
        b"[" * 100_000,
        b"9" * 1_000,
        b'{"a": 1' + b" " * 5 * BODY_LIMIT + b"}",
    ],
    ids=["long", "wide", "many", "deep", "very deep", "huge number", "blank"],
)
def test_json_that_is_too_much_is_not_kept_in_half(body: Any) -> None:
    assert read(body) == {"status": 200, "truncated": True}


def test_what_is_just_within_the_bounds_is_kept_whole() -> None:
    for body in ({"a": "x" * (BODY_LIMIT - 8)}, list(range(MOST_VALUES - 1)), nested(MOST_DEPTH)):
        assert read(body) == {"status": 200, "body": body}


def test_secrets_are_taken_out_wherever_they_stand() -> None:
    echoed = b'{"s3cret": ["Bearer s3cret"], "hidden": "s3\\u0063ret"}'
    assert read(echoed)["body"] == {"…": ["Bearer …"], "hidden": "…"}
    assert read(b"you said s3cret", "text/plain")["body"] == "you said …"


def test_a_number_that_others_would_read_as_another_is_kept_as_text() -> None:
    assert read({"id": 2**53, "more": 2**53 + 1, "less": -(2**60)})["body"] == {
        "id": 2**53,
        "more": str(2**53 + 1),
        "less": str(-(2**60)),
    }
    assert read(b'{"a": "x\\u0000y"}')["body"] == {"a": "xy"}
