"""A finished webhook."""

from __future__ import annotations

import msgspec


class WebhookCall(msgspec.Struct, frozen=True, kw_only=True):
    """One request. ``delivery`` names it, the same at every attempt, by which receivers tell a repeat; empty for a test.

    ``headers`` are those that its author wrote; who signs adds the others. ``body`` is JSON, empty where there is none.
    """

    method: str
    url: str
    headers: dict[str, str] = {}
    body: bytes = b""
    delivery: str = ""
