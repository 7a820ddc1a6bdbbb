"""The real Segment client for Python, pointed at this server and using the program's clock.

Devices and servers agree on the time up to some skew, which ``sentAt`` corrects. In a story whose clock runs fast, the client
uses the story's time when it sends, as a device of that time would.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from segment.analytics import consumer
from segment.analytics.client import Client

from relance.core.error_text import ErrorText
from relance.core.time import to_iso
from relance.demo.errors import StoryError
from relance.demo.signing import sign_user

QUEUE = 100_000  # more than all purchases, so that nothing is dropped while they are loaded
_send = consumer.post


class TrackingClient:
    """One client for one key. ``refused`` counts what the client's queue would not accept; it must stay 0.

    With ``identity_secret`` it acts as a page whose server signs its users, as browser keys require.
    """

    def __init__(
        self,
        key: str,
        host: str,
        now: Callable[[], int],
        *,
        identity_secret: str = "",
        upload_interval: float = 0.005,
    ) -> None:
        self.refused = 0
        self.accepted = 0
        self.errors: list[str] = []
        self._now = now
        self._secret = identity_secret
        self._client = Client(
            key,
            host=host,
            max_queue_size=QUEUE,
            upload_interval=upload_interval,
            upload_size=100,
            on_error=self._failed,
            max_retries=3,
        )
        consumer.post = self._post

    def track(self, name: str, properties: dict[str, Any], **more: Any) -> None:
        self._count(self._client.track(event=name, properties=properties, **self._timed(more, more.get("user_id"))))

    def identify(self, user_id: str, traits: dict[str, Any], **more: Any) -> None:
        self._count(self._client.identify(user_id, traits, **self._timed(more, user_id)))

    def page(self, name: str, properties: dict[str, Any], **more: Any) -> None:
        self._count(self._client.page(name=name, properties=properties, **self._timed(more, more.get("user_id"))))

    def waiting(self) -> int:
        """Events not yet handed to a request."""
        return int(self._client.queue.qsize())

    def flush(self) -> None:
        """Wait until everything is answered. Raises ``StoryError`` if the server refused a request."""
        self._client.flush()
        if self.errors:
            raise StoryError(ErrorText.local(f"The server refused events: {self.errors[0]}"))

    def close(self) -> None:
        self._client.join()

    def _timed(self, more: dict[str, Any], user_id: str | None) -> dict[str, Any]:
        if "timestamp" not in more:
            more["timestamp"] = datetime.fromtimestamp(self._now() / 1000, UTC)
        if self._secret and user_id:
            token = sign_user(user_id, self._secret, int(time.time() * 1000))  # tokens expire in real time, even in a story
            more["context"] = {**more.get("context", {}), "identity_token": token}
        return more

    def _count(self, answer: tuple[bool, Any]) -> None:
        if answer[0]:
            self.accepted += 1
        else:
            self.refused += 1

    def _failed(self, error: Exception, _items: Any) -> None:
        self.errors.append(str(error))

    def _post(self, *arguments: Any, **named: Any) -> Any:
        return _send(*arguments, **{"sentAt": to_iso(self._now()), **named})
