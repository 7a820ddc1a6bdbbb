"""Errors of people."""

from __future__ import annotations

from relance.core.errors import ConflictError, NotFoundError


class PersonNotFoundError(NotFoundError):
    """No person with that id exists in this app, or the person has been deleted."""

    code = "person_not_found"


class ConsentNeedsProofError(ConflictError):
    """The person said no themselves, or someone did on their behalf: only a newer yes with its source and wording lifts that."""

    code = "consent_needs_proof"


class ListNotFoundError(NotFoundError):
    """No static list with that id exists in this app, or it was archived."""

    code = "list_not_found"


class ListConflictError(ConflictError):
    """The app has another static list of that name, or a segment depends on the list."""

    code = "list_conflict"
