"""What messages came to: sums, rates and reasons. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from relance.analytics.model import (
    ChannelRow,
    MessageRow,
    MessagesReport,
    Outcome,
    Rates,
    ReasonRow,
    SkippedReport,
    SkippedRow,
)
from relance.messaging.model import DESCRIPTIONS, Figures, Message, SkippedCount

_SUMS = (
    "sent",
    "delivered",
    "opened",
    "clicked",
    "dismissed",
    "converted",
    "direct",
    "unsubscribed",
    "bounced",
    "failed",
    "unknown",
    "skipped",
    "waiting",
)


def rate(part: int, base: int) -> float | None:
    """``part`` as a share of ``base``, or ``None`` where there is nothing to share."""
    return round(part / base, 6) if base else None


def sum_up(figures: Iterable[Figures]) -> Outcome:
    """The outcome of some messages together."""
    rows = list(figures)
    sums = {name: sum(getattr(row, name) for row in rows) for name in _SUMS}
    sent = sums["sent"]
    rates = Rates(
        delivered=rate(sums["delivered"], sent),
        opened=rate(sums["opened"], sent),
        clicked=rate(sums["clicked"], sent),
        converted=rate(sums["converted"], sent),
        unsubscribed=rate(sums["unsubscribed"], sent),
    )
    return Outcome(**sums, revenue=round(sum(row.revenue for row in rows), 4), rates=rates)


def messages_report(figures: Iterable[Figures], messages: Mapping[int, Message]) -> MessagesReport:
    """Each message, each channel, and all."""
    rows = list(figures)
    by_channel: dict[str, list[Figures]] = {}
    shown = []
    for row in rows:
        name, channel = _named(messages, row.message_id)
        by_channel.setdefault(channel, []).append(row)
        shown.append(MessageRow(row.message_id, name, channel, row.journey_id, row.node, sum_up([row])))
    channels = [ChannelRow(channel, sum_up(of)) for channel, of in sorted(by_channel.items())]
    return MessagesReport(shown, channels, sum_up(rows))


def skipped_report(counts: Iterable[SkippedCount], messages: Mapping[int, Message]) -> SkippedReport:
    """What was not sent, by reason and by message and reason."""
    rows = list(counts)
    reasons: Counter[str] = Counter()
    for row in rows:
        reasons[row.reason] += row.count
    sentences = {reason.value: text for reason, text in DESCRIPTIONS.items()}
    by_message = [
        SkippedRow(row.message_id, _named(messages, row.message_id)[0], row.reason, row.sentence, row.count) for row in rows
    ]
    return SkippedReport(
        reasons=[ReasonRow(reason, sentences[reason], count) for reason, count in reasons.most_common()],
        messages=sorted(by_message, key=lambda row: (-row.count, row.message_id, row.reason)),
        total=sum(reasons.values()),
    )


def _named(messages: Mapping[int, Message], message_id: int) -> tuple[str, str]:
    message = messages.get(message_id)
    return (message.name, message.channel.value) if message else ("", "")
