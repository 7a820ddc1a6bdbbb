"""Errors of reports."""

from __future__ import annotations

from relance.core.errors import InvalidError, NotFoundError


class ReportNotFoundError(NotFoundError):
    """There is no report of that name."""


class ReportInvalidError(InvalidError):
    """A report's parameter is invalid; ``data["path"]`` names it."""
