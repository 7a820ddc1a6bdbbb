"""The events that providers' reports become. Pure."""

from __future__ import annotations

from relance.channels.callback import AnswerReport, Fate, FateReport, Keyword
from relance.core.ids import stable_id
from relance.events.causes import Causes, from_text
from relance.events.model import Event, Name
from relance.messaging.derived import OPTED_OUT, about_delivery, own_answer
from relance.messaging.model import Delivery
from relance.providers.model import Provider
from relance.users.model import Subscription
from relance.users.suppression.model import COMPLAINED

_EVENTS = {
    Fate.DELIVERED: Name.MESSAGE_DELIVERED,
    Fate.UNDELIVERED: Name.MESSAGE_BOUNCED,
    Fate.SENDER_AT_FAULT: Name.MESSAGE_BOUNCED,
    Fate.NO_SUCH_ADDRESS: Name.MESSAGE_BOUNCED,
    Fate.COMPLAINED: Name.MESSAGE_COMPLAINED,
}
_NOT_FOR_GOOD = {Fate.UNDELIVERED: "soft", Fate.SENDER_AT_FAULT: "sender"}


def events_of_fate(report: FateReport, delivery: Delivery, now: int) -> list[Event]:
    """What became of a delivery: once, however often it is reported and in whatever order."""
    if report.fate is Fate.REFUSED:
        return _no(report, delivery, now, OPTED_OUT)
    bounce = _NOT_FOR_GOOD.get(report.fate)
    answer = _no(report, delivery, now, COMPLAINED) if report.fate is Fate.COMPLAINED else []
    return [
        about_delivery(
            _EVENTS[report.fate],
            f"{delivery.id}\x1f{bounce}" if bounce else delivery.id,
            delivery.app_id,
            delivery.person_id,
            now,
            is_test=delivery.is_test,
            causes=Causes(from_text(delivery.caused_by)),
            delivery=delivery.id,
            message=delivery.message_id,
            channel=delivery.channel,
            journey=delivery.journey_id or None,
            run=delivery.run_id,
            node=delivery.node,
            soft=bounce is not None or None,
            bounce=bounce,
            detail=report.detail,
        ),
        *answer,
    ]


def _no(report: FateReport, delivery: Delivery, now: int, source: str) -> list[Event]:
    """The person's own no to marketing, which the provider, or the mailbox, tells."""
    if not delivery.address:
        return []
    proof = {"by": "provider", "delivery": delivery.id, "detail": report.detail}
    where = (delivery.app_id, delivery.person_id, delivery.channel, delivery.address)
    return [own_answer(delivery.id, *where, now, granted=False, source=source, proof=proof)]


def events_of_answer(
    report: AnswerReport, provider: Provider, holder: Subscription, now: int, *, is_refused: bool
) -> list[Event]:
    """A person's own no, or the end of one."""
    keyword = own_keyword(report, is_refused=is_refused)
    if keyword is None:
        return []
    proof = {"by": "answer", "provider": provider.id, "answer": report.id, "text": report.text}
    cause = stable_id("answer", provider.id, report.id)
    where = (provider.app_id, holder.person_id, provider.channel, report.address)
    return [own_answer(cause, *where, now, granted=keyword is Keyword.START, source=keyword.value, proof=proof)]


def own_keyword(report: AnswerReport, *, is_refused: bool) -> Keyword | None:
    """The word of an answer that is a no, or lifts one. Who never said no has nothing to lift: that makes no consent."""
    is_one = report.keyword is Keyword.STOP or (report.keyword is Keyword.START and is_refused)
    return report.keyword if is_one else None
