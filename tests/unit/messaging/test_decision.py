"""The one decision: what ended comes before consent, consent before the hold-out, quiet hours before caps."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from relance.core.time import DAY, HOUR
from relance.messaging.decision import HELD_FOR, Decision, Defer, MaySend, Restraints, Skip, Usage, decide
from relance.messaging.model import MessageClass, SkipReason
from relance.restraint.caps import Limit, Request, Use
from relance.restraint.holding import Terms
from relance.restraint.model import WhenHeld
from relance.restraint.quiet import EVERY_DAY, QuietRule
from tests.unit.messaging.test_eligibility import candidate

UTC = ZoneInfo("UTC")
NOW = 100 * DAY + 12 * HOUR
ALL_DAY = QuietRule("quiet_hours:1", 12 * 60, 13 * 60, EVERY_DAY, UTC)
DAILY = Limit(7, frozenset(), frozenset(), frozenset(), 1, DAY, "", 0, {}, ((5, 2),), True, 1)
USED = Use(NOW - HOUR, "other", "email", "marketing", "offers", "campaign")


def decided(
    *used: Use, segments: tuple[int, ...] = (), counts: bool = True, held_out: bool = False, about: Any = None, **given: Any
) -> Decision:
    terms = Terms(Request("email", "marketing", "offers", "campaign"), UTC, **given)
    return decide(candidate(**(about or {})), Restraints(terms, "mine", counts, held_out), Usage(used, segments), NOW)


QUIET: dict[str, Any] = {"rules": (ALL_DAY,)}
CAPPED: dict[str, Any] = {"limits": (DAILY,)}


def test_what_nothing_holds_back_leaves_and_takes_a_slot_where_it_counts() -> None:
    assert decided() == MaySend(True)
    assert decided(counts=False) == MaySend(False)
    assert decided(**CAPPED) == MaySend(True)
    assert decided(USED, segments=(5,), **CAPPED) == MaySend(True, {7: 5})


def test_what_holds_it_back_is_named() -> None:
    assert decided(USED, **CAPPED) == Skip(SkipReason.CAPPED, "cap:7")
    assert decided(USED, **CAPPED, when=WhenHeld.UNTIL_WINDOW_ENDS) == Defer(NOW + 23 * HOUR, SkipReason.CAPPED, "cap:7")
    assert decided(**QUIET) == Defer(NOW + HOUR, SkipReason.QUIET_HOURS, "quiet_hours:1")
    assert decided(**QUIET, when=WhenHeld.SKIP) == Skip(SkipReason.QUIET_HOURS, "quiet_hours:1")


def test_a_dispatch_shares_its_slot() -> None:
    assert decided(USED._replace(dispatch="mine"), **CAPPED) == MaySend(True)
    assert decided(USED, USED._replace(dispatch="mine"), **CAPPED) == MaySend(True)


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({"person_exists": False}, Skip(SkipReason.DELETED_PERSON)),
        ({"valid_until": NOW - 1}, Skip(SkipReason.EXPIRED)),
        ({"consents": {"offers": False}}, Skip(SkipReason.UNSUBSCRIBED)),
        ({"consents": {}}, Skip(SkipReason.NO_CONSENT)),
        ({"consents": {}, "consent_awaited_until": NOW + 5}, Defer(NOW + 5, SkipReason.NO_CONSENT)),
        ({"consents": {}, "consent_awaited_until": NOW + 5, "valid_until": NOW + 2}, Defer(NOW + 2, SkipReason.NO_CONSENT)),
        ({"journey_paused": True}, Defer(NOW + HELD_FOR, SkipReason.JOURNEY_PAUSED)),
        ({"journey_paused": True, "valid_until": NOW + 2}, Defer(NOW + 3, SkipReason.JOURNEY_PAUSED)),
        ({}, Skip(SkipReason.HOLD_OUT)),
        ({"is_test": True}, MaySend()),
    ],
)
def test_what_was_never_allowed_comes_first(about: dict[str, Any], expected: Decision) -> None:
    assert decided(USED, held_out=True, about=about, **QUIET, **CAPPED) == expected


def test_quiet_hours_are_asked_before_caps() -> None:
    assert decided(USED, **QUIET, **CAPPED, when=WhenHeld.SKIP) == Skip(SkipReason.QUIET_HOURS, "quiet_hours:1")


def test_service_needs_no_consent() -> None:
    about = {"message_class": MessageClass.SERVICE, "consents": {"offers": False}, "subscription_state": "unsubscribed"}
    assert decided(about=about) == MaySend(True)
