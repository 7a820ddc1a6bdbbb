"""The outside of a request: the batch cut into messages, its write key, its ``sentAt`` and context. Pure.

The decoder refuses a whole body for half a surrogate pair or a raw NUL in one text. Both are one event's fault and no reason to
lose the others, so that such a body, and only such a one, is read again by the standard library, which lets them pass.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import msgspec
from msgspec import Raw

from relance.events.screening import may_hold_nul
from relance.web.ingest.errors import MalformedError, TooLargeError

MOST_EVENTS = 2_500  # the Segment spec's limit for a batch
_NOTHING = Raw(b"")
_BYTE = re.compile(r"\(byte (\d+)\)")
_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


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
    _check_utf8(body)
    nul = may_hold_nul(body)
    try:
        batch = _read_batch(body)
        messages = [bytes(raw) for raw in batch.batch]
        outside = _Outside(batch.write_key, batch.sent_at, batch.context)
    except (msgspec.DecodeError, RecursionError) as error:
        values = _read_leniently(body, error)
        nul = True
        messages = [json.dumps(message).encode() for message in values.pop("batch")]
        outside = _read_rest(values, error)
    if len(messages) > MOST_EVENTS:
        raise TooLargeError(f"A batch may have {MOST_EVENTS} events.", limit=MOST_EVENTS)
    return Envelope(messages, outside.write_key or "", _text(outside.sent_at), bytes(outside.context), nul)


def open_single(body: bytes) -> Envelope:
    """A message that came alone. Raises ``MalformedError`` where the body is no object."""
    _check_utf8(body)
    nul = may_hold_nul(body)
    try:
        outside = _read_outside(body)
    except (msgspec.DecodeError, RecursionError) as error:
        values = _read_leniently(body, error, batch=False)
        outside = _read_rest({name: values.get(name) for name in ("writeKey", "sentAt")}, error)
        nul, body = True, json.dumps(values).encode()
    return Envelope([body], outside.write_key or "", _text(outside.sent_at), may_hold_nul=nul)


def _check_utf8(body: bytes) -> None:
    if body.isascii():
        return
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise MalformedError("The body is not UTF-8.", position=error.start) from error


def _text(sent_at: Any) -> str:
    """``sentAt`` as a text; whatever else it is counts as absent, for it only serves to correct clocks."""
    return sent_at if isinstance(sent_at, str) else ""


def _read_leniently(body: bytes, error: Exception, *, batch: bool = True) -> dict[str, Any]:
    """Read a body that the decoder refused, if a half surrogate pair or a NUL may be all that is wrong with it."""
    if isinstance(error, msgspec.ValidationError) or not (b"\x00" in body or _HALF_PAIR.search(body)):
        _refuse(body, error)
    try:
        values = json.loads(body, strict=False, parse_constant=_no_number)
    except (ValueError, RecursionError):
        _refuse(body, error)
    if not isinstance(values, dict) or (batch and not isinstance(values.get("batch"), list)):
        _refuse(body, error)
    return values


def _read_rest(values: dict[str, Any], error: Exception) -> _Outside:
    """What stands around the messages; a bad text there is the whole request's fault."""
    body = json.dumps(values).encode()
    try:
        return _read_outside(body)
    except msgspec.DecodeError:
        _refuse(body, error)


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _refuse(body: bytes, error: Exception) -> NoReturn:
    if isinstance(error, RecursionError):
        raise MalformedError("Objects and lists are nested too deep.", position=0) from error
    text = str(error)
    if isinstance(error, msgspec.ValidationError):
        raise MalformedError(f"The body has not the form it should have: {text}.", position=0) from error
    place = _BYTE.search(text)
    position = int(place[1]) if place else len(body)
    raise MalformedError(f"The body cannot be read as JSON: {text}.", position=position) from error
