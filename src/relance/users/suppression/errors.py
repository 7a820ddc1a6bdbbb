"""Errors of the suppression list."""

from __future__ import annotations

from relance.core.errors import ConflictError, InvalidError, NotFoundError


class SuppressionNotFoundError(NotFoundError):
    """No entry with that id is on this app's suppression list."""

    code = "suppression_not_found"


class SuppressionInvalidError(InvalidError):
    """The address cannot be one of its channel; ``data["path"]`` names the field."""

    code = "invalid_suppression"


class ComplaintStandsError(ConflictError):
    """The address is on the list for a complaint, which is lifted only by somebody who says so."""

    code = "complaint_stands"
