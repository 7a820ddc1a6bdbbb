"""What FCM's answers mean. Pure.

Source: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode and
https://firebase.google.com/docs/cloud-messaging/error-codes (read 2026-11-30).
"""

from __future__ import annotations

from typing import Any

import msgspec

from relance.channels.http2 import Answer
from relance.channels.mobile_push.meaning import Meaning, Reading

QUOTA_WAIT = 60_000  # ms; what Google asks for where it names no wait

# By the code of ``google.firebase.fcm.v1.FcmError``.
CODES = {
    "UNREGISTERED": Meaning.GONE,
    "SENDER_ID_MISMATCH": Meaning.DOUBTFUL,  # the token is another project's
    "QUOTA_EXCEEDED": Meaning.LATER,
    "UNAVAILABLE": Meaning.LATER,
    "INTERNAL": Meaning.LATER,
    "THIRD_PARTY_AUTH_ERROR": Meaning.AGAIN,  # the APNs or web push key in the Firebase console; Android is not concerned
}
# Where there is no such code, by the HTTP status.
STATUSES = {
    401: Meaning.RENEW,
    403: Meaning.KEY,  # the service account may not send, or the API is off
    404: Meaning.DOUBTFUL,  # no such project, or no such token
    408: Meaning.LATER,
    429: Meaning.LATER,
}
_TARGETS = ("message.token", "message.fid")


class _Violation(msgspec.Struct):
    field: str = ""


class _Detail(msgspec.Struct):
    errorCode: str = ""  # noqa: N815 - Google's name
    fieldViolations: list[_Violation] = []  # noqa: N815


class _Error(msgspec.Struct):
    message: str = ""
    status: str = ""
    details: list[_Detail] = []


class _Said(msgspec.Struct):
    name: str = ""
    error: _Error = msgspec.field(default_factory=_Error)


def read_fcm(answer: Answer) -> Reading:
    """What an answer to ``messages:send`` means."""
    said = _decode(answer.body)
    if answer.status == 200:
        if said.name:
            return Reading(Meaning.TAKEN, "200", said.name)
        return Reading(Meaning.LATER, f"200 without a name: {_text(answer.body)}", is_uncertain=True)
    code = next((each.errorCode for each in said.error.details if each.errorCode), "")
    meaning = CODES.get(code) or STATUSES.get(answer.status)
    if meaning is None:
        meaning = Meaning.LATER if answer.status >= 500 else _of_arguments(said.error, code)
    wait = answer.retry_after or (QUOTA_WAIT if answer.status == 429 else 0)
    words = " ".join(each for each in (code or said.error.status, said.error.message) if each)
    return Reading(
        meaning, f"{answer.status} {words or _text(answer.body)}", wait=wait if meaning in (Meaning.LATER, Meaning.AGAIN) else 0
    )


def _of_arguments(error: _Error, code: str) -> Meaning:
    """Whether what is wrong with the request is the token or the message: the field says it, or FCM's own code without one."""
    fields = [each.field for detail in error.details for each in detail.fieldViolations]
    if any(each in _TARGETS for each in fields):
        return Meaning.GONE
    is_token = code == "INVALID_ARGUMENT" and not fields and "registration token" in error.message
    return Meaning.GONE if is_token else Meaning.MESSAGE


def _decode(body: bytes) -> _Said:
    try:
        return msgspec.json.decode(body, type=_Said)
    except (msgspec.MsgspecError, UnicodeError):
        return _Said()


def _text(body: bytes) -> str:
    return body[:300].decode("utf-8", "replace").strip()


def read_grant(answer: Answer) -> tuple[dict[str, Any], Reading]:
    """What the token endpoint said (RFC 6749, 5): its fields, and what they mean."""
    try:
        said = msgspec.json.decode(answer.body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeError):
        said = {}
    if answer.status == 200 and isinstance(said.get("access_token"), str):
        return said, Reading(Meaning.TAKEN, "200")
    words = " ".join(str(said[name]) for name in ("error", "error_description") if name in said) or _text(answer.body)
    detail = f"Google's token endpoint: {answer.status} {words}"
    is_refused = answer.status in (400, 401, 403) and "error" in said
    return said, Reading(Meaning.KEY if is_refused else Meaning.LATER, detail, wait=answer.retry_after)
