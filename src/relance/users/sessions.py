"""When does a session start? By the SDK's session id where there is one, else after half an hour of silence. Pure."""

from __future__ import annotations

from functools import cache

from relance.core.encoding import to_json
from relance.core.ids import stable_beginning
from relance.core.time import MINUTE
from relance.users.model import SESSION_STARTED, Derived
from relance.users.profile import Profile

SILENCE = 30 * MINUTE


@cache
def _beginning(app_id: int) -> str:
    return stable_beginning("session", app_id)


def observe(app_id: int, profile: Profile, occurred_at: int, key: str) -> Derived | None:
    """Note activity that is not late; returns the session it starts, if any. ``key`` is the SDK's session id or empty.

    Activity out of order never reopens a session that ended, nor changes one.
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
    return begun(app_id, profile.id, occurred_at, key)


def begun(app_id: int, person: int, occurred_at: int, key: str = "") -> Derived:
    """The event that tells of a session."""
    cause = f"{_beginning(app_id)}-{person}-{occurred_at}"
    body = to_json({"session": key}).encode() if key else b"{}"
    return Derived(app_id, person, SESSION_STARTED, cause, occurred_at, body)


def go_on(profile: Profile, occurred_at: int) -> None:
    """Activity within the session, later than all before it: the session is longer by the time since."""
    if profile.session_at:
        profile.session_ms += occurred_at - profile.active_at
    profile.active_at = occurred_at
