"""JSON objects that repeat a key. Readers differ on which of the values counts, so that none is kept: the last one is.

Serialisers never write such objects, hence the ladder: a count of colons settles nearly all, a closer count most others.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
from msgspec import Raw

from relance.core.encoding import from_json, to_json

_names = msgspec.json.Decoder(dict[str, Raw]).decode
_decode = msgspec.json.Decoder().decode
_SPACE_BEFORE_COLON = re.compile(rb'"\s+:')


class _RepeatedError(Exception):
    pass


def without_repeats(body: bytes) -> bytes:
    """The object as it came; written anew, the last of equal keys winning, where it repeats one at any depth."""
    names = len(_names(body))
    if body.count(b":") == names:  # each key has one, so that there are no more keys than these
        return body
    if body.count(b"{") > 1:
        names = _count(_decode(body))
    if body.count(b'":') == names and _SPACE_BEFORE_COLON.search(body) is None:
        return body
    try:
        json.loads(body, object_pairs_hook=_look)
    except _RepeatedError:
        return to_json(from_json(body.decode())).encode()
    return body


def _count(value: Any) -> int:
    """The keys of all objects inside."""
    if type(value) is dict:
        return len(value) + sum(map(_count, value.values()))
    return sum(map(_count, value)) if type(value) is list else 0


def _look(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise _RepeatedError
