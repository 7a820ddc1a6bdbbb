"""Encryption of what the stores keep, under keys derived from the server's secret, which the stores do not hold."""

from __future__ import annotations

import hmac
import os
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

SEALED = "sealed:"
WEBHOOK_SECRETS = "webhook secret"
PROVIDER_SECRETS = "provider secret"


def seal(secret: bytes, purpose: str, plain: bytes) -> bytes:
    """Encrypt for storage. The key is derived from the server's secret and ``purpose``."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_derived(secret, purpose)).encrypt(nonce, plain, None)


def unseal(secret: bytes, purpose: str, sealed: bytes) -> bytes | None:
    """Decrypt the output of ``seal``; ``None`` if secret or purpose differ."""
    try:
        return AESGCM(_derived(secret, purpose)).decrypt(sealed[:12], sealed[12:], None)
    except InvalidTag:
        return None


def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, purpose.encode("utf-8", "surrogatepass"), "sha256")


class Sealing:
    """Encrypts texts for storage and decrypts them. ``secret`` is the server's; texts of one ``purpose`` open under it alone."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._secret = secret
        self._purpose = purpose

    def seal(self, text: str) -> str:
        """The encrypted text."""
        return SEALED + b64encode(seal(self._secret, self._purpose, text.encode())).decode()

    def open(self, kept: str) -> str:
        """The text itself; one that an earlier version stored in clear is returned as is.

        Raises ``InvalidError`` if it was encrypted under another secret.
        """
        if not kept.startswith(SEALED):
            return kept
        opened = unseal(self._secret, self._purpose, b64decode(kept.removeprefix(SEALED)))
        if opened is None:
            raise InvalidError(
                ErrorText("secret_sealed", "This secret was encrypted under a different server secret: replace it."),
                path="secret",
            )
        return opened.decode()
