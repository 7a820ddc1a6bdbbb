"""Bounds on what waits in memory to be written: bytes in total, a share of them per app; and a record of refusals.

Belongs to one event loop.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from relance.core.error_text import ErrorText
from relance.events.backlog import Backlog
from relance.events.errors import BacklogFullError, BusyError
from relance.events.flows import Flow

APP_SHARE = 2  # share of the bytes that one app may take
APP_REQUESTS = 4_000  # requests of one app
RETRY_SECONDS = 2
REMEMBERED = 600.0  # seconds for which a refusal is reported


class AppRoom:
    """What is waiting of one app."""

    __slots__ = ("app", "requests", "size")

    def __init__(self, app: int) -> None:
        self.app = app
        self.requests = 0
        self.size = 0


class Admission:
    """Decides which requests may wait."""

    def __init__(self, most: int, backlog: Backlog, monotonic: Callable[[], float] = time.monotonic) -> None:
        """``most``: bytes of all apps together."""
        self.waiting_bytes = 0
        self._most = most
        self._backlog = backlog
        self._monotonic = monotonic
        self._rooms: dict[int, AppRoom] = {}
        self._refused: dict[int, tuple[int, float]] = {}  # by app: refusals, and when the last one was

    def check(self, app: int, size: int = 0) -> None:
        """Raises ``BacklogFullError`` if the app's share is full; before a request's body is read this is the only check
        possible.
        """
        room = self._rooms.get(app)
        if room is None or (room.requests < APP_REQUESTS and room.size + size <= self._most // APP_SHARE):
            return
        self.refuse(app)
        raise BacklogFullError(
            ErrorText(
                "requests_waiting",
                "{waiting:,} requests of this app are waiting to be written: send this one again in {seconds} seconds.",
                waiting=room.requests,
                seconds=RETRY_SECONDS,
            ),
            retry_after=RETRY_SECONDS,
        )

    def enter(self, app: int, flow: Flow, size: int) -> AppRoom:
        """Let a request wait. Raises ``BusyError`` or ``BacklogFullError`` if there is no room."""
        if self.waiting_bytes and self.waiting_bytes + size > self._most:
            raise BusyError(ErrorText("server_busy", "The server is busy: try again in a moment."))
        if flow is not Flow.LINK:
            self.check(app, size)
        room = self._rooms.get(app)
        if room is None:
            room = self._rooms[app] = AppRoom(app)
        room.requests += 1
        room.size += size
        self.waiting_bytes += size
        return room

    def leave(self, room: AppRoom, size: int) -> None:
        """The request no longer waits."""
        self.waiting_bytes -= size
        room.size -= size
        room.requests -= 1
        if not room.requests:
            del self._rooms[room.app]

    def refuse(self, app: int) -> None:
        """Count a refused request."""
        self._refused[app] = (self._refused.get(app, (0, 0.0))[0] + 1, self._monotonic())

    def backlogged(self) -> list[dict[str, int]]:
        """The apps at the limit of unsettled events, or refused a request recently, with the figures."""
        now, most = self._monotonic(), self._backlog.most
        full = {app for app, waiting in self._backlog.every().items() if most and waiting >= most}
        lately = {app for app, (_, at) in self._refused.items() if now - at <= REMEMBERED}
        return [
            {
                "app": app,
                "unsettled": self._backlog.waiting(app),
                "requests_waiting": self._rooms[app].requests if app in self._rooms else 0,
                "refused": self._refused.get(app, (0, 0.0))[0],
            }
            for app in sorted(full | lately)
        ]
