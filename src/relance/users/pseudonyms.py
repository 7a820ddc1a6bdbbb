"""Pseudonyms for deleted people's ids and for addresses with statements: hashes keyed with the server's secret.

Ids and addresses can be guessed: with a plain hash, whoever has the database could try them all. The key is derived from the
secret in the data folder and attached to the state store's engine. Opening a store without it (a tool) leaves plain hashes; the
next start replaces those, and those of earlier versions, by keyed ones (``rekeying``).
"""

from __future__ import annotations

import hmac
from typing import Final

from sqlalchemy.engine import Connection, Engine

from relance.core.ids import stable_id

KEYED: Final = "k"  # the prefix of keyed hashes: plain ones contain no letter beyond f
_OPTION = "relance_pseudonyms"
_LENGTH = 32  # hexadecimal digits of a hash
_NAME = 8  # … and of the key's own name


class Pseudonyms:
    """The pseudonyms of one key. Without a key they are plain hashes."""

    def __init__(self, secret: bytes = b"") -> None:
        self._key = hmac.digest(secret, b"pseudonyms", "sha256") if secret else b""
        #: The prefix of all pseudonyms of this key; empty without one.
        self.beginning = f"{KEYED}{hmac.digest(self._key, b'name', 'sha256').hex()[:_NAME]}." if secret else ""

    def alias(self, app_id: int, kind: str, value: str) -> str:
        """The pseudonym of a deleted person's id."""
        return self.keyed(stable_id(app_id, kind, value))

    def address(self, app_id: int, channel: str, address: str) -> str:
        """The pseudonym of an address whose statements must outlive it."""
        return self.keyed(stable_id("address", app_id, channel, address))

    def keyed(self, plain: str) -> str:
        """The pseudonym for a plain hash."""
        if not self._key:
            return plain
        return self.beginning + hmac.digest(self._key, plain.encode(), "sha256").hex()[:_LENGTH]


PLAIN: Final = Pseudonyms()


def use_secret(engine: Engine, secret: bytes) -> None:
    """Use this secret's pseudonyms in everything read and written through the engine."""
    engine.update_execution_options(**{_OPTION: Pseudonyms(secret)})


def pseudonyms_of(source: Connection | Engine) -> Pseudonyms:
    """The pseudonyms of an engine, or of a connection's engine."""
    found: Pseudonyms = source.get_execution_options().get(_OPTION, PLAIN)
    return found
