"""Public interface of what is known of trimmed runs."""

from relance.journeys.trimmed.store import (
    forget,
    forget_journey,
    has_any,
    horizon,
    move,
    note,
    past_keys,
    people_of,
    raise_horizon,
)

__all__ = ["forget", "forget_journey", "has_any", "horizon", "move", "note", "past_keys", "people_of", "raise_horizon"]
