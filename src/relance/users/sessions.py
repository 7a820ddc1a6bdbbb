"""When a session starts: by the SDK's session id if there is one, else after half an hour of silence. Pure."""

from __future__ import annotations

from relance.core.time import MINUTE
from relance.users.model import PersonSession
from relance.users.profile import Profile

SILENCE = 30 * MINUTE


def observe(app_id: int, profile: Profile, occurred_at: int, key: str) -> PersonSession | None:
    """Apply activity that is not late; returns the session it starts, if any. ``key`` is the SDK's session id or empty.

    Activity out of order never reopens or changes a session that ended.
    """
    if occurred_at <= profile.active_at and profile.session_at:
        return None
    starts = key != profile.session_key if key else occurred_at >= profile.active_at + SILENCE
    if not starts:
        go_on(profile, occurred_at)
        return None
    profile.active_at = occurred_at
    profile.session_count += 1
    profile.session_at, profile.session_key = occurred_at, key
    return PersonSession(app_id, profile.id, occurred_at, key)


def go_on(profile: Profile, occurred_at: int) -> None:
    """Activity within the session, later than all before it, extends the session."""
    if profile.session_at:
        profile.session_ms += occurred_at - profile.active_at
    profile.active_at = occurred_at
