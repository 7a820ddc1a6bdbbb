"""Storage of webhooks' secrets: encrypted under a key derived from the server's secret, which the store does not hold."""

from __future__ import annotations

from base64 import b64decode, b64encode

from relance.accounts.secrets import seal, unseal
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

SEALED = "sealed:"
_PURPOSE = "webhook secret"


class Sealing:
    """Encrypts secrets for storage and decrypts them. ``secret`` is the server's."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, text: str) -> str:
        """The encrypted secret."""
        return SEALED + b64encode(seal(self._secret, _PURPOSE, text.encode())).decode()

    def open(self, kept: str) -> str:
        """The secret itself; one that an earlier version stored in clear is returned as is.

        Raises ``InvalidError`` if it was encrypted under another secret.
        """
        if not kept.startswith(SEALED):
            return kept
        opened = unseal(self._secret, _PURPOSE, b64decode(kept.removeprefix(SEALED)))
        if opened is None:
            raise InvalidError(
                ErrorText(
                    "webhook_secret_sealed", "The webhook's secret was kept under another secret of the server: rotate it."
                ),
                path="secret",
            )
        return opened.decode()
