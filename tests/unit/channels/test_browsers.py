"""What browsers do not show of a web push: data of MDN's, with where it is from."""

from __future__ import annotations

import re

from relance.channels.registry import KINDS
from relance.channels.web_push.browsers import SUPPORT, not_shown
from relance.channels.web_push.content import PushContent


def test_the_data_says_where_it_is_from() -> None:
    assert (SUPPORT.source.package, SUPPORT.source.licence) == ("@mdn/browser-compat-data", "CC0-1.0")
    assert re.fullmatch(r"\d+\.\d+\.\d+", SUPPORT.source.version)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", SUPPORT.source.date)


def test_every_feature_is_known_of_every_browser() -> None:
    assert all(each.keys() == SUPPORT.browsers.keys() for each in SUPPORT.features.values())


def test_it_says_who_shows_no_buttons_and_no_picture() -> None:
    assert not_shown()["buttons"] == ("Safari", "Safari on iOS")
    assert "Firefox" in not_shown()["image"]


def test_fields_are_those_of_the_content() -> None:
    for kind in KINDS.values():
        assert set(kind.not_shown) <= set(kind.content.__struct_fields__)
    assert set(not_shown()) <= set(PushContent.__struct_fields__)
