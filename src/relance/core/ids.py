"""Ids: random for what people create, computed for what a tick creates."""

from __future__ import annotations

import secrets
from hashlib import blake2b


def random_token(prefix: str, size: int = 24) -> str:
    """An unguessable, URL-safe token of ``size`` random bytes behind a readable prefix."""
    return f"{prefix}_{secrets.token_urlsafe(size)}"


def stable_id(*parts: str | int) -> str:
    """A 128-bit id computed from its cause: the same parts give the same id on every machine and on every replay."""
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def event_key(message_id: str, name: str, user_id: str, anonymous_id: str) -> str:
    """Identifies an event within its app: the message id alone does not, since another sender may reuse it.

    Two events with the same key are the same event. Ids of whatever an event causes are derived from this key.
    """
    return "\0".join((message_id, name, user_id, anonymous_id))


def stable_beginning(*parts: str | int) -> str:
    """The prefix of ids whose causes share these parts; the rest of such an id is its own numbers, in clear.

    Hashing each one would cost more than everything else an announced change needs.
    """
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def hash64(*parts: str | int) -> int:
    """An unsigned 64-bit hash of the parts, the same on every machine."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
