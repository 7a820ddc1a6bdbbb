"""Tracks: event lists of all events with a location, whatever their names. They read contexts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from relance.core.places import Spot, read_location
from relance.segments.live.columns.person_column import Bools
from relance.segments.live.columns.property_columns import Bodies
from relance.segments.rule.conditions import SPOTTED

_LOCATION = "location"


class Spotted:
    """The test that a context has a location: the counterpart of ``Where`` for other event lists."""

    names = frozenset((_LOCATION,))

    def __bool__(self) -> bool:
        return True

    def passing(self, bodies: Bodies) -> Bools:
        """Which events pass."""
        has_location = (read_location(each) is not None for each in bodies.values(_LOCATION))
        return np.fromiter(has_location, np.bool_, len(bodies))


def is_track(event: str) -> bool:
    """Whether an event list of this name is a track."""
    return event == SPOTTED


def spot_in(context: Mapping[str, Any]) -> Spot | None:
    """The location in a context, or None."""
    return read_location(context.get(_LOCATION))
