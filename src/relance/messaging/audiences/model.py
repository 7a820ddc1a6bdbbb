"""A message for many people at once, and how far it has come into its queue. No I/O."""

from __future__ import annotations

import msgspec


class Audience(msgspec.Struct, frozen=True):
    """Of ``size`` people ``entered`` have come into the queue, in the order of their ids up to ``entered_upto``.

    ``rank`` is the message's priority, negated; ``created_at`` (ms) is when it was wanted, from which the message is valid.

    ``rendered`` and ``failed`` count messages since the first that failed was written down (0 and 0: none did). It is stopped
    since ``stopped_at``, and cancelled since ``cancelled_at``; None: it is not.
    """

    id: int
    app_id: int
    message_id: int
    channel: str
    lane: str
    rank: int
    created_at: int
    size: int
    entered: int = 0
    entered_upto: int = 0
    rendered: int = 0
    failed: int = 0
    stopped_at: int | None = None
    cancelled_at: int | None = None
