"""The outside of a request: the batch cut into messages, its write key, its ``sentAt`` and context. Pure.

The decoder refuses a whole body for one NaN, one half of a surrogate pair or one byte that is no UTF-8. That is one event's
fault, or one field's beside the events, and no reason to lose the others: such a body, and only such a one, is cut by brackets
alone (``cutting``). Each message is then judged by itself, and beside the messages what cannot be read is left out with a note.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

import msgspec
from msgspec import Raw

from relance.events.faults import fault_of, without_faults
from relance.events.instants import Mending, instant_of, sending_not_read
from relance.events.model import Note, Reason
from relance.events.screening import is_suspicious, may_hold_nul
from relance.web.ingest.cutting import elements_of, members_of
from relance.web.ingest.errors import MalformedError, TooLargeError

MOST_EVENTS = 2_500  # the Segment spec's limit for a batch
_NOTHING = Raw(b"")
_NO_OBJECT = (Reason.UNREADABLE, Reason.TOO_DEEP)
_BYTE = re.compile(r"\(byte (\d+)\)")
_UNREADABLE = msgspec.UNSET  # stands for a field that no decoder takes


class Envelope(msgspec.Struct, gc=False):
    """A request's messages as they came, and what was said of them all. ``sent_at`` is in ms, ``context`` an object or empty.

    ``mended`` is what was left out of what stands beside the messages.
    """

    messages: list[bytes]
    write_key: str = ""
    sent_at: int | None = None
    context: bytes = b""
    may_hold_nul: bool = False  # an escaped NUL character may be somewhere in the messages
    mended: list[Mending] = []


class _Batch(msgspec.Struct, rename="camel", gc=False):
    batch: list[Raw]
    write_key: Any = None
    sent_at: Any = None
    context: Raw = _NOTHING


class _Outside(msgspec.Struct, rename="camel", gc=False):
    write_key: Any = None
    sent_at: Any = None


_read_batch = msgspec.json.Decoder(_Batch).decode
_read_outside = msgspec.json.Decoder(_Outside).decode
_read_value = msgspec.json.Decoder().decode


def open_batch(body: bytes) -> Envelope:
    """Cut a batch into its messages. Raises ``MalformedError`` where the body is no batch, ``TooLargeError`` for too many."""
    nul = may_hold_nul(body)
    try:
        _check_utf8(body)
        batch = _read_batch(body)
        messages = [bytes(raw) for raw in batch.batch]
        outside, context = _Outside(batch.write_key, batch.sent_at), bytes(batch.context)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # also where a number fits none
        members = members_of(body) or {}
        found = elements_of(members.pop(b"batch", b""))
        if found is None:
            _refuse(body, error)
        nul, messages, outside, context = True, found, _read_apart(members), members.get(b"context", b"")
    if len(messages) > MOST_EVENTS:
        raise TooLargeError(f"A batch may have at most {MOST_EVENTS} events.", limit=MOST_EVENTS)
    mended: list[Mending] = []
    write_key, sent_at = _write_key(outside, mended), _sent_at(outside, mended)
    return Envelope(messages, write_key, sent_at, _context(context, nul, mended), nul, mended)


def open_single(body: bytes) -> Envelope:
    """A message that came alone. Raises ``MalformedError`` where the body is no object.

    Whatever it says is its own, so that nothing is left out here.
    """
    nul = may_hold_nul(body)
    try:
        _check_utf8(body)
        outside = _read_outside(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        members = members_of(body)
        if members is None or fault_of(body)[0] in _NO_OBJECT:
            _refuse(body, error)
        nul, outside = True, _read_apart(members)
    return Envelope([body], _write_key(outside, []), _sent_at(outside, []), may_hold_nul=nul)


def _check_utf8(body: bytes) -> None:
    if not body.isascii():
        body.decode()


def _read_apart(members: dict[bytes, bytes]) -> _Outside:
    """What stands beside the messages, each field by itself."""
    return _Outside(*(_value(members.get(name)) for name in (b"writeKey", b"sentAt")))


def _value(raw: bytes | None) -> Any:
    if raw is None:
        return None
    try:
        return _read_value(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _UNREADABLE


def _write_key(outside: _Outside, mended: list[Mending]) -> str:
    """The write key in the body. One that is no text names no app, and where the header names one nobody needs it."""
    key = outside.write_key
    if key is None or type(key) is str:
        return key or ""
    mended.append(Mending(Note.FIELD_DROPPED, "writeKey", "writeKey must be a text. It was left out."))
    return ""


def _sent_at(outside: _Outside, mended: list[Mending]) -> int | None:
    """When the sender says it sent the batch; it only serves to correct clocks."""
    if outside.sent_at is None:
        return None
    instant = instant_of(outside.sent_at)
    if instant is None:
        mended.append(sending_not_read(outside.sent_at))
    return instant


def _context(raw: bytes, nul: bool, mended: list[Mending]) -> bytes:
    """The context that lies beneath every message's, without what would cost each of them its own."""
    if not raw or raw == b"null" or (raw[:1] == b"{" and not nul and not is_suspicious(raw)):
        return raw
    context, faults = without_faults(raw, "context")
    mended += [Mending(Note.FIELD_DROPPED, each.path, f"{each.text} It was left out.") for each in faults]
    return context


def _refuse(body: bytes, error: Exception) -> NoReturn:
    if isinstance(error, RecursionError):
        raise MalformedError("Objects and lists are nested too deep.", position=0) from error
    if isinstance(error, UnicodeDecodeError):
        raise MalformedError("The body is not UTF-8.", position=error.start) from error
    text = str(error)
    if isinstance(error, msgspec.ValidationError):
        raise MalformedError(f"The body does not have the expected form: {text}.", position=0) from error
    place = _BYTE.search(text)
    position = int(place[1]) if place else len(body)
    raise MalformedError(f"The body cannot be read as JSON: {text}.", position=position) from error
