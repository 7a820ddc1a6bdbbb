"""The errors that each route may answer, in the OpenAPI document."""

from __future__ import annotations

from litestar.openapi.datastructures import ResponseSpec

from relance.web.api.errors import ErrorAnswer

_MEANINGS = {
    400: "The request cannot be accepted; `data.path` names the place.",
    401: "The caller is not known: no live key, no live session.",
    403: "The caller may not do this: another app's key, a missing CSRF token, or an operator is needed.",
    404: "There is no such thing in this app.",
    409: "The thing changed since it was read, the name is taken, or the idempotency key was used for another request.",
    413: "The body is too large.",
    429: "Too many attempts; `data.retry_after` is the number of seconds to wait.",
    500: "Something went wrong in the server.",
    503: "The change is kept and will take effect, or the worker is being started; try again.",
}

ERRORS: dict[int, ResponseSpec] = {
    status: ResponseSpec(ErrorAnswer, description=meaning, generate_examples=False) for status, meaning in _MEANINGS.items()
}
