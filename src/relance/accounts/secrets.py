"""Keys and session tokens: their format and how they are stored. No I/O."""

from __future__ import annotations

import hashlib
import re

from relance.accounts.model import KeyKind
from relance.core.ids import random_token

PREFIX = {KeyKind.WRITE: "rlw", KeyKind.BROWSER: "rlb", KeyKind.API: "rla"}
IDENTITY_PREFIX = "rls"
_SHAPE = re.compile(r"rl[wba]_[A-Za-z0-9_-]{32}")


def new_key(kind: KeyKind) -> str:
    """An unguessable key (192 bits) whose prefix names its kind."""
    return random_token(PREFIX[kind])


def new_identity_secret() -> str:
    """A secret to sign user ids with (HMAC-SHA256: 256 bits)."""
    return random_token(IDENTITY_PREFIX, 32)


def looks_like_key(text: str) -> bool:
    """Whether the text has the form of a key; anything else is not looked up."""
    return _SHAPE.fullmatch(text) is not None


def fingerprint(text: str | bytes) -> str:
    """The hash under which a key or token is stored. Plain SHA-256 is fine here: the text is random, not a password."""
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(raw).hexdigest()
