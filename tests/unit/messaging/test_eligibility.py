"""The decision whether a delivery may leave."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.messaging.eligibility import Candidate, skip_reason
from relance.messaging.model import DESCRIPTIONS, Channel, MessageClass, SkipReason

WEB_PUSH = Channel("web_push")
EMAIL = Channel("email")

NOW = 1_000_000


def candidate(**given: Any) -> Candidate:
    """An e-mail that may leave, but for what is given."""
    usual: dict[str, Any] = {
        "message_class": MessageClass.MARKETING,
        "channel": EMAIL,
        "topic": "offers",
        "address": "ada@example.com",
        "subscription_state": "subscribed",
        "consents": {"general": True},
        "refused": frozenset(),
        "person_exists": True,
        "run_stopped": False,
        "journey_paused": False,
        "sending_paused": False,
        "valid_until": None,
    }
    return Candidate(**{**usual, **given})


PUSH = {"channel": WEB_PUSH, "address": "https://push.example/1"}
TRANSACTIONAL = {"message_class": MessageClass.TRANSACTIONAL}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, None),
        ({"consents": {"offers": True}}, None),
        ({"consents": {}}, SkipReason.NO_CONSENT),
        ({"consents": {"other": True}}, SkipReason.NO_CONSENT),
        ({"consents": {"offers": False, "general": True}}, SkipReason.UNSUBSCRIBED),
        ({"consents": {"offers": True, "general": False}}, SkipReason.UNSUBSCRIBED),
        ({**PUSH, "consents": {}}, None),
        ({**PUSH, "consents": {"general": False}}, SkipReason.UNSUBSCRIBED),
        ({**TRANSACTIONAL, "consents": {}}, None),
        ({**TRANSACTIONAL, "consents": {"general": False}}, None),
        ({**TRANSACTIONAL, "subscription_state": "unsubscribed"}, None),
        ({**TRANSACTIONAL, "subscription_state": "suppressed"}, SkipReason.SUPPRESSED),
        ({**TRANSACTIONAL, "sending_paused": True}, SkipReason.SENDING_PAUSED),
        ({"subscription_state": "unsubscribed"}, SkipReason.UNSUBSCRIBED),
        ({"subscription_state": "gone"}, SkipReason.GONE),
        ({"subscription_state": "unconfirmed"}, SkipReason.UNCONFIRMED),
        ({**TRANSACTIONAL, "subscription_state": "unconfirmed"}, SkipReason.UNCONFIRMED),
        ({"subscription_state": "something new"}, SkipReason.SUPPRESSED),
        ({"subscription_state": None}, SkipReason.NO_SUBSCRIPTION),
        ({"address": "no address"}, SkipReason.INVALID_ADDRESS),
        ({"address": "ada@example.com\r\nBcc: x@y"}, SkipReason.INVALID_ADDRESS),
        ({"address": "@example.com"}, SkipReason.INVALID_ADDRESS),
        ({"refused": frozenset(("general",))}, SkipReason.UNSUBSCRIBED),
        ({"refused": frozenset(("offers",))}, SkipReason.UNSUBSCRIBED),
        ({"refused": frozenset(("other",))}, None),
        ({**PUSH, "refused": frozenset(("general",)), "consents": {}}, SkipReason.UNSUBSCRIBED),
        ({**TRANSACTIONAL, "refused": frozenset(("general",))}, None),
        ({"run_stopped": True}, SkipReason.JOURNEY_STOPPED),
        ({"journey_paused": True}, SkipReason.JOURNEY_PAUSED),
        ({"journey_paused": True, "run_stopped": True}, SkipReason.JOURNEY_STOPPED),
        ({"journey_paused": True, "valid_until": NOW - 1}, SkipReason.EXPIRED),
        ({"valid_until": NOW}, None),
        ({"valid_until": NOW - 1}, SkipReason.EXPIRED),
        ({"person_exists": False, "sending_paused": True}, SkipReason.DELETED_PERSON),
        ({"is_test": True, "consents": {}}, None),
        ({"is_test": True, "subscription_state": "suppressed"}, SkipReason.SUPPRESSED),
    ],
)
def test_reason(given: dict[str, Any], reason: SkipReason | None) -> None:
    assert skip_reason(candidate(**given), NOW) is reason


@given(st.sampled_from(["subscribed", "unsubscribed", "gone", "suppressed", None]), st.booleans(), st.booleans(), st.booleans())
def test_transactional_leaves_whenever_marketing_does(state: str | None, paused: bool, stopped: bool, granted: bool) -> None:
    facts = {"subscription_state": state, "sending_paused": paused, "run_stopped": stopped, "consents": {"general": granted}}
    if skip_reason(candidate(**facts), NOW) is None:
        assert skip_reason(candidate(**facts, **TRANSACTIONAL), NOW) is None


def test_every_reason_is_described_in_a_sentence() -> None:
    assert set(DESCRIPTIONS) == set(SkipReason)
    assert all(text[0].isupper() and text.endswith(".") for text in DESCRIPTIONS.values())
