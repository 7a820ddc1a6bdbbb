"""Results of messages: sums, rates and reasons. Pure."""

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
from relance.channels.registry import KINDS
from relance.messaging.model import DESCRIPTIONS, Message, MessageFigures, SkippedCount
from relance.messaging.money import brought, together

_SUMS = ("sent", "reached", "aimed", "clicked", "unsubscribed", "failed", "unknown", "skipped", "waiting")
#: Measured on some channels only.
_MEASURED = {
    name: tuple(kind.name for kind in KINDS.values() if name in kind.measures)
    for name in ("delivered", "opened", "dismissed", "bounced")
}


def rate(part: int | None, base: int) -> float | None:
    """``part`` as a share of ``base``, or ``None`` if ``base`` is 0."""
    return None if part is None or not base else round(part / base, 6)


def sum_up(figures: Iterable[MessageFigures], currency: str = "") -> Outcome:
    """The joint outcome of several messages. ``currency`` is the app's."""
    rows = list(figures)
    sums = {name: sum(getattr(row, name) for row in rows) for name in _SUMS}
    measured = {name: [row for row in rows if row.channel in channels] for name, channels in _MEASURED.items()}
    known = {name: sum(getattr(row, name) for row in of) if of or not rows else None for name, of in measured.items()}
    reached, aimed = sums["reached"], sums["aimed"]
    has_goal = aimed > 0 or not reached
    converted = sum(row.converted for row in rows) if has_goal else None
    rates = Rates(
        delivered=rate(known["delivered"], sum(row.reached for row in measured["delivered"])),
        opened=rate(known["opened"], sum(row.reached for row in measured["opened"])),
        clicked=rate(sums["clicked"], reached),
        converted=rate(converted, aimed),
        unsubscribed=rate(sums["unsubscribed"], reached),
    )
    money = brought(together(row.revenue for row in rows), currency)
    return Outcome(
        **sums,
        delivered=known["delivered"],
        opened=known["opened"],
        dismissed=known["dismissed"],
        bounced=known["bounced"],
        converted=converted,
        direct=sum(row.direct for row in rows) if has_goal else None,
        revenue=money.revenue,
        currency=money.currency,
        revenues=money.revenues,
        rates=rates,
    )


def messages_report(figures: Iterable[MessageFigures], messages: Mapping[int, Message], currency: str = "") -> MessagesReport:
    """Each message, each channel, and the total. ``currency`` is the app's."""
    rows = list(figures)
    by_channel: dict[str, list[MessageFigures]] = {}
    shown = []
    for row in rows:
        name, channel = _named(messages, row.message_id)
        by_channel.setdefault(channel, []).append(row)
        shown.append(MessageRow(row.message_id, name, channel, row.journey_id, row.node, sum_up([row], currency)))
    channels = [ChannelRow(channel, sum_up(of, currency)) for channel, of in sorted(by_channel.items())]
    return MessagesReport(shown, channels, sum_up(rows, currency))


def skipped_report(counts: Iterable[SkippedCount], messages: Mapping[int, Message]) -> SkippedReport:
    """What was not sent, by reason, and by message and reason."""
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
