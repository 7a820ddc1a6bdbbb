"""Sentinel instants."""

from __future__ import annotations

NEVER = 1 << 62  # later than every instant
NONE = -(1 << 62)  # earlier than every instant
