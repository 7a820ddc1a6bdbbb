"""The preferences that are stored beside a person's traits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from relance.users.model import NO_PREFERENCES, PREFERENCES, Preferences


def preferences_in(traits: Mapping[str, Any]) -> Preferences:
    """What is stored beside a person's traits."""
    given = traits.get(PREFERENCES)
    return NO_PREFERENCES if given is None else msgspec.convert(given, Preferences)


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
