"""The two encodings: JSON at the edges and in text columns, MessagePack inside the log and the outbox."""

from __future__ import annotations

from typing import Any

import msgspec

_json = msgspec.json.Encoder()
_json_sorted = msgspec.json.Encoder(order="sorted")


def to_json(value: Any) -> str:
    """Encode to a compact JSON text."""
    return _json.encode(value).decode()


def to_canonical_json(value: Any) -> str:
    """Encode to compact JSON with sorted keys, so that equal values give equal text (hashes, equality)."""
    return _json_sorted.encode(value).decode()


def from_json(text: str | bytes) -> Any:
    """Decode JSON into plain Python values. Raises ``msgspec.DecodeError``."""
    return msgspec.json.decode(text)
