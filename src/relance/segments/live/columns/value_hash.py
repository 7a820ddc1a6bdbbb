"""Hashes values of any length to 64 bits, equally in every process that has the key. Live state stores only these."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from relance.segments.live.columns.person_column import Bools, Ids
from relance.segments.rule.values import identity

KEY_BYTES = 16
_REMEMBERED = 65_536


class ValueHashes(NamedTuple):
    """The hashes of many values, and which of them have one."""

    bits: Ids
    known: Bools


class Identities:
    """A keyed hash of values. The key is part of the state: senders do not know it, and so cannot construct collisions. By
    chance, two of a person's values collide in one case of 10¹⁵ at most.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self.key = secrets.token_bytes(KEY_BYTES) if key is None else key
        self._texts: dict[str, int] = {}  # recently used

    def of(self, found: Any) -> int | None:
        """A signed 64-bit number, equal for values that ``identity`` considers equal; None for values without identity."""
        if type(found) is str:
            bits = self._texts.get(found)
            if bits is None:
                if len(self._texts) >= _REMEMBERED:
                    self._texts.clear()
                bits = self._texts[found] = self._hash(b"text", found.encode(errors="surrogatepass"))
            return bits
        known = identity(found)
        if known is None:
            return None
        kind, value = known
        return self.of(value) if isinstance(value, str) else self._hash(kind.encode(), repr(value).encode())

    def column(self, found: Sequence[Any]) -> ValueHashes:
        """``of`` for many values."""
        try:
            bits = list(map(self._texts.get, found)) if set(map(type, found)) == {str} else list(map(self.of, found))
            return ValueHashes(np.array(bits, np.int64), np.ones(len(bits), np.bool_))
        except TypeError:  # None among them
            bits = list(map(self.of, found))
        known = np.array([each is not None for each in bits], np.bool_)
        return ValueHashes(np.array([each or 0 for each in bits], np.int64), known)

    def _hash(self, kind: bytes, value: bytes) -> int:
        digest = blake2b(value, digest_size=8, key=self.key, person=kind).digest()
        return int.from_bytes(digest, "little", signed=True)
