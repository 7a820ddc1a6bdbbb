"""Errors of complaints."""

from __future__ import annotations

from relance.core.errors import ConflictError


class DomainNotStoppedError(ConflictError):
    """Marketing of this sending domain is not stopped, so that it cannot be resumed."""

    code = "domain_not_stopped"
