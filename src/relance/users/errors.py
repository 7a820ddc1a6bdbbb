"""Errors of people."""

from __future__ import annotations

from relance.core.errors import NotFoundError


class PersonNotFoundError(NotFoundError):
    """No person with that id exists in this app, or the person has been deleted."""

    code = "person_not_found"
