"""Instants are integer milliseconds since 1970-01-01 UTC, everywhere except at the edges."""

from __future__ import annotations

from datetime import UTC, datetime

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def to_iso(instant: int) -> str:
    """``1735689600000`` → ``"2025-01-01T00:00:00.000Z"``."""
    moment = datetime.fromtimestamp(instant / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant % 1000:03d}Z"


def from_iso(text: str) -> int:
    """Parse an ISO 8601 date or date-time, as UTC unless it has an offset. Raises ``ValueError`` on anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
