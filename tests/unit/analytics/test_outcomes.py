"""Sums, rates and reasons of what was sent."""

from __future__ import annotations

from relance.analytics.outcomes import messages_report, rate, skipped_report, sum_up
from relance.channels.model import Channel
from relance.messaging.model import Figures, Message, MessageClass, SkippedCount, SkipReason


def figures(
    message_id: int, *, sent: int = 0, opened: int = 0, clicked: int = 0, revenue: float = 0.0, skipped: int = 0
) -> Figures:
    return Figures(
        message_id=message_id,
        journey_id=1,
        node="push",
        sent=sent,
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
        revenue=revenue,
    )


def message(number: int, name: str, channel: Channel) -> Message:
    return Message(number, 1, name, channel, MessageClass.MARKETING, "general", {}, None, None, 1, 0, 0)


MESSAGES = {1: message(1, "Cart push", Channel.WEB_PUSH), 2: message(2, "Cart mail", Channel.EMAIL)}


def test_a_rate_of_nothing_is_null_and_not_zero() -> None:
    assert rate(0, 0) is None
    assert rate(0, 4) == 0.0
    assert sum_up([]).rates.opened is None
    assert sum_up([figures(1, skipped=3)]).rates.clicked is None


def test_messages_add_up_by_channel_and_in_all() -> None:
    rows = [
        figures(1, sent=10, opened=4, clicked=2, revenue=20.1),
        figures(2, sent=5, opened=1),
        figures(1, sent=10, revenue=0.2),
    ]
    report = messages_report(rows, MESSAGES)
    assert [(row.name, row.channel, row.outcome.rates.opened) for row in report.messages] == [
        ("Cart push", "web_push", 0.4),
        ("Cart mail", "email", 0.2),
        ("Cart push", "web_push", 0.0),
    ]
    assert [(row.channel, row.outcome.sent) for row in report.channels] == [("email", 5), ("web_push", 20)]
    assert (report.total.sent, report.total.revenue, report.total.rates.opened) == (25, 20.3, 0.2)


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
