"""Errors of journeys."""

from __future__ import annotations

from typing import Any

import msgspec

from relance.core.errors import ConflictError, InvalidError, NotFoundError
from relance.core.mismatch import mismatch


class JourneyNotFoundError(NotFoundError):
    """No journey with that id exists in this app."""


class RunNotFoundError(NotFoundError):
    """No run with that id exists in this app."""


class StaleJourneyError(ConflictError):
    """The journey was edited since it was read; ``data["version"]`` is its current version."""


class JourneyStateError(ConflictError):
    """The journey's state does not allow this; ``data["state"]`` names it."""

    code = "journey_state"


class JourneyEnteredError(ConflictError):
    """Someone has been in the journey, so that it can be archived but not deleted."""

    code = "journey_entered"


class JourneyInUseError(ConflictError):
    """Segments or other journeys name the journey; ``data["dependents"]`` lists them."""

    code = "journey_in_use"


class GraphError(InvalidError):
    """A journey's graph is not valid; ``data["path"]`` names the place, for example ``nodes[2].then``."""

    code = "invalid_graph"


def located(error: msgspec.ValidationError, given: Any, before: str = "") -> GraphError:
    """A decoding error as an error of the graph, with its path behind ``before``."""
    place, text = mismatch(error, given)
    return GraphError(text, path=(before + place).removeprefix("."))


class RunChangedError(ConflictError):
    """A run changed while a tick worked on it (its journey was archived): the tick is retried."""
