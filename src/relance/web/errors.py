"""Errors as HTTP answers: the one table from codes to statuses, and the one shape, which is ``{"error": {code, message, …}}``."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap
from litestar.utils.scope.state import ScopeState

from relance.core.error_text import ErrorText
from relance.core.errors import RelanceError
from relance.core.ids import random_token
from relance.core.mismatch import member_named, mismatch_text, values_at
from relance.infra.errors import NO_ANSWER, unavailable
from relance.infra.room import says_full

logger = logging.getLogger(__name__)

# An error whose code is not listed has the status of its nearest listed base.
STATUS = {
    "invalid": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "conflict": 409,
    "real_clock": 409,
    "request_timeout": 408,
    "too_large": 413,
    "head_too_large": 431,
    "unsupported_encoding": 415,
    "rate_limited": 429,
    "busy_app": 429,
    "backlog_full": 429,
    "busy": 503,
    "history_busy": 503,
    "history_broken": 503,
    "log_unavailable": 503,
    "store_unavailable": 503,
    "not_settled": 503,
    "worker_gone": 503,
    "fenced": 503,
    "worker_timeout": 504,
    "error": 500,
    "internal": 500,
}
WHOLE_BODY = "data"  # the framework's name
RETRY_SECONDS = {429: 1, 503: 1}  # the default for what a client should wait

_CODES = {
    400: "invalid",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
}


class Problem(msgspec.Struct, frozen=True):
    """An error ready to be sent."""

    status: int
    code: str
    text: ErrorText
    data: dict[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, **self.text.plain(), "data": self.data}}

    @property
    def message(self) -> str:
        return str(self.text)

    @property
    def headers(self) -> dict[str, str]:
        """``Retry-After`` if a retry makes sense."""
        seconds = self.data.get("retry_after") or RETRY_SECONDS.get(self.status)
        return {"Retry-After": str(seconds)} if seconds else {}


def status_of(kind: type[RelanceError]) -> int:
    """The status of an error class: of its own code, or of its nearest base."""
    codes = (base.__dict__.get("code") for base in kind.__mro__)
    return next(STATUS[code] for code in codes if code in STATUS)


def problem_of(error: RelanceError) -> Problem:
    """An error of ours."""
    return Problem(STATUS.get(error.code) or status_of(type(error)), error.code, error.text, error.data)


def unexpected(error: Exception) -> Problem:
    """An unexpected error: logged in full under an id, which is all that the caller gets.

    An unavailable store is expected, wherever it shows: the caller may retry.
    """
    if isinstance(error, NO_ANSWER) or says_full(error):
        logger.error("a store does not answer: %s", error.__cause__ or error)
        return problem_of(unavailable(error))
    problem_id = random_token("err", 9)
    logger.error("unexpected error %s", problem_id, exc_info=error)
    return Problem(
        500,
        "internal",
        ErrorText("server_failed", "Something went wrong on the server; its log has the details under this id."),
        {"id": problem_id},
    )


def _of_framework(error: HTTPException, request: Request[Any, Any, Any]) -> Problem:
    status = error.status_code
    if status >= 500:
        return unexpected(error)
    code = _CODES.get(status, "invalid")
    extra = getattr(error, "extra", None)
    if isinstance(extra, list) and extra and isinstance(extra[0], dict) and "message" in extra[0]:
        found = [(_place(each, request), mismatch_text(each["message"], _given(each, request))) for each in extra]
        errors = [{"key": key, **text.plain()} for key, text in found]
        return Problem(status, code, found[0][1], {"errors": errors, "path": found[0][0]})
    return Problem(status, code, _of_status(status, request.method), {})


def _place(each: dict[str, Any], request: Request[Any, Any, Any]) -> str:
    """Where it stands. The framework calls a whole body ``data``, and some bodies have a field of that name."""
    key: str = each.get("key", "")
    if key != WHOLE_BODY or each.get("source") in ("query", "path"):
        return key
    body, member = _body(request), member_named(each["message"])
    if not isinstance(body, dict) or WHOLE_BODY not in body:
        return ""
    field = body[WHOLE_BODY]
    return key if member is None or (isinstance(field, dict) and member in field and member not in body) else ""


def _given(each: dict[str, Any], request: Request[Any, Any, Any]) -> list[Any]:
    """What was given where the framework found something that does not fit; nothing where that cannot be told."""
    key, source = each.get("key", ""), each.get("source")
    if source == "query":
        return request.query_params.getall(key, [])
    if source == "path":
        return [request.path_params[key]] if key in request.path_params else []
    return values_at(_body(request), key)


def _body(request: Request[Any, Any, Any]) -> Any:
    body = ScopeState.from_scope(request.scope).body
    try:
        return msgspec.json.decode(body) if isinstance(body, bytes) else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _of_status(status: int, method: str) -> ErrorText:
    """The framework's own words name its own parts; these say the same to whoever asked."""
    if status == 404:
        return ErrorText("address_unknown", "There is nothing at this address.")
    if status == 405:
        return ErrorText("method_unknown", "This address does not take {method}.", method=method)
    if status == 413:
        return ErrorText("request_too_large", "The request is too large.")
    return ErrorText("request_refused", "The request does not have the form that this address takes.")


def _answer(problem: Problem) -> Response[dict[str, Any]]:
    return Response(problem.body, status_code=problem.status, headers=problem.headers, media_type="application/json")


def _on_ours(_request: Request[Any, Any, Any], error: RelanceError) -> Response[dict[str, Any]]:
    return _answer(problem_of(error))


def _on_framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    return _answer(_of_framework(error, request))


def _on_unexpected(_request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    return _answer(unexpected(error))


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    RelanceError: _on_ours,
    HTTPException: _on_framework,
    Exception: _on_unexpected,
}
