"""Errors of deletion requests."""

from __future__ import annotations

from relance.core.errors import ConflictError, NotFoundError


class DeletionRequestNotFoundError(NotFoundError):
    """This app has no such request."""

    code = "deletion_request_not_found"


class DeletionRequestOverError(ConflictError):
    """The request can no longer be cancelled: ``data["state"]`` is what has become of it."""

    code = "deletion_request_over"
