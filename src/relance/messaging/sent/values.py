"""The values that messages were filled with, packed to be kept, and as they were again. Pure.

What came back together is kept together: many small texts that resemble each other take a third of the room, and one write.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from relance.core.encoding import from_json, to_json
from relance.messaging.render import Recipient
from relance.templates.dates import reader

LONGEST = 16_384  # bytes of a delivery's values that are kept; of more only the version is
_APART = frozenset(("event", "address", "reader"))  # the record of the delivery has the first two


class FilledValues(NamedTuple):
    """What a delivery was filled with, as JSON, and the version of its message; empty: it was too much to be kept."""

    version: int
    text: bytes


def values_of(recipient: Recipient, version: int, zone: str, language: str, sender: str) -> FilledValues:
    """All that a recipient was but for what the delivery's record has, and the sender."""
    values = {name: getattr(recipient, name) for name in recipient.__struct_fields__ if name not in _APART}
    if not recipient.known:
        del values["known"]
    text = to_json({"values": values, "zone": zone, "language": language, "sender": sender}).encode()
    return FilledValues(version, text if len(text) <= LONGEST else b"")


def pack(filled: Mapping[str, FilledValues]) -> bytes:
    """Delivery → its values, as one row keeps them."""
    whole = {delivery: (each.version, msgspec.Raw(each.text or _NOTHING)) for delivery, each in filled.items()}
    return zlib.compress(_encode(whole), 1)


def unpack(packed: bytes) -> dict[str, FilledValues]:
    """The same again."""
    whole = _decode(zlib.decompress(packed))
    found = {delivery: (version, bytes(text)) for delivery, (version, text) in whole.items()}
    return {delivery: FilledValues(version, b"" if text == _NOTHING else text) for delivery, (version, text) in found.items()}


_NOTHING = b"null"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, tuple[int, msgspec.Raw]]).decode


def recipient_again(filled: FilledValues, event: str, address: str, now: int) -> tuple[Recipient, str] | None:
    """The recipient as it was at ``now``, with what the record has, and the sender; None where it was too much to be kept."""
    if not filled.text:
        return None
    found: dict[str, Any] = from_json(filled.text.decode())
    properties = from_json(event)
    known = {name: value for name, value in found["values"].items() if name in Recipient.__struct_fields__}
    event_of = properties if isinstance(properties, dict) else {}
    seen_by = reader(found["zone"], found["language"], now)
    return Recipient(**known, event=event_of, address=address, reader=seen_by), found["sender"]
