"""What proves a user id, and what does not."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest

from relance.accounts.identity_tokens import LEEWAY, Unproven, unproven

NOW = 1_790_000_000_000
SECRET, NEXT, OTHER = (f"rls_{each * 43}" for each in "abc")  # of the shape they have: the tests' names must not be drawn
END = NOW // 1000 + 60
GOOD: dict[str, Any] = {"sub": "u-1", "exp": END}


def signed(claims: dict[str, Any], secret: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, secret, algorithm=algorithm)


def verdict(token: Any, user_id: str = "u-1", now: int = NOW) -> Unproven | None:
    return unproven(token, user_id, (SECRET, NEXT), now)


@pytest.mark.parametrize("secret", [SECRET, NEXT])
@pytest.mark.parametrize("more", [{}, {"iat": 1}, {"nbf": 1}, {"iss": "shop", "aud": "relance"}, {"exp": NOW / 1000 + 0.5}])
def test_either_secret_proves_the_subject(secret: str, more: dict[str, Any]) -> None:
    assert verdict(signed(GOOD | more, secret)) is None


def test_the_subject_is_the_user_id_as_the_door_reads_it() -> None:
    assert verdict(signed(GOOD | {"sub": 12}), "12") is None
    assert verdict(signed(GOOD | {"sub": " u-1\u200b"})) is None
    for other in ("U-1", "u-1 x", "u", ""):
        assert verdict(signed(GOOD | {"sub": other})) is Unproven.OTHER_USER


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_is_missing(token: Any) -> None:
    assert verdict(token) is Unproven.MISSING


def unsigned() -> str:
    parts = ({"alg": "none", "typ": "JWT"}, GOOD)
    return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in parts) + "."


@pytest.mark.parametrize(
    "token",
    [
        signed(GOOD, OTHER),
        signed(GOOD, SECRET + SECRET, "HS512"),
        unsigned(),
        signed(GOOD)[:-2],
        signed(GOOD) + "x",
        "a.b.c",
        "nonsense",
        "\ud800.é.x",
        "x" * 10_000,
        12,
        ["a"],
        {"a": 1},
        True,
        signed({"sub": "u-1"}),
        signed({"exp": GOOD["exp"]}),
        signed(GOOD | {"exp": True}),
        signed(GOOD | {"exp": float("inf")}),
        signed(GOOD | {"exp": "soon"}),
        signed(GOOD | {"nbf": "now"}),
        signed(GOOD | {"nbf": None}),
        signed(GOOD | {"sub": None}),
        signed(GOOD | {"sub": True}),
        signed(GOOD | {"sub": ["u-1"]}),
    ],
)
def test_what_is_not_signed_so_proves_nothing(token: Any) -> None:
    assert verdict(token) is Unproven.INVALID


def test_a_token_ends_and_clocks_may_differ_a_little() -> None:
    token = signed(GOOD)
    end = END * 1000
    assert verdict(token, now=end + LEEWAY - 1) is None
    assert verdict(token, now=end + LEEWAY) is Unproven.EXPIRED


def test_a_token_begins_and_clocks_may_differ_a_little() -> None:
    token = signed(GOOD | {"nbf": END - 1})
    begin = (END - 1) * 1000
    assert verdict(token, now=begin - LEEWAY) is None
    assert verdict(token, now=begin - LEEWAY - 1) is Unproven.NOT_YET


@pytest.mark.parametrize("claims", [{"exp": END * 1000}, {"exp": END * 1_000_000}, {"nbf": NOW}, {"exp": 1e300}])
def test_milliseconds_are_not_taken_for_seconds(claims: dict[str, Any]) -> None:
    assert verdict(signed(GOOD | claims)) is Unproven.IN_MILLISECONDS
    assert verdict(signed(GOOD | {"exp": 9_999_999_999})) is None


def test_a_secret_that_was_deleted_proves_nothing_though_the_token_was_seen() -> None:
    token = signed(GOOD)
    assert verdict(token) is None
    assert unproven(token, "u-1", (NEXT,), NOW) is Unproven.INVALID
