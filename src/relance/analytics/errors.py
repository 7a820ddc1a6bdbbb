"""What can go wrong with reports."""

from __future__ import annotations

from relance.core.errors import InvalidError, NotFoundError


class ReportNotFoundError(NotFoundError):
    """There is no report of that name."""


class ReportInvalidError(InvalidError):
    """The report was asked for with something that makes no sense; ``data["path"]`` names it."""
