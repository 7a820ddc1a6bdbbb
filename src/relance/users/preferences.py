"""What people decided about messages themselves, beside their consent: their own quiet hours, and a limit of their own. Pure.

Stored beside the traits under a reserved name, so that it follows the person through merges and ends with a deletion. What was
decided last holds, as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from relance.users.model import NO_PREFERENCES, PREFERENCES, Preferences


def preferences_in(traits: Mapping[str, Any]) -> Preferences:
    """What is stored beside a person's traits."""
    given = traits.get(PREFERENCES)
    return NO_PREFERENCES if given is None else msgspec.convert(given, Preferences)


def read_preferences(given: Mapping[str, Any], now: int) -> Preferences | None:
    """What a command decides at ``now``; None if it is malformed, which whoever wrote it had to refuse."""
    try:
        return msgspec.structs.replace(msgspec.convert(given, Preferences), changed_at=now)
    except msgspec.ValidationError:
        return None


def put_preferences(traits: dict[str, Any], new: Preferences) -> bool:
    """Store them, unless later ones are there; returns whether anything changed."""
    old = preferences_in(traits)
    if new == old or new.changed_at < old.changed_at:
        return False
    traits[PREFERENCES] = msgspec.to_builtins(new)
    return True


def join_preferences(winner: dict[str, Any], loser: Mapping[str, Any]) -> None:
    """What two people decided who turn out to be one: what was decided later, by either."""
    theirs = preferences_in(loser)
    if theirs.changed_at > preferences_in(winner).changed_at:
        put_preferences(winner, theirs)
