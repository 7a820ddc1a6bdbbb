"""The check at the door: one message of the Segment spec becomes an ``Event``, or a ``Rejection`` that says why not.

Pure: the same bytes and the same ``Origin`` give the same answer. What passes here can be decoded by everything behind
it, so that no stored event can ever stop a tick: valid UTF-8, no NUL, numbers that fit, shallow nesting, objects where
objects belong.

Bodies are checked but not built. The decoder keeps properties, traits and context as the bytes that came (``msgspec.Raw``), which
it only skips over: it would let pass numbers that no float can hold, integers of any length and invalid UTF-8. Hence the
screen of ``relance.events.screening``: a few byte searches. UTF-8 is for the caller to check, once for a whole batch.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw

from relance.core.encoding import to_json
from relance.core.time import DAY, from_iso
from relance.events.model import Event, Flag, Reason, Rejection
from relance.events.repeats import without_repeats
from relance.events.screening import Refused, examine, is_suspicious

LONGEST_ID = 255
EARLIEST = 631_152_000_000  # 1990-01-01T00:00:00Z
AHEAD = DAY  # how far past its receipt an event may claim to have happened; later than the receipt is read as the receipt
KEPT_BODY = 4_096

_IMPORTED = int(Flag.IMPORTED)  # flags of the enum are twenty times slower to combine than integers
_NOTHING = Raw(b"")
_EMPTY = b"{}"


Id = str | int | float | None


class Message(msgspec.Struct, rename="camel", gc=False):
    """A message as clients send it; unknown fields are ignored."""

    type: str | None = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    message_id: Id = None
    user_id: Id = None
    anonymous_id: Id = None
    previous_id: Id = None
    group_id: Id = None
    timestamp: str | None = None
    properties: Raw = _NOTHING
    traits: Raw = _NOTHING
    context: Raw = _NOTHING


class Origin(msgspec.Struct, frozen=True):
    """Where a message came from. ``shift`` is receipt minus ``sentAt`` in ms: how far the sender's clock is behind."""

    app_id: int
    received_at: int
    make_id: Callable[[], str]
    shift: int = 0
    context: bytes = b""  # of the batch, beneath each message's own
    imported: bool = False
    largest: int = 32_768
    may_hold_nul: bool = True  # found out for a batch at once by ``may_hold_nul``; then each message is looked at closely


class _Named(msgspec.Struct, rename="camel", gc=False):
    message_id: str = ""


_decode = msgspec.json.Decoder(Message).decode
_decode_named = msgspec.json.Decoder(_Named).decode
_plain = msgspec.json.Decoder(dict[str, Any]).decode
_PLACE = re.compile(r" - at `\$\.?(.*)`$")


def check(message: bytes, origin: Origin, kind: str = "") -> Event | Rejection:
    """Check one message. ``kind`` is given where the address said it (``/v1/track``); else the message's ``type`` does."""
    try:
        return _event(message, origin, kind)
    except Refused as refusal:
        reason, path, text = refusal.reason, refusal.path, refusal.text
    except msgspec.ValidationError as error:
        reason, path, text = _explain(error)
    except RecursionError:
        reason, path, text = Reason.TOO_DEEP, "", "Objects and lists are nested too deep."
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The batch as a whole was well-formed, so that only the texts inside can be at fault.
        reason, path, text = Reason.INVALID_TEXT, "", "A text holds half of a surrogate pair."
    return Rejection(
        origin.app_id, origin.received_at, reason, path[:LONGEST_ID], text, message[:KEPT_BODY], _message_id(message)
    )


def shift_of(sent_at: str, received_at: int) -> int:
    """How far the sender's clock is behind ours, by what it says of the sending; 0 where it says nothing usable."""
    try:
        return received_at - from_iso(sent_at)
    except (ValueError, OverflowError):
        return 0


def _message_id(message: bytes) -> str:
    """The id of a message that was refused, where it can be read: it helps its sender to find it."""
    try:
        return _decode_named(message).message_id[:LONGEST_ID].replace("\x00", "")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _event(message: bytes, origin: Origin, kind: str) -> Event:
    if len(message) > origin.largest:
        raise Refused(Reason.EVENT_TOO_LARGE, "", f"An event may have {origin.largest} bytes; this one has {len(message)}.")
    if origin.may_hold_nul:
        examine(message)
    sent = _decode(message)
    kind = kind or sent.type or ""
    body_of = _BODIES.get(kind)
    if body_of is None:
        raise Refused(Reason.UNKNOWN_TYPE, "type", "The type must be track, page, screen, identify, group or alias.")
    user_id = "" if sent.user_id is None else _id(sent.user_id, "userId")
    anonymous_id = "" if sent.anonymous_id is None else _id(sent.anonymous_id, "anonymousId")
    if not user_id and not anonymous_id:
        raise Refused(Reason.MISSING_ID, "userId", "A message needs a userId or an anonymousId.")
    context, flags = _context(bytes(sent.context), origin.context)
    if origin.imported:
        flags |= _IMPORTED
    return Event(
        origin.app_id,
        kind,
        _name(sent) if kind == "track" else kind,
        _id(sent.message_id, "messageId") or origin.make_id(),
        user_id,
        anonymous_id,
        _occurred_at(sent.timestamp, origin, flags),
        origin.received_at,
        body_of(sent),
        context,
        flags,
    )


def _name(sent: Message) -> str:
    name = sent.event
    if not name or name.isspace():
        raise Refused(Reason.MISSING_NAME, "event", "A track needs the name of its event.")
    if len(name) > LONGEST_ID:
        raise Refused(Reason.INVALID, "event", f"The name of an event may have {LONGEST_ID} characters.")
    return name


def _id(value: Id, path: str) -> str:
    """An id as a text; "" where there is none."""
    if type(value) is not str:
        if value is None:
            return ""
        value = _number_as_text(value)
    if len(value) > LONGEST_ID:
        raise Refused(Reason.INVALID, path, f"{path} may have {LONGEST_ID} characters.")
    return "" if value.isspace() else value


def _number_as_text(value: str | int | float) -> str:
    """An id sent as a number; 12.0 and 12 are the same id, as they are in JavaScript."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _occurred_at(timestamp: str | None, origin: Origin, flags: int) -> int:
    """The instant by our clock: the Segment spec's ``receivedAt - (sentAt - timestamp)``, not after the receipt.

    History that is brought in is taken at its word: its instants were not read off the sender's clock.
    """
    received_at = origin.received_at
    if timestamp is None:
        return received_at
    try:
        occurred_at = from_iso(timestamp) + (0 if flags & _IMPORTED else origin.shift)
    except (ValueError, OverflowError):
        raise Refused(Reason.INVALID, "timestamp", "The timestamp must be an ISO 8601 date and time.") from None
    if not EARLIEST <= occurred_at <= received_at + AHEAD:
        raise Refused(Reason.TIMESTAMP_OUT_OF_RANGE, "timestamp", "The timestamp is before 1990 or more than a day ahead.")
    return min(occurred_at, received_at)


def _says_imported(context: bytes) -> bool:
    # The search is cheap and the decoding is not; only clients that bring in history say the word.
    return context.find(b'"import"') >= 0 and _plain(context).get("import") is True


def _object(body: bytes, path: str) -> bytes:
    """The bytes of a JSON object, looked through and without repeated keys; absent and null are the empty object."""
    if body[:1] == b"{":
        if is_suspicious(body):
            examine(body, path)
        return without_repeats(body)
    if not body or body == b"null":
        return _EMPTY
    raise Refused(Reason.INVALID, path, f"{path} must be an object.")


@lru_cache(maxsize=256)
def _context(own: bytes, beneath: bytes) -> tuple[bytes, int]:
    """The context to keep and the flags it means. Remembered, for a server's events all have the same one."""
    context = _object(own, "context")
    if beneath:
        context = _joined(_object(beneath, "context"), context)
    return context, _IMPORTED if _says_imported(context) else 0


def _joined(under: bytes, over: bytes) -> bytes:
    """One object of two, the fields of ``over`` winning. Built anew, for readers differ on which of two equal fields counts."""
    if over == _EMPTY:
        return under
    return to_json(_plain(under) | _plain(over)).encode()


def _properties(sent: Message) -> bytes:
    return _object(bytes(sent.properties), "properties")


def _page(sent: Message) -> bytes:
    """Properties with the page's name and category, which newer clients put there and older ones beside them."""
    beside = {field: text for field, text in (("name", sent.name), ("category", sent.category)) if text}
    properties = _properties(sent)
    return _joined(to_json(beside).encode(), properties) if beside else properties


def _traits(sent: Message) -> bytes:
    return _object(bytes(sent.traits), "traits")


def _group(sent: Message) -> bytes:
    group_id = _id(sent.group_id, "groupId")
    if not group_id:
        raise Refused(Reason.MISSING_ID, "groupId", "A group call needs a groupId.")
    return _joined(_traits(sent), to_json({"group_id": group_id}).encode())


def _alias(sent: Message) -> bytes:
    previous_id = _id(sent.previous_id, "previousId")
    if not previous_id or not _id(sent.user_id, "userId"):
        raise Refused(Reason.MISSING_ID, "previousId" if sent.user_id else "userId", "An alias needs userId and previousId.")
    return to_json({"previous_id": previous_id}).encode()


_BODIES: dict[str, Callable[[Message], bytes]] = {
    "track": _properties,
    "page": _page,
    "screen": _page,
    "identify": _traits,
    "group": _group,
    "alias": _alias,
}


def _explain(error: msgspec.ValidationError) -> tuple[Reason, str, str]:
    """Our words for the decoder's: ``Expected `str`, got `int` - at `$.event```."""
    text = str(error)
    place = _PLACE.search(text)
    path = place[1] if place and "..." not in place[1] else ""  # the decoder cannot name the keys of what it only skips
    if "out of range" in text:
        return Reason.NUMBER_OUT_OF_RANGE, path, "A number does not fit 64 bits."
    return Reason.INVALID, path, _PLACE.sub("", text).replace("`", "") + "."
