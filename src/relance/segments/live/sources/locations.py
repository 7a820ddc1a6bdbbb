"""Where each person was: a book of all events that tell it, whatever their names. It reads their contexts."""

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
    """The test that a context tells a place on earth: for books what ``Where`` is for others."""

    names = frozenset((_LOCATION,))

    def __bool__(self) -> bool:
        return True

    def passing(self, bodies: Bodies) -> Bools:
        """Who passes."""
        has_location = (read_location(each) is not None for each in bodies.values(_LOCATION))
        return np.fromiter(has_location, np.bool_, len(bodies))


def is_track(event: str) -> bool:
    """Whether a book of events of this name is one of all that tell a place."""
    return event == SPOTTED


def spot_in(context: Mapping[str, Any]) -> Spot | None:
    """The place that a context tells, or None."""
    return read_location(context.get(_LOCATION))
