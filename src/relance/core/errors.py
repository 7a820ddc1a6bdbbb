"""One base for every error that leaves a service: a stable code, a sentence (``core.error_text``), and data.

HTTP statuses do not live here; the table in ``relance.web.errors`` maps codes to them.
"""

from __future__ import annotations

from typing import Any, ClassVar

from relance.core.error_text import ErrorText


class RelanceError(Exception):
    """An error the caller can understand and act on.

    ``code`` is stable and documented in ``docs/reference/errors.md``; the message is a sentence for people; ``data`` holds what
    a program needs (the path of a bad field, the version found), as JSON-ready values. The message is an ``ErrorText`` with a
    reason and parameters, from which clients word it in their own language: ``text`` has them, and is the base of an error that
    replaces this one.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: ErrorText, **data: Any) -> None:
        super().__init__(message)
        self.text = message
        self.message = str(message)
        self.data = data


class NotFoundError(RelanceError):
    """This app has nothing with that id."""

    code = "not_found"


class InvalidError(RelanceError):
    """The input is not valid; ``data["path"]`` names the place."""

    code = "invalid"


class CursorError(InvalidError):
    """The cursor did not come from this list."""

    code = "invalid_cursor"


class ConflictError(RelanceError):
    """The object changed since it was read, or the name is taken."""

    code = "conflict"


class ForbiddenError(RelanceError):
    """The caller is known but not allowed to do this."""

    code = "forbidden"


class UnauthorizedError(RelanceError):
    """The caller is unknown: a key or a sign-in is missing, wrong, expired or revoked."""

    code = "unauthorized"


class AppBusyError(RelanceError):
    """As much is done for this app as may be at once, and as much waits: wait `data.retry_after` seconds."""

    code = "busy_app"
