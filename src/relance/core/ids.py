"""Ids: random ones for what people make, computed ones for what the tick makes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import blake2b


def random_token(prefix: str, size: int = 24) -> str:
    """An unguessable token of ``size`` random bytes, URL-safe, behind a readable prefix."""
    return f"{prefix}_{secrets.token_urlsafe(size)}"


def stable_id(*parts: str | int) -> str:
    """A 128-bit id computed from its cause: the same parts give the same id on any machine and on any replay."""
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def stable_ids(*parts: str | int) -> Callable[[int, int], str]:
    """Ids of many causes that begin with these parts and end with two numbers: a hash of the parts, then the numbers themselves.

    A hash for each would take longer than all else that is done to tell of a change.
    """
    beginning = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).hexdigest()

    def of(one: int, other: int) -> str:
        return f"{beginning}-{one}-{other}"

    return of


def hash64(*parts: str | int) -> int:
    """An unsigned 64-bit hash of the parts, the same on any machine."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
