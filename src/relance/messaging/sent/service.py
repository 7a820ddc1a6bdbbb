"""Public interface of what was sent: kept with the result of sending, shown again, forgotten with the person, and trimmed."""

from __future__ import annotations

import msgspec
from sqlalchemy.engine import Connection

from relance.core.error_text import ErrorText
from relance.core.time import DAY
from relance.messaging.errors import ContentNotKeptError
from relance.messaging.model import Delivery, Message
from relance.messaging.previewing import SenderSettings, Shown, show
from relance.messaging.saved import service as saved
from relance.messaging.sent.store import find, forget, keep, trim
from relance.messaging.sent.values import FilledValues, recipient_again, values_of

__all__ = ["FilledValues", "SentContent", "forget", "keep", "shown_again", "trim", "values_of"]


class SentContent(msgspec.Struct, frozen=True):
    """What one delivery said: the message as it was, in the version that was sent, filled in."""

    delivery: Delivery
    message: Message
    shown: Shown


def shown_again(
    connection: Connection, delivery: Delivery, data: str, row: int | None, days: int, now: int, sending: SenderSettings
) -> SentContent:
    """What a delivery said. ``data`` are the properties that it was filled with, ``row`` is where the other values are; they are
    kept for ``days``.

    Raises ``ContentNotKeptError``.
    """
    if delivery.sent_at is None:
        raise ContentNotKeptError(ErrorText("content_not_sent", "This delivery was not sent: there is nothing to show."))
    message = saved.message(connection, delivery.app_id, delivery.message_id)
    kept = None if row is None else find(connection, row, delivery.id)
    if message is None or kept is None:
        if not delivery.person_id:
            text = ErrorText("content_erased", "What was sent was erased with the person.")
        elif now - delivery.sent_at >= days * DAY:
            text = ErrorText("content_too_old", "What was sent is kept for {days} days, and this is longer ago.", days=days)
        else:
            text = ErrorText("content_unknown", "What was sent was not kept: this server kept nothing at the time.")
        raise ContentNotKeptError(text)
    then = saved.as_of(connection, message, kept.version)
    found = recipient_again(kept, data, delivery.address, delivery.sent_at)
    if found is None or then is None:
        raise ContentNotKeptError(
            ErrorText("content_too_large", "What was sent was too much to be kept: more than 16 KB is known of the person.")
        )
    recipient, sender = found
    return SentContent(delivery, then, show(then, recipient, msgspec.structs.replace(sending, sender=sender)))
