"""What carries finished messages of a kind, as the dispatcher sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, Protocol, runtime_checkable

import msgspec

from relance.channels.model import SendResult

Begin = Callable[[], Awaitable[None]]
"""Awaited once, before the first byte by which the message could arrive; what it raises is passed on."""


KEY = "vapid"  # what in an address's secret names the key that it was made with, where that is not the server's


class LaneRoom(NamedTuple):
    """How many messages a channel carries at once, and how many more may wait for a place in memory.

    ``is_shared``: they go to many destinations, named by the beginnings of their addresses; else to one relay.
    """

    places: int
    waiting: int = 0
    is_shared: bool = False

    @property
    def size(self) -> int:
        return self.places + self.waiting


class SendAddress(msgspec.Struct, frozen=True):
    """Where one message goes. ``secret`` is what an address needs besides: a web push subscription's keys.

    ``reported_at`` (ms) is when a device last reported it; ``app_id`` whose message it is.
    """

    address: str
    secret: Mapping[str, Any] = {}
    app_id: int = 0
    reported_at: int = 0

    @property
    def key(self) -> str:
        """Names the key that the address was made with; empty: the server's, or none is needed."""
        found = self.secret.get(KEY, "")
        return found if isinstance(found, str) else ""


class Transport(Protocol):
    """What carries finished messages of one kind. It does not raise for what the other side does."""

    room: LaneRoom

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:
        """``rendered`` is what the kind's content renders to."""
        ...

    def paused(self) -> list[dict[str, Any]]:
        """Where sending pauses, with ``service``, ``since``, ``next_try`` (ms) and ``detail``; empty where all is well."""
        ...


@runtime_checkable
class CompletingTransport(Protocol):
    """A transport whose messages may need something from elsewhere, which is fetched before they take a place."""

    def complete(self, rendered: Any, app_id: int) -> AbstractAsyncContextManager[Any]:
        """The whole message, or the ``SendResult`` that it comes to without what it lacks; it is held until the end."""
        ...
