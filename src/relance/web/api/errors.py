"""Errors between a caller and the API, before any service is involved."""

from __future__ import annotations

import msgspec

from relance.core.errors import ForbiddenError, InvalidError, RelanceError


class CsrfError(ForbiddenError):
    """A change with a session cookie but without its `X-CSRF-Token`."""

    code = "csrf"


class BodyTooLargeError(RelanceError):
    """A body is larger than whoever has not signed in may send; `data.limit` is what may be, in bytes."""

    code = "too_large"


class UnknownParameterError(InvalidError):
    """A query parameter that the address does not take; `data.path` names it."""

    code = "unknown_parameter"


class ErrorDetail(msgspec.Struct, frozen=True):
    """What went wrong: ``code`` is stable, ``message`` is for people, ``data`` for programs.

    ``reason`` names the sentence and ``parameters`` what it was filled with, for a client that words it itself; null where
    nothing is to be told apart beyond the code.
    """

    code: str
    message: str
    reason: str | None
    parameters: dict[str, object]
    data: dict[str, object]


class ErrorAnswer(msgspec.Struct, frozen=True):
    """The one shape of every error."""

    error: ErrorDetail
