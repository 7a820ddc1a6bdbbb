"""The shop's own server, as far as its pages need it: signs its users as JSON Web Tokens (HS256). Pure."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from relance.core.encoding import to_json

HOUR_SECONDS = 3_600


def sign_user(user_id: str, secret: str, now: int) -> str:
    """A token that proves ``user_id`` for an hour from ``now`` (ms)."""
    claims = {"sub": user_id, "exp": now // 1000 + HOUR_SECONDS}
    signed = f"{_part(to_json({'alg': 'HS256', 'typ': 'JWT'}).encode())}.{_part(to_json(claims).encode())}"
    return f"{signed}.{_part(hmac.digest(secret.encode(), signed.encode(), sha256))}"


def _part(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
