"""Writes answers to the wire: bytes and CORS headers, without a framework."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from litestar.types import Send

from relance.events.model import Rejection
from relance.web.errors import Problem

# Any page may send events: the write key identifies the app, and cookies are ignored.
_ORIGIN = (b"access-control-allow-origin", b"*")
_JSON = (b"content-type", b"application/json")
_to_json = msgspec.json.Encoder().encode
MOST_NOTES = 100

Header = tuple[bytes, bytes]


async def send_json(send: Send, status: int, body: bytes, extra: Iterable[Header] = ()) -> None:
    """Send a whole answer. Few headers: the server checks each with two regular expressions."""
    headers = [_JSON, _ORIGIN, (b"content-length", b"%d" % len(body)), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def send_problem(send: Send, problem: Problem) -> None:
    """Send an error in the common shape."""
    extra = [(name.lower().encode(), text.encode()) for name, text in problem.headers.items()]
    # Older clients of Segment and RudderStack look for these two at the top.
    body = {"code": problem.code, "message": problem.message, **problem.body}
    await send_json(send, problem.status, _to_json(body), extra)


async def send_preflight(send: Send, headers: Iterable[Header]) -> None:
    """Allow a browser to send: any origin, any headers."""
    asked = next((text for name, text in headers if name == b"access-control-request-headers"), b"content-type, authorization")
    allowed = [
        _ORIGIN,
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        (b"access-control-allow-headers", asked),
        (b"access-control-max-age", b"86400"),
        (b"vary", b"access-control-request-headers"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": allowed})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


PlacedRejections = Sequence[tuple[int | None, Rejection]]
"""Rejections and notes with the index of their event in the request; None: of what is beside the events."""


def taken(accepted: int, rejected: Sequence[tuple[int, Rejection]], notes: PlacedRejections = ()) -> bytes:
    """The body of a 200: how many events were accepted, which were rejected and why, and corrections to accepted ones."""
    if not rejected and not notes:
        return b'{"success":true,"accepted":%d,"rejected":[]}' % accepted
    answer: dict[str, Any] = {"success": True, "accepted": accepted, "rejected": _rows(rejected)}
    return _to_json(answer | {"notes": _rows(notes[:MOST_NOTES])} if notes else answer)


def _rows(rejections: PlacedRejections) -> list[dict[str, Any]]:
    return [{"index": index, "code": one.reason, "path": one.path, "message": str(one.detail)} for index, one in rejections]
