"""Identity tokens, by which an app's server proves a user id to us: JWTs (RFC 7519) signed HS256 with one of the app's identity
secrets; ``sub`` is the user id, ``exp`` and the optional ``nbf`` are in seconds. Pure.

The algorithm is fixed and never read from the token (RFC 8725, 3.1).
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from math import isfinite
from typing import Any, NamedTuple

import jwt

from relance.core.time import SECOND
from relance.core.trimming import trimmed

ALGORITHM = "HS256"
LEEWAY = 60 * SECOND  # tolerance for clock skew
_LAST = 100_000_000_000 * SECOND  # the year 5138; as milliseconds it is 1973, before anyone signed tokens
LONGEST = 4_096  # characters of a token


class Proof(NamedTuple):
    """What a token asserts: whom it is about, and its validity (real time in ms)."""

    subject: str
    expires_at: float
    begins_at: float = 0.0


class Unproven(StrEnum):
    """Why a token proves nothing."""

    MISSING = "missing"
    INVALID = "invalid"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    IN_MILLISECONDS = "in_milliseconds"  # its times are not in seconds: it would be valid for ages
    OTHER_USER = "other_user"


def unproven(token: Any, user_id: str, secrets: tuple[str, ...], now: int) -> Unproven | None:
    """Why a token does not prove the user id at ``now`` (real time in ms), or None if it does."""
    if token is None or token == "":
        return Unproven.MISSING
    if not isinstance(token, str) or len(token) > LONGEST:
        return Unproven.INVALID
    proof = _read(token, secrets)
    if proof is None:
        return Unproven.INVALID
    if max(proof.expires_at, proof.begins_at) > _LAST:
        return Unproven.IN_MILLISECONDS
    if proof.expires_at + LEEWAY <= now:
        return Unproven.EXPIRED
    if proof.begins_at - LEEWAY > now:
        return Unproven.NOT_YET
    return None if proof.subject == user_id else Unproven.OTHER_USER


@lru_cache(maxsize=4_096)
def _read(token: str, secrets: tuple[str, ...]) -> Proof | None:
    """The proof, if one of the secrets signed it. Cached: a page sends the same token with every call."""
    for secret in secrets:
        try:
            claims = jwt.decode(token, secret, algorithms=[ALGORITHM], options=_CHECKED)
        except (jwt.PyJWTError, UnicodeError, ValueError, RecursionError):
            continue
        subject, instant, begins = claims.get("sub"), _number(claims.get("exp")), _number(claims.get("nbf", 0))
        if isinstance(subject, int) and not isinstance(subject, bool):
            subject = str(subject)  # accept user ids sent as numbers
        if not isinstance(subject, str) or instant is None or begins is None:
            return None
        return Proof(trimmed(subject), instant * SECOND, begins * SECOND)
    return None


def _number(value: Any) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:
        return None


# Only the signature is checked here; times and subject are checked above, against arguments.
_CHECKED: Any = {
    "verify_signature": True,
    "require": ["exp", "sub"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
