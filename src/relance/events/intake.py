"""Validation of incoming messages: a message of the Segment spec becomes an ``Event``, or a ``Rejection`` that says why not.

Pure: the same bytes and the same ``Origin`` give the same result. Whatever passes can be decoded everywhere downstream, so that
no stored event can stop a tick: valid UTF-8, no NUL, numbers that fit, shallow nesting, objects where objects belong.

Bodies are checked but not built. The decoder keeps properties, traits and context as raw bytes (``msgspec.Raw``), which it only
skips over: it would accept numbers no float can hold, integers of any length and invalid UTF-8. Hence
``relance.events.screening``, a few byte searches. Checking UTF-8 is up to the caller, once per batch.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NoReturn

import msgspec
from msgspec import Raw

from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.mismatch import mismatch_text
from relance.core.trimming import trimmed
from relance.events.faults import fault_of
from relance.events.instants import ClaimedTimes, Mending, imported_at, occurred_at, plain_instant
from relance.events.model import Event, Flag, Name, Note, Reason, Rejection, is_own
from relance.events.placeholders import LONGEST_WORD, UNUSUAL, WORDS, is_odd
from relance.events.presence import UNKNOWN, Presence, is_background
from relance.events.repeats import without_repeats
from relance.events.screening import Refused, examine, is_suspicious
from relance.events.voices import Browser, voice_of, without_token

LONGEST_ID = 255
KEPT_BODY = 4_096

_IMPORTED = int(Flag.IMPORTED)  # combining flags of the enum is twenty times slower than integers
_BACKGROUND = int(Flag.BACKGROUND)
_NOTHING = Raw(b"")
_EMPTY = b"{}"


Id = str | int | float | bool | None


class SpecMessage(msgspec.Struct, rename="camel", gc=False):
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
    channel: Any = None
    timestamp: Any = msgspec.UNSET
    original_timestamp: Any = None
    sent_at: Any = None
    properties: Raw = _NOTHING
    traits: Raw = _NOTHING
    context: Raw = _NOTHING


class Origin(msgspec.Struct, frozen=True):
    """Where a message came from. ``sent_at`` is when the sender says it sent the batch, in ms by its own clock."""

    app_id: int
    received_at: int
    make_id: Callable[[], str]
    sent_at: int | None = None
    context: bytes = b""  # of the batch; each message's own context takes precedence
    imported: bool = False
    largest: int = 32_768
    may_hold_nul: bool = True  # determined once per batch by ``may_hold_nul``; if true, every message is examined
    browser: Browser | None = None  # None: a server's message, which needs no proof


class _Named(msgspec.Struct, rename="camel", gc=False):
    message_id: str = ""


_decode = msgspec.json.Decoder(SpecMessage).decode
_decode_named = msgspec.json.Decoder(_Named).decode
_plain = msgspec.json.Decoder(dict[str, Any]).decode
_PLACE = re.compile(r" - at `\$\.?(.*)`$")


def check(message: bytes, origin: Origin, kind: str = "", notes: list[Rejection] | None = None) -> Event | Rejection:
    """Check one message. ``kind`` is given if the URL implies it (``/v1/track``); otherwise the message's ``type`` does.

    Corrections to an accepted message are appended to ``notes``.
    """
    mended: list[Mending] = []
    try:
        event = _event(message, origin, kind, mended)
    except Refused as refusal:
        reason, path, text = refusal.reason, refusal.path, refusal.text
    except msgspec.ValidationError as error:
        reason, path, text = _explain(error)
    except RecursionError:
        reason, path, text = Reason.TOO_DEEP, "", ErrorText("json_depth", "Objects and lists are nested too deeply.")
    except (msgspec.DecodeError, UnicodeDecodeError):
        reason, path, text = fault_of(message)
    else:
        if mended and notes is not None:
            notes += noted(origin, mended, message, event.message_id)
        return event
    return _rejection(origin, reason, path, text, message, _message_id(message))


def noted(origin: Origin, mended: list[Mending], sent: bytes, message_id: str = "") -> list[Rejection]:
    """Corrections in the form in which they are stored beside rejections; ``sent`` is the message as received."""
    return [_rejection(origin, each.note, each.path, each.text, sent, message_id) for each in mended]


def _rejection(origin: Origin, reason: str, path: str, text: str, message: bytes, message_id: str) -> Rejection:
    return Rejection(
        origin.app_id, origin.received_at, reason, path[:LONGEST_ID], text, without_token(message)[:KEPT_BODY], message_id
    )


def _message_id(message: bytes) -> str:
    """The id of a refused message, if readable: it helps its sender find it."""
    try:
        return _decode_named(message).message_id[:LONGEST_ID].replace("\x00", "")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _event(message: bytes, origin: Origin, kind: str, mended: list[Mending]) -> Event:
    if len(message) > origin.largest:
        raise Refused(
            Reason.EVENT_TOO_LARGE,
            "",
            ErrorText(
                "event_bytes", "Event must be at most {most:,} bytes (got {got:,}).", most=origin.largest, got=len(message)
            ),
        )
    if origin.may_hold_nul:
        examine(message)
    sent = _decode(message)
    kind = kind or sent.type or ""
    body_of = _BODIES.get(kind)
    if body_of is None:
        raise Refused(
            Reason.UNKNOWN_TYPE, "type", ErrorText("event_type", "type must be track, page, screen, identify, group or alias.")
        )
    user_id = "" if sent.user_id is None else _id(sent.user_id, "userId", mended)
    anonymous_id = "" if sent.anonymous_id is None else _id(sent.anonymous_id, "anonymousId", mended)
    if not user_id and not anonymous_id:
        _refuse_nobody(mended)
    context, flags, presence, token = _context(bytes(sent.context), origin.context)
    if origin.imported:
        flags |= _IMPORTED
    name = _name(sent, flags, mended) if kind == "track" else kind
    if is_background(presence, sent.channel, name):
        flags |= _BACKGROUND
    if origin.browser is not None:
        flags |= voice_of(origin.browser, kind, user_id, token, flags, mended)
    body = body_of(sent)
    if kind == "identify" and body == _EMPTY:
        body = _traits_of_context(context)
    return Event(
        origin.app_id,
        kind,
        name,
        _id(sent.message_id, "messageId", mended) or origin.make_id(),
        user_id,
        anonymous_id,
        _instant(sent, origin, flags, mended),
        origin.received_at,
        body,
        context,
        flags,
    )


def _instant(sent: SpecMessage, origin: Origin, flags: int, mended: list[Mending]) -> int:
    if flags & _IMPORTED:
        return imported_at(sent.timestamp, sent.original_timestamp, origin.received_at)
    timestamp, received_at = sent.timestamp, origin.received_at
    if sent.original_timestamp is None:
        if timestamp is msgspec.UNSET and sent.sent_at is None:
            return received_at
        if type(timestamp) is str and sent.sent_at is None:
            instant = plain_instant(timestamp, origin.sent_at, received_at)
            if instant is not None:
                return instant
    return occurred_at(
        ClaimedTimes(sent.timestamp, sent.original_timestamp, sent.sent_at, origin.sent_at), origin.received_at, mended
    )


def _refuse_nobody(mended: list[Mending]) -> NoReturn:
    for each in mended:
        if each.note is Note.PLACEHOLDER_DROPPED:
            raise Refused(Reason.PLACEHOLDER_ID, each.path, _placeholder_text(each.path))
    raise Refused(Reason.MISSING_ID, "userId", ErrorText("nobody_named", "A message needs a userId or an anonymousId."))


def _placeholder_text(path: str) -> ErrorText:
    return ErrorText(
        "placeholder_id",
        "{field} is a placeholder that programs write when there is no id: send the id of the person, or leave it out.",
        field=path,
    )


def _name(sent: SpecMessage, flags: int, mended: list[Mending]) -> str:
    given = sent.event
    if given and len(given) <= LONGEST_ID and _is_plain(given):
        return given
    name = trimmed(given) if given else ""
    if not name:
        raise Refused(Reason.MISSING_NAME, "event", ErrorText("track_without_name", "A track needs the name of its event."))
    if len(name) > LONGEST_ID:
        raise Refused(
            Reason.INVALID,
            "event",
            ErrorText(
                "event_name_most", "Event name must be at most {most} characters (got {got:,}).", most=LONGEST_ID, got=len(name)
            ),
        )
    if name != given:
        mended.append(_trimming("event"))
    if is_own(name) and not (name == Name.SESSION_STARTED and flags & _IMPORTED):
        raise Refused(
            Reason.RESERVED_NAME,
            "event",
            ErrorText("event_name_reserved", "Events named {event} are reserved for Relance: choose another name.", event=name),
        )
    return name


@lru_cache(maxsize=1024)
def _is_plain(name: str) -> bool:
    """Whether an event name of acceptable length can be used as is. Cached: the same few names keep coming."""
    return trimmed(name) == name and not is_own(name)


def _trimming(path: str) -> Mending:
    return Mending(
        Note.TRIMMED,
        path,
        ErrorText("trimmed", "White space or invisible characters around {field} were removed.", field=path),
    )


def _id(value: Id, path: str, mended: list[Mending]) -> str:
    """An id as text; "" if absent."""
    if type(value) is not str:
        if value is None:
            return ""
        value = _as_text(value)
    if not value:
        return ""
    # Nearly every id is plain and needs no trimming.
    text = value if value[0] > " " and value[-1] > " " and value.isascii() else trimmed(value)
    if not text:
        return ""
    if len(text) > LONGEST_ID:
        raise Refused(
            Reason.INVALID,
            path,
            ErrorText(
                "id_length",
                "{field} must be at most {most} characters (got {got:,}).",
                field=path,
                most=LONGEST_ID,
                got=len(text),
            ),
        )
    if (len(text) <= LONGEST_WORD and text.lower() in WORDS) or (text[0] in UNUSUAL and is_odd(text)):
        mended.append(
            Mending(
                Note.PLACEHOLDER_DROPPED,
                path,
                ErrorText("placeholder_left_out", "“{got}” is no id and was left out of {field}.", got=text, field=path),
            )
        )
        return ""
    if len(text) < len(value):
        mended.append(_trimming(path))
    return text


def _as_text(value: str | int | float | bool) -> str:
    """A numeric id as text; 12.0 and 12 are the same id, as in JavaScript."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _may_name(context: bytes, name: bytes) -> bool:
    """Whether an object might have such a member: a cheap search before an expensive decode. Letters may be escaped."""
    return context.find(name) >= 0 or context.find(b"\\u00") >= 0


def _says_imported(context: bytes) -> bool:
    return _may_name(context, b'"import"') and _plain(context).get("import") is True


def _object(body: bytes, path: str) -> bytes:
    """The bytes of a JSON object, screened and without repeated keys; absent and null become the empty object."""
    if body[:1] == b"{":
        if is_suspicious(body):
            examine(body, path)
        return without_repeats(body)
    if not body or body == b"null":
        return _EMPTY
    raise Refused(Reason.INVALID, path, ErrorText("must_be_object_at", "{field} must be an object.", field=path))


@lru_cache(maxsize=256)
def _context(own: bytes, beneath: bytes) -> tuple[bytes, int, Presence, Any]:
    """The context to store, the flags it implies, what it says about presence, and its identity token, which is not stored.

    Cached, since all events of a server share one context.
    """
    context = _object(own, "context")
    if beneath:
        context = _joined(_object(beneath, "context"), context)
    token = None
    if _may_name(context, b'"identity_token"'):
        plain = _plain(context)
        if "identity_token" in plain:
            token = plain.pop("identity_token")
            context = to_json(plain).encode()
    return context, _IMPORTED if _says_imported(context) else 0, _presence(context), token


def _presence(context: bytes) -> Presence:
    if not _may_name(context, b'"active"') and not _may_name(context, b'"channel"'):
        return UNKNOWN
    said = _plain(context)
    return Presence(said.get("active"), said.get("channel"))


def _joined(under: bytes, over: bytes) -> bytes:
    """Two objects merged, ``over`` winning. Rebuilt, because readers differ on which of two equal keys counts."""
    if over == _EMPTY:
        return under
    return to_json(_plain(under) | _plain(over)).encode()


def _properties(sent: SpecMessage) -> bytes:
    return _object(bytes(sent.properties), "properties")


def _page(sent: SpecMessage) -> bytes:
    """Properties with the page's name and category, which newer clients put there and older ones beside them."""
    beside = {field: text for field, text in (("name", sent.name), ("category", sent.category)) if text}
    properties = _properties(sent)
    return _joined(to_json(beside).encode(), properties) if beside else properties


def _traits(sent: SpecMessage) -> bytes:
    return _object(bytes(sent.traits), "traits")


def _traits_of_context(context: bytes) -> bytes:
    """Traits found in the context only, as RudderStack's clients send them."""
    if not _may_name(context, b'"traits"'):
        return _EMPTY
    traits = _plain(context).get("traits")
    return to_json(traits).encode() if isinstance(traits, dict) else _EMPTY


def _group(sent: SpecMessage) -> bytes:
    group_id = _needed_id(sent.group_id, "groupId", ErrorText("group_without_id", "A group call needs a groupId."))
    return _joined(_traits(sent), to_json({"group_id": group_id}).encode())


def _alias(sent: SpecMessage) -> bytes:
    previous_id = _needed_id(sent.previous_id, "previousId", _ALIAS_NEEDS)
    _needed_id(sent.user_id, "userId", _ALIAS_NEEDS)
    return to_json({"previous_id": previous_id}).encode()


_ALIAS_NEEDS = ErrorText("alias_without_ids", "An alias needs userId and previousId.")


def _needed_id(value: Id, path: str, text: ErrorText) -> str:
    mended: list[Mending] = []
    found = _id(value, path, mended)
    if found:
        return found
    raise Refused(Reason.PLACEHOLDER_ID, path, _placeholder_text(path)) if mended else Refused(Reason.MISSING_ID, path, text)


_BODIES: dict[str, Callable[[SpecMessage], bytes]] = {
    "track": _properties,
    "page": _page,
    "screen": _page,
    "identify": _traits,
    "group": _group,
    "alias": _alias,
}


def _explain(error: msgspec.ValidationError) -> tuple[Reason, str, ErrorText]:
    """The decoder's errors in our words: ``Expected `str`, got `int` - at `$.event```."""
    text = str(error)
    place = _PLACE.search(text)
    path = place[1] if place and "..." not in place[1] else ""  # the decoder cannot name keys inside what it skips
    if "out of range" in text:
        return Reason.NUMBER_OUT_OF_RANGE, path, ErrorText("number_64_bits", "A number does not fit in 64 bits.")
    return Reason.INVALID, path, mismatch_text(text)
