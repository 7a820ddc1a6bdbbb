"""What became of deliveries, as operators ask for it."""

from __future__ import annotations

import msgspec
from sqlalchemy.engine import Engine

from relance.channels.registry import Channel
from relance.core.error_text import ErrorText
from relance.infra.database import reading, writing
from relance.messaging import store
from relance.messaging.credit import service as credit
from relance.messaging.deletion_mails import Asking, ask_for_deletion
from relance.messaging.errors import DeliveryNotFoundError, MessageInvalidError
from relance.messaging.figures import service as figures
from relance.messaging.model import ChannelQueue, Delivery, MessageFigures, SkippedCount
from relance.messaging.previewing import SenderSettings
from relance.messaging.queue_counts import count_queues
from relance.messaging.sent.service import SentContent, shown_again
from relance.messaging.usage_store import release_held
from relance.users.model import Subscription

_FILTERS = ("state", "reason", "person_id", "message_id", "journey_id", "run_id", "channel", "is_test")


class Deliveries:
    """What became of each message to each person."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(
        self, app_id: int, *, before: tuple[int, str] | None = None, limit: int = 100, **filters: str | int | bool
    ) -> list[Delivery]:
        """Newest first. ``before`` is (``created_at``, ``id``) of the last one of the page before.

        Filters: state, reason, person_id, message_id, journey_id, run_id, channel, is_test. "Why did this person not
        get that message?" is ``page(app, person_id=…, message_id=…)`` and each delivery's ``why``.
        """
        unknown = set(filters) - set(_FILTERS)
        if unknown:
            raise MessageInvalidError(ErrorText("filter_unknown", "There is no such filter."), path=min(unknown))
        with reading(self._engine) as connection:
            found = store.deliveries(connection, app_id, filters, before, limit)
            brought = credit.revenues_of(connection, (each.id for each in found if each.conversions))
        return [msgspec.structs.replace(each, revenue=brought.get(each.id, {})) for each in found] if brought else found

    def get(self, app_id: int, delivery_id: str) -> Delivery:
        found = self.locate(delivery_id)
        if found is None or found.app_id != app_id:
            raise DeliveryNotFoundError(ErrorText("delivery_not_found", "There is no such delivery in this app."))
        with reading(self._engine) as connection:
            return msgspec.structs.replace(found, revenue=credit.revenues_of(connection, [found.id]).get(found.id, {}))

    def locate(self, delivery_id: str) -> Delivery | None:
        """The delivery a tracking link names, whatever its app."""
        with reading(self._engine) as connection:
            return store.delivery(connection, delivery_id)

    def ask_for_deletion(self, subscription: Subscription, language: str, now: int) -> Asking:
        """Mail an address to confirm that its person is to be deleted. The dispatcher must be woken afterwards."""
        with writing(self._engine) as connection:
            return ask_for_deletion(connection, subscription, language, now)

    def content(self, app_id: int, delivery_id: str, days: int, now: int, sending: SenderSettings) -> SentContent:
        """What a delivery said, for ``days`` after it was sent. Raises ``DeliveryNotFoundError``, ``ContentNotKeptError``."""
        found = self.get(app_id, delivery_id)
        with reading(self._engine) as connection:
            return shown_again(connection, found, *store.filled_with(connection, delivery_id), days, now, sending)

    def figures(self, app_id: int) -> list[MessageFigures]:
        """What each message came to, by journey and node; test sends apart."""
        with reading(self._engine) as connection:
            found, brought = figures.figures(connection, app_id), credit.revenues(connection, app_id)
        keys = [(each.message_id, each.journey_id, each.node) for each in found]
        return [msgspec.structs.replace(each, revenue=brought.get(key, {})) for each, key in zip(found, keys, strict=True)]

    def decide_anew(self, app_id: int, now: int, person: int | None = None) -> int:
        """Let what is held back by caps or quiet hours be decided anew, since they have changed; returns how many deliveries.

        ``person``: only what waits for this one, whose own have changed.

        The dispatcher must be woken afterwards.
        """
        with writing(self._engine) as connection:
            return release_held(connection, app_id, now, None if person is None else [person])

    def queue(self, app_id: int, now: int) -> list[ChannelQueue]:
        """What waits to be sent, by channel: how many, and for what. At most 10,000 of a channel are counted."""
        with reading(self._engine) as connection:
            return count_queues(connection, app_id, [channel.value for channel in Channel], now)

    def skipped(self, app_id: int) -> list[SkippedCount]:
        """How many were not sent, by message and reason."""
        with reading(self._engine) as connection:
            return figures.skipped(connection, app_id)
