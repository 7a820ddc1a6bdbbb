"""Who is sending: the application server's key and its signed tokens (VAPID, RFC 8292)."""

from __future__ import annotations

import contextlib
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from relance.channels.web_push.encryption import public_point

TOKEN_SECONDS = 12 * 3600  # RFC 8292 allows 24 hours at most
RENEW_SECONDS = 3600  # a token this near its end is not used any more
ORIGINS_KEPT = 256  # push services are a handful; more origins than this start the cache anew


def to_base64url(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Read base64url with or without padding. Raises ``ValueError``."""
    data = text.rstrip("=").encode("ascii")
    if any(byte not in _ALPHABET for byte in data):
        raise ValueError("This is not base64url.")
    return urlsafe_b64decode(data.replace(b"+", b"-").replace(b"/", b"_") + b"=" * (-len(data) % 4))


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/"


def load_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """The application server's key, made at first start. Two processes that start at once end up with the same one."""
    if not file.exists():
        _make_key(file)
    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{file} holds no elliptic-curve key.")
    return key


def read_public_key(file: Path) -> str:
    """The application server's key in base64url, as browsers want it (``applicationServerKey``)."""
    return to_base64url(public_point(load_key(file).public_key()))


def _make_key(file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as output:
        output.write(pem)
        output.flush()
        os.fsync(output.fileno())
    # A link is made whole or not at all, and never over a key that is there: the first process wins.
    with contextlib.suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()


class VapidSigner:
    """Signs for one application server; a token is kept per origin until it nears its end."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, contact: str) -> None:
        self._key = key
        self._contact = contact
        self._kept: dict[str, tuple[str, float]] = {}
        self.public_key = to_base64url(public_point(key.public_key()))

    def authorization(self, origin: str, now: float) -> str:
        """The ``Authorization`` header for a push service. ``now`` is real time in seconds: tokens end in real time."""
        header, renew_at = self._kept.get(origin, ("", 0.0))
        if now < renew_at:
            return header
        expires_at = int(now) + TOKEN_SECONDS
        header = f"vapid t={self._sign(origin, expires_at)}, k={self.public_key}"
        if len(self._kept) >= ORIGINS_KEPT:
            self._kept.clear()
        self._kept[origin] = (header, expires_at - RENEW_SECONDS)
        return header

    def _sign(self, origin: str, expires_at: int) -> str:
        header = msgspec.json.encode({"typ": "JWT", "alg": "ES256"})
        claims = msgspec.json.encode({"aud": origin, "exp": expires_at, "sub": self._contact})
        signed = f"{to_base64url(header)}.{to_base64url(claims)}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{to_base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
