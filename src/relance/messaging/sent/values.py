"""The values that a message was filled with, packed to be kept, and as they were again. Pure."""

from __future__ import annotations

import zlib
from typing import Any

from relance.core.encoding import from_json, to_json
from relance.messaging.render import Recipient
from relance.templates.dates import reader

LONGEST = 16_384  # bytes of values that are kept; of more only the version is
_SMALL = 300  # bytes: shorter ones are not compressed
_PLAIN, _PACKED = b"j", b"z"
_APART = frozenset(("event", "address", "reader"))  # the record of the delivery has the first two


def pack(recipient: Recipient, zone: str, language: str, sender: str) -> bytes:
    """All that a recipient was but for what the delivery's record has, and the sender; empty where it is too much to be kept."""
    values = {name: getattr(recipient, name) for name in recipient.__struct_fields__ if name not in _APART}
    text = to_json({"values": values, "zone": zone, "language": language, "sender": sender}).encode()
    if len(text) > LONGEST:
        return b""
    return _PLAIN + text if len(text) < _SMALL else _PACKED + zlib.compress(text, 1)


def unpack(packed: bytes, event: str, address: str, now: int) -> tuple[Recipient, str] | None:
    """The recipient as it was at ``now``, with what the record has, and the sender; None where it was too much to be kept."""
    if not packed:
        return None
    text = packed[1:] if packed[:1] == _PLAIN else zlib.decompress(packed[1:])
    found: dict[str, Any] = from_json(text.decode())
    properties = from_json(event)
    known = {name: value for name, value in found["values"].items() if name in Recipient.__struct_fields__}
    event_of = properties if isinstance(properties, dict) else {}
    seen_by = reader(found["zone"], found["language"], now)
    return Recipient(**known, event=event_of, address=address, reader=seen_by), found["sender"]
