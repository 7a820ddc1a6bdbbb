"""The outside of a request: the batch cut into messages, its write key, its ``sentAt`` and context. Pure.

The decoder refuses a whole body for one NaN, one half of a surrogate pair or one byte that is no UTF-8. That is one event's
fault and no reason to lose the others, so that such a body, and only such a one, is cut by brackets alone (``cutting``), and
each message is judged by itself.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

import msgspec
from msgspec import Raw

from relance.events.faults import fault_of
from relance.events.model import Reason
from relance.events.screening import may_hold_nul
from relance.web.ingest.cutting import elements_of, members_of
from relance.web.ingest.errors import MalformedError, TooLargeError

MOST_EVENTS = 2_500  # the Segment spec's limit for a batch
_NOTHING = Raw(b"")
_NO_OBJECT = (Reason.UNREADABLE, Reason.TOO_DEEP)
_BYTE = re.compile(r"\(byte (\d+)\)")


class Envelope(msgspec.Struct, gc=False):
    """A request's messages as they came, and what was said of them all. ``sent_at`` is ISO 8601 or empty."""

    messages: list[bytes]
    write_key: str = ""
    sent_at: str = ""
    context: bytes = b""
    may_hold_nul: bool = False  # an escaped NUL character may be somewhere in the messages


class _Batch(msgspec.Struct, rename="camel", gc=False):
    batch: list[Raw]
    write_key: str | None = None
    sent_at: Any = None
    context: Raw = _NOTHING


class _Outside(msgspec.Struct, rename="camel", gc=False):
    write_key: str | None = None
    sent_at: Any = None
    context: Raw = _NOTHING


_read_batch = msgspec.json.Decoder(_Batch).decode
_read_outside = msgspec.json.Decoder(_Outside).decode


def open_batch(body: bytes) -> Envelope:
    """Cut a batch into its messages. Raises ``MalformedError`` where the body is no batch, ``TooLargeError`` for too many."""
    nul = may_hold_nul(body)
    try:
        _check_utf8(body)
        batch = _read_batch(body)
        messages = [bytes(raw) for raw in batch.batch]
        outside = _Outside(batch.write_key, batch.sent_at, batch.context)
    except msgspec.ValidationError as error:
        _refuse(body, error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        members = members_of(body) or {}
        found = elements_of(members.pop(b"batch", b""))
        if found is None:
            _refuse(body, error)
        nul, messages, outside = True, found, _read_rest(members, body, error)
    if len(messages) > MOST_EVENTS:
        raise TooLargeError(f"A batch may have {MOST_EVENTS} events.", limit=MOST_EVENTS)
    return Envelope(messages, outside.write_key or "", _text(outside.sent_at), bytes(outside.context), nul)


def open_single(body: bytes) -> Envelope:
    """A message that came alone. Raises ``MalformedError`` where the body is no object."""
    nul = may_hold_nul(body)
    try:
        _check_utf8(body)
        outside = _read_outside(body)
    except msgspec.ValidationError as error:
        _refuse(body, error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        members = members_of(body)
        if members is None or fault_of(body)[0] in _NO_OBJECT:
            _refuse(body, error)
        nul, outside = True, _read_rest(members, body, error, context=False)
    return Envelope([body], outside.write_key or "", _text(outside.sent_at), may_hold_nul=nul)


def _check_utf8(body: bytes) -> None:
    if not body.isascii():
        body.decode()


def _text(sent_at: Any) -> str:
    """``sentAt`` as a text; whatever else it is counts as absent, for it only serves to correct clocks."""
    return sent_at if isinstance(sent_at, str) else ""


def _read_rest(members: dict[bytes, bytes], body: bytes, error: Exception, *, context: bool = True) -> _Outside:
    """What stands around the messages; a bad text there is the whole request's fault."""
    wanted = (b"writeKey", b"sentAt", b"context")[: 3 if context else 2]
    outside = b",".join(b'"' + name + b'":' + members[name] for name in wanted if name in members)
    try:
        return _read_outside(b"{" + outside + b"}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        _refuse(body, error)


def _refuse(body: bytes, error: Exception) -> NoReturn:
    if isinstance(error, RecursionError):
        raise MalformedError("Objects and lists are nested too deep.", position=0) from error
    if isinstance(error, UnicodeDecodeError):
        raise MalformedError("The body is not UTF-8.", position=error.start) from error
    text = str(error)
    if isinstance(error, msgspec.ValidationError):
        raise MalformedError(f"The body has not the form it should have: {text}.", position=0) from error
    place = _BYTE.search(text)
    position = int(place[1]) if place else len(body)
    raise MalformedError(f"The body cannot be read as JSON: {text}.", position=position) from error
