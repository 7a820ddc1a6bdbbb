"""The envelope of a request: its messages, write key, ``sentAt`` and context. Pure.

The decoder refuses a whole body for one NaN, half of a surrogate pair or an invalid UTF-8 byte. The fault is in one event, or in
one field beside them, and must not lose the others: such bodies, and only these, are split by brackets alone (``cutting``). Each
message is then judged on its own, and unreadable fields beside the messages are left out with a note.
"""

from __future__ import annotations

from typing import Any, NoReturn

import msgspec
from msgspec import Raw

from relance.core.error_text import ErrorText
from relance.core.mismatch import mismatch_text, unreadable
from relance.events.faults import fault_of, without_faults
from relance.events.instants import Mending, instant_of, sending_not_read
from relance.events.model import Note, Reason
from relance.events.screening import is_suspicious, may_hold_nul
from relance.web.ingest.cutting import elements_of, members_of
from relance.web.ingest.errors import MalformedError, TooLargeError

MOST_EVENTS = 2_500  # the Segment spec's limit for a batch
_NOTHING = Raw(b"")
_NO_OBJECT = (Reason.UNREADABLE, Reason.TOO_DEEP)
_UNREADABLE = msgspec.UNSET  # stands for a field that no decoder accepts


class Envelope(msgspec.Struct, gc=False):
    """A request's raw messages, and what applies to all of them. ``sent_at`` is in ms, ``context`` an object or empty.

    ``mended`` are the fields beside the messages that were left out.
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
    """Split a batch into its messages. Raises ``MalformedError`` if the body is not a batch, ``TooLargeError`` for too many."""
    nul = may_hold_nul(body)
    try:
        _check_utf8(body)
        batch = _read_batch(body)
        messages = [bytes(raw) for raw in batch.batch]
        outside, context = _Outside(batch.write_key, batch.sent_at), bytes(batch.context)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # also if a number is out of range
        members = members_of(body) or {}
        found = elements_of(members.pop(b"batch", b""))
        if found is None:
            _refuse(body, error)
        nul, messages, outside, context = True, found, _read_apart(members), members.get(b"context", b"")
    if len(messages) > MOST_EVENTS:
        raise TooLargeError(
            ErrorText(
                "batch_events", "Batch must have at most {most:,} events (got {got:,}).", most=MOST_EVENTS, got=len(messages)
            ),
            limit=MOST_EVENTS,
        )
    mended: list[Mending] = []
    write_key, sent_at = _write_key(outside, mended), _sent_at(outside, mended)
    return Envelope(messages, write_key, sent_at, _context(context, nul, mended), nul, mended)


def open_single(body: bytes) -> Envelope:
    """A message sent alone. Raises ``MalformedError`` if the body is not an object.

    All its fields are its own, so that none is left out here.
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
    """The fields beside the messages, decoded one by one."""
    return _Outside(*(_value(members.get(name)) for name in (b"writeKey", b"sentAt")))


def _value(raw: bytes | None) -> Any:
    if raw is None:
        return None
    try:
        return _read_value(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _UNREADABLE


def _write_key(outside: _Outside, mended: list[Mending]) -> str:
    """The write key in the body. Anything but text names no app, and is not needed if the header has the key."""
    key = outside.write_key
    if key is None or type(key) is str:
        return key or ""
    mended.append(Mending(Note.FIELD_DROPPED, "writeKey", "writeKey must be a text. It was left out."))
    return ""


def _sent_at(outside: _Outside, mended: list[Mending]) -> int | None:
    """When the sender says it sent the batch; only used to correct clocks."""
    if outside.sent_at is None:
        return None
    instant = instant_of(outside.sent_at)
    if instant is None:
        mended.append(sending_not_read(outside.sent_at))
    return instant


def _context(raw: bytes, nul: bool, mended: list[Mending]) -> bytes:
    """The context shared by all messages, without members that would cost each of them its own."""
    if not raw or raw == b"null" or (raw[:1] == b"{" and not nul and not is_suspicious(raw)):
        return raw
    context, faults = without_faults(raw, "context")
    mended += [Mending(Note.FIELD_DROPPED, each.path, f"{each.text} It was left out.") for each in faults]
    return context


def _refuse(body: bytes, error: msgspec.DecodeError | UnicodeDecodeError | RecursionError) -> NoReturn:
    if isinstance(error, RecursionError):
        raise MalformedError(ErrorText("json_depth", "Objects and lists are nested too deeply."), position=0) from error
    if isinstance(error, msgspec.ValidationError):
        raise MalformedError(mismatch_text(str(error)), position=0) from error
    text = unreadable(error)
    raise MalformedError(text, position=text.parameters.get("byte", len(body))) from error
