"""One base for every error that leaves a service: a stable code, a sentence (``core.error_text``), and data.

HTTP statuses do not live here; the table in ``relance.web.errors`` maps codes to them.
"""

from __future__ import annotations

from typing import Any, ClassVar


class RelanceError(Exception):
    """Something the caller can understand went wrong.

    ``code`` is stable and documented in ``docs/reference/errors.md``; the message is a sentence for people; ``data``
    carries what a program needs (the path of a bad field, the version found), as JSON-ready values. A message that is an
    ``ErrorText`` also says its reason and parameters, from which a client words it in its own language: ``text`` has them,
    and is what an error that stands in for this one is made of.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.text = message
        self.message = str(message)
        self.data = data


class NotFoundError(RelanceError):
    """Nothing with that id exists in this app."""

    code = "not_found"


class InvalidError(RelanceError):
    """The input cannot be accepted; ``data["path"]`` names the place."""

    code = "invalid"


class CursorError(InvalidError):
    """The cursor is not one that this list gave."""

    code = "invalid_cursor"


class ConflictError(RelanceError):
    """The thing changed since it was read, or another thing already has that name."""

    code = "conflict"


class ForbiddenError(RelanceError):
    """The caller is known but may not do this."""

    code = "forbidden"


class UnauthorizedError(RelanceError):
    """The caller is not known: a key or a sign-in is missing, wrong, expired or revoked."""

    code = "unauthorized"


class AppBusyError(RelanceError):
    """As much is done for this app as may be at once, and as much waits: wait `data.retry_after` seconds."""

    code = "busy_app"
