"""Sums, rates and reasons of what was sent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from relance.analytics.outcomes import messages_report, rate, skipped_report, sum_up
from relance.channels.registry import Channel
from relance.messaging.model import Message, MessageClass, MessageFigures, Revenue, SkippedCount, SkipReason
from relance.messaging.money import brought

WEB_PUSH = Channel("web_push")
EMAIL = Channel("email")


def figures(
    message_id: int, *, sent: int = 0, opened: int = 0, clicked: int = 0, revenue: Revenue | None = None, skipped: int = 0
) -> MessageFigures:
    return MessageFigures(
        message_id=message_id,
        journey_id=1,
        node="push",
        channel="email" if message_id == 2 else "web_push",
        sent=sent,
        reached=sent,
        aimed=sent,
        failed=0,
        skipped=skipped,
        unknown=0,
        waiting=0,
        delivered=sent,
        opened=opened,
        clicked=clicked,
        dismissed=0,
        unsubscribed=0,
        bounced=0,
        converted=clicked,
        direct=clicked,
        revenue=revenue or {},
    )


def message(number: int, name: str, channel: Channel) -> Message:
    return Message(number, 1, name, channel, MessageClass.MARKETING, "general", {}, None, None, 1, 0, 0)


MESSAGES = {1: message(1, "Cart push", WEB_PUSH), 2: message(2, "Cart mail", EMAIL)}


def test_a_rate_of_nothing_is_null_and_not_zero() -> None:
    assert rate(0, 0) is None
    assert rate(0, 4) == 0.0
    assert (sum_up([]).opened, sum_up([]).rates.opened) == (0, None)
    assert sum_up([figures(1, skipped=3)]).rates.clicked is None


def test_what_nobody_knows_to_be_sent_counts_as_far_as_it_is_known_to_have_come() -> None:
    one = msgspec.structs.replace(figures(2, sent=1, opened=2, clicked=1), unknown=2, reached=2, aimed=2, converted=1)
    rates = sum_up([one]).rates
    assert (rates.opened, rates.clicked, rates.converted) == (1.0, 0.5, 0.5)


def test_messages_add_up_by_channel_and_in_all() -> None:
    rows = [
        figures(1, sent=10, clicked=2, revenue={"EUR": 201_000}),
        figures(2, sent=5, opened=1),
        figures(1, sent=10, revenue={"EUR": 2_000}),
    ]
    report = messages_report(rows, MESSAGES)
    assert [(row.name, row.channel, row.outcome.rates.opened) for row in report.messages] == [
        ("Cart push", "web_push", None),
        ("Cart mail", "email", 0.2),
        ("Cart push", "web_push", None),
    ]
    assert [(row.channel, row.outcome.sent) for row in report.channels] == [("email", 5), ("web_push", 20)]
    total = report.total
    assert (total.sent, total.revenue, total.currency, total.rates.opened, total.rates.clicked) == (25, 20.3, "EUR", 0.2, 0.08)


def test_what_nobody_can_know_of_a_channel_is_null_and_no_zero() -> None:
    push, mail = sum_up([figures(1, sent=10)]), sum_up([figures(2, sent=5)])
    assert (push.opened, push.bounced, push.delivered, push.dismissed) == (None, None, 10, 0)
    assert (mail.opened, mail.bounced, mail.delivered, mail.dismissed) == (0, 0, None, None)
    assert (push.rates.opened, mail.rates.delivered, mail.rates.opened) == (None, None, 0.0)


def test_what_has_no_goal_converts_at_no_rate() -> None:
    receipt = msgspec.structs.replace(figures(2, sent=5), aimed=0)
    assert (sum_up([receipt]).converted, sum_up([receipt]).direct, sum_up([receipt]).rates.converted) == (None, None, None)
    both = sum_up([receipt, figures(1, sent=10, clicked=5)])
    assert (both.converted, both.rates.converted) == (5, 0.5)


@pytest.mark.parametrize(
    ("revenue", "own", "shown"),
    [
        ({}, "", (0.0, "", [])),
        ({}, "EUR", (0.0, "EUR", [])),
        ({"": 5_000}, "", (0.5, "", [("", 0.5)])),
        ({"": 5_000}, "EUR", (0.5, "EUR", [("EUR", 0.5)])),
        ({"": 5_000, "EUR": 1}, "EUR", (0.5001, "EUR", [("EUR", 0.5001)])),
        ({"USD": 5_000}, "", (0.5, "USD", [("USD", 0.5)])),
        ({"USD": 5_000}, "EUR", (0.0, "EUR", [("USD", 0.5)])),
        ({"USD": 5_000, "EUR": 10_000}, "", (None, "", [("EUR", 1.0), ("USD", 0.5)])),
        ({"USD": 5_000, "EUR": 10_000}, "EUR", (1.0, "EUR", [("EUR", 1.0), ("USD", 0.5)])),
        ({"USD": 0, "EUR": 10_000}, "", (1.0, "EUR", [("EUR", 1.0)])),
    ],
)
def test_money_is_never_summed_across_currencies(revenue: Revenue, own: str, shown: tuple[Any, ...]) -> None:
    found = brought(revenue, own)
    assert (found.revenue, found.currency, [(each.currency, each.amount) for each in found.revenues]) == shown


def test_a_deleted_message_keeps_its_figures_without_a_name() -> None:
    assert messages_report([figures(9, sent=1)], MESSAGES).messages[0].name == ""


def test_skipped_is_told_by_reason_in_sentences() -> None:
    counts = [
        SkippedCount(1, SkipReason.NO_CONSENT, 3),
        SkippedCount(2, SkipReason.NO_CONSENT, 4),
        SkippedCount(2, SkipReason.EXPIRED, 5),
    ]
    report = skipped_report(counts, MESSAGES)
    assert [(row.reason, row.count) for row in report.reasons] == [("no_consent", 7), ("expired", 5)]
    assert [(row.name, row.reason, row.count) for row in report.messages] == [
        ("Cart mail", "expired", 5),
        ("Cart mail", "no_consent", 4),
        ("Cart push", "no_consent", 3),
    ]
    assert report.total == 12
    assert all(row.sentence.endswith(".") for row in report.reasons)
