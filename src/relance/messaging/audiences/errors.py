"""What can go wrong with audiences."""

from __future__ import annotations

from relance.core.errors import ConflictError, NotFoundError


class AudienceNotFoundError(NotFoundError):
    """No audience with that id exists in this app."""


class AudienceStateError(ConflictError):
    """The audience is not stopped, or is cancelled or over: what was asked for cannot be done with it."""

    code = "audience_state"
