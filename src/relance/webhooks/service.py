"""Public interface of webhooks for operators. The other one is ``feed``, which sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Engine

from relance.channels.posting_address import check_address
from relance.channels.standard_webhooks import new_secret
from relance.core.error_text import ErrorText
from relance.infra.database import hold_app, reading, writing
from relance.infra.sealing import SEALED, Sealing
from relance.webhooks import store
from relance.webhooks.errors import WebhookLimitError
from relance.webhooks.model import Webhook, WebhookCursor, WebhookState

__all__ = ["Webhook", "WebhookCursor", "WebhookState", "Webhooks"]

MOST_WEBHOOKS = 20  # per app


class Webhooks:
    """The webhooks of all apps; every method concerns one app. ``private`` allows addresses in private networks."""

    def __init__(self, engine: Engine, sealing: Sealing, *, private: bool) -> None:
        self._engine = engine
        self._sealing = sealing
        self._private = private

    def seal_all(self) -> None:
        """Encrypt secrets that an earlier version stored in clear; runs at each start."""
        with reading(self._engine) as connection:
            found = store.select_webhooks(connection, store.WEBHOOKS.c.secret.not_like(f"{SEALED}%"))
        for each in found:
            with writing(self._engine) as connection:
                store.update_webhook(connection, each.id, {"secret": self._sealing.seal(each.secret)})

    def create(self, app_id: int, url: str, segments: Sequence[int], now: int, author: str = "") -> Webhook:
        """Create a webhook, which receives changes from now on. Its secret is in clear in this answer only.

        Raises ``InvalidError`` at ``url``, and ``WebhookLimitError``.
        """
        check_address(url, private=self._private)
        secret = new_secret()
        values = {"app_id": app_id, "url": url, "secret": self._sealing.seal(secret), "segments": _distinct(segments)}
        with writing(self._engine) as connection:
            hold_app(connection, app_id)
            if len(store.select_webhooks(connection, store.WEBHOOKS.c.app_id == app_id)) >= MOST_WEBHOOKS:
                raise WebhookLimitError(
                    ErrorText("webhooks_limit", "An app has at most {most} webhooks.", most=MOST_WEBHOOKS), limit=MOST_WEBHOOKS
                )
            made = store.insert_webhook(
                connection, {**values, "state": WebhookState.ACTIVE.value, "created_at": now, "created_by": author}
            )
        return msgspec.structs.replace(made, secret=secret)

    def get(self, app_id: int, number: int) -> Webhook:
        """Raises ``WebhookNotFoundError``."""
        with reading(self._engine) as connection:
            return store.found_webhook(connection, app_id, number)

    def list(self, app_id: int) -> Sequence[Webhook]:
        """All of them, by id."""
        with reading(self._engine) as connection:
            return store.select_webhooks(connection, store.WEBHOOKS.c.app_id == app_id)

    def places(self, number: int) -> Sequence[WebhookCursor]:
        """A webhook's progress by partition; empty before its first message."""
        with reading(self._engine) as connection:
            return store.select_places(connection, store.WEBHOOK_PLACES.c.webhook_id == number)

    def change(
        self,
        app_id: int,
        number: int,
        *,
        url: str | None = None,
        segments: Sequence[int] | None = None,
        paused: bool | None = None,
    ) -> Webhook:
        """None leaves a field unchanged. A resumed webhook continues where it stopped. Raises as ``create`` does, and
        ``WebhookNotFoundError``.
        """
        changes: dict[str, Any] = {}
        if url is not None:
            check_address(url, private=self._private)
            changes["url"] = url
        if segments is not None:
            changes["segments"] = _distinct(segments)
        if paused is not None:
            changes["state"] = (WebhookState.PAUSED if paused else WebhookState.ACTIVE).value
        with writing(self._engine) as connection:
            store.found_webhook(connection, app_id, number)
            if changes:
                store.update_webhook(connection, number, changes)
            if paused is False:
                store.retry_places(connection, number)
            return store.found_webhook(connection, app_id, number)

    def skip(self, app_id: int, number: int) -> Webhook:
        """Skip what has not been sent, and continue from now. Raises ``WebhookNotFoundError``."""
        with writing(self._engine) as connection:
            store.found_webhook(connection, app_id, number)
            store.delete_places(connection, number)
            store.update_webhook(connection, number, {"state": WebhookState.ACTIVE.value})
            return store.found_webhook(connection, app_id, number)

    def rotate(self, app_id: int, number: int) -> Webhook:
        """Replace the secret at once; the answer has it in clear. Raises ``WebhookNotFoundError``."""
        secret = new_secret()
        with writing(self._engine) as connection:
            store.found_webhook(connection, app_id, number)
            store.update_webhook(connection, number, {"secret": self._sealing.seal(secret)})
            rotated = store.found_webhook(connection, app_id, number)
        return msgspec.structs.replace(rotated, secret=secret)

    def delete(self, app_id: int, number: int) -> None:
        """Raises ``WebhookNotFoundError``."""
        with writing(self._engine) as connection:
            store.found_webhook(connection, app_id, number)
            store.delete_webhook(connection, number)


def _distinct(segments: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(set(segments)))
