"""Ids: random ones for what people make, computed ones for what the tick makes."""

from __future__ import annotations

import secrets
from hashlib import blake2b


def random_token(prefix: str, size: int = 24) -> str:
    """An unguessable token of ``size`` random bytes, URL-safe, behind a readable prefix."""
    return f"{prefix}_{secrets.token_urlsafe(size)}"


def stable_id(*parts: str | int) -> str:
    """A 128-bit id computed from its cause: the same parts give the same id on any machine and on any replay."""
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def event_key(message_id: str, name: str, user_id: str, anonymous_id: str) -> str:
    """What tells an event from all others of its app: a message id alone does not, since others may use it again.

    An event is a repeat if all of these are the same. What is made of an event has its id from this.
    """
    return "\0".join((message_id, name, user_id, anonymous_id))


def stable_beginning(*parts: str | int) -> str:
    """How ids of many causes begin that have these parts in common and go on with numbers of their own, as they are.

    A hash for each would take longer than all else that is done to tell of a change.
    """
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def hash64(*parts: str | int) -> int:
    """An unsigned 64-bit hash of the parts, the same on any machine."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
