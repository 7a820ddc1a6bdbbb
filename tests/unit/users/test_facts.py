"""What a context tells, and what it cannot make the program believe."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.users.facts import PushAddress, read_consents, read_context, read_country, read_email, read_locale, read_zone

KEYS = {"p256dh": "BPk", "auth": "Yh"}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "token", "push", "endpoint", "keys"]), inner, max_size=3)
    ),
    max_leaves=4,
)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("fr-CA", ("fr", "CA")),
        ("zh_Hant_TW", ("zh", "TW")),
        ("EN", ("en", None)),
        ("de_DE.UTF-8", ("de", "DE")),
        ("?", (None, None)),
        (5, (None, None)),
    ],
)
def test_locale_gives_language_and_region(locale: Any, expected: tuple[str | None, str | None]) -> None:
    assert read_locale(locale) == expected


def test_browser_subscription_is_web_push_and_plain_token_mobile_push() -> None:
    web = read_context(json.dumps({"device": {"id": "d", "push": {"endpoint": "https://p.example/1", "keys": KEYS}}}).encode())
    phone = read_context(b'{"device": {"token": "abc"}}')
    assert web is not None
    assert phone is not None
    assert web.push == PushAddress("web_push", "https://p.example/1", '{"auth":"Yh","p256dh":"BPk"}', '{"id":"d"}')
    assert phone.push == PushAddress("mobile_push", "abc", "{}", "{}")


@pytest.mark.parametrize(
    "device",
    [{"push": {"endpoint": "ftp://x", "keys": KEYS}}, {"push": {"endpoint": "https://x"}}, {"token": 5}, {"token": "\x00"}],
)
def test_address_that_cannot_work_is_ignored(device: dict[str, Any]) -> None:
    assert read_context(json.dumps({"device": device}).encode()) is None


def test_context_without_anything_of_interest_has_no_facts() -> None:
    assert read_context(b'{"library": {"name": "x"}, "ip": "203.0.113.9"}') is None
    assert read_context(b"{") is None


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "locale",
                "timezone",
                "location",
                "device",
                "session",
                "sessionId",
                "consent",
                "os",
                "app",
                "campaign",
                "referrer",
                "userAgent",
            ]
        ),
        json_values,
        max_size=4,  # members are read one by one; more of them at once only take longer to draw
    )
)
def test_any_context_is_read_without_an_error(context: dict[str, Any]) -> None:
    facts = read_context(json.dumps(context).encode())
    assert facts is None or "\x00" not in facts.session


def test_consents_name_known_channels_and_topics() -> None:
    assert read_consents(
        {"email": True, "web_push": {"offers": False, "": True}, "categoryPreferences": {"ads": True}, "sms": 1}
    ) == (
        ("email", "general", True),
        ("web_push", "offers", False),
    )


def test_email_is_compared_in_small_letters() -> None:
    assert read_email("  Ada@Example.COM ") == "ada@example.com"
    assert [read_email(value) for value in ("ada", "a b@x", "a@b@c", "a\n@x", 5, None)] == [None] * 6


def test_country_code_is_in_capitals_and_zone_looks_like_one() -> None:
    assert [read_country(value) for value in ("fr", "France", "", 5)] == ["FR", "France", None, None]
    assert [read_zone(value) for value in ("Europe/Paris", "no zone", None)] == ["Europe/Paris", None, None]


@pytest.mark.parametrize("around", ["\u200b", "\u202a", "\ufeff", "\u00a0", " \n", "\u2060"])
def test_what_is_not_seen_around_an_address_is_no_part_of_it_and_within_it_is_a_fault(around: str) -> None:
    assert read_email(f"{around}Lea@X.example{around}") == "lea@x.example"
    assert read_email(f"le{around}a@x.example") is None
    assert read_email(f"lea@x{around}.example") is None


@pytest.mark.parametrize("said", [False, 0, "false", " No ", "OFF", "0"])
def test_a_no_counts_however_it_is_written(said: Any) -> None:
    assert read_consents({"email": said}) == (("email", "general", False),)
    assert read_consents({"email": {"offers": said}}) == (("email", "offers", False),)


@pytest.mark.parametrize("said", ["true", "yes", 1, 2, None, [], "maybe", ""])
def test_a_yes_is_true_and_nothing_else(said: Any) -> None:
    assert read_consents({"email": said}) == ()
