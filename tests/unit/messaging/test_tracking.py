"""Signed links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.ids import stable_id
from relance.core.urls import web_address
from relance.links.errors import LinkInvalidError
from relance.links.signing import LONGEST_TARGET, Link, LinkKind, read, sign
from relance.links.tracked import Links

SECRET = b"s" * 32
DELIVERY = stable_id("a delivery")


@given(st.sampled_from(LinkKind), st.text(st.characters(codec="utf-8"), max_size=200))
def test_a_token_says_what_was_signed(kind: LinkKind, target: str) -> None:
    assert read(SECRET, sign(SECRET, DELIVERY, kind, target)) == Link(DELIVERY, kind, target)


def test_a_token_is_short_and_fits_a_path() -> None:
    token = sign(SECRET, DELIVERY, LinkKind.OPEN)
    assert len(token) == 44
    assert token.replace("-", "").replace("_", "").isalnum()


@given(st.data())
def test_a_changed_token_is_refused(data: st.DataObject) -> None:
    token = sign(SECRET, DELIVERY, LinkKind.CLICK, "https://shop.example/cart")
    place = data.draw(st.integers(0, len(token) - 3))  # the last characters hold bits that no byte uses
    letter = data.draw(st.sampled_from("ABCabc019-_").filter(lambda each: each != token[place]))
    with pytest.raises(LinkInvalidError):
        read(SECRET, token[:place] + letter + token[place + 1 :])


@given(st.one_of(st.text(max_size=100), st.binary(max_size=80).map(lambda raw: raw.hex())))
def test_anything_else_is_refused(token: str) -> None:
    with pytest.raises(LinkInvalidError):
        read(SECRET, token)


@pytest.mark.parametrize("left", [".", ",", ">", ")", "]", "\r\n", " ", "=", "=3D", "/", "…", ".gif", "\u200b"])
@pytest.mark.parametrize("target", ["", "https://a.example/", "https://a.example/1", "https://a.example/12"])
def test_what_is_left_at_a_links_end_is_none_of_it(left: str, target: str) -> None:
    assert read(SECRET, sign(SECRET, DELIVERY, LinkKind.CLICK, target) + left) == Link(DELIVERY, LinkKind.CLICK, target)


def test_another_secret_is_refused() -> None:
    with pytest.raises(LinkInvalidError):
        read(b"t" * 32, sign(SECRET, DELIVERY, LinkKind.OPEN))


@given(st.integers(0, 40))
def test_whatever_is_signed_can_be_read(over: int) -> None:
    longest = "https://x.example/".ljust(LONGEST_TARGET - over, "x")
    assert read(SECRET, sign(SECRET, DELIVERY, LinkKind.CLICK, longest)).target == longest
    with pytest.raises(ValueError, match="at most"):
        sign(SECRET, DELIVERY, LinkKind.CLICK, longest + "é" * (over + 1))


def test_a_very_long_token_is_refused() -> None:
    with pytest.raises(LinkInvalidError):
        read(SECRET, "x" * 8_193)


def test_an_id_of_another_form_is_not_signed() -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        sign(SECRET, "abcd", LinkKind.OPEN)


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [
        ("https://shop.example/a", "https://shop.example/a?utm_source=relance&utm_campaign=Cart+%26+code"),
        ("https://shop.example/a?b=1#c", "https://shop.example/a?b=1&utm_source=relance&utm_campaign=Cart+%26+code#c"),
        ("https://shop.example/?utm_source=mine", "https://shop.example/?utm_source=mine"),
    ],
)
def test_a_click_carries_where_it_came_from_unless_the_author_said_so(written: str, leads_to: str) -> None:
    campaign = (("utm_source", "relance"), ("utm_campaign", "Cart & code"))
    links = Links("https://relance.example", b"k" * 32, "ab" * 16, frozenset({"shop.example"}), campaign)
    address = web_address(written)
    assert address is not None
    through = links.through(address)
    assert through is not None
    assert read(b"k" * 32, through.rpartition("/")[2]).target == leads_to
