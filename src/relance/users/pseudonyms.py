"""What deleted people's ids, and addresses that were answered for, are kept as: hashes that need the server's secret.

Ids and addresses can be guessed: whoever has the database could try them all against a plain hash. The key is derived from the
secret in the data folder and travels with the state store's engine. Whoever opens a store without it (a tool) leaves plain
hashes; the next start replaces those, and what an earlier version left, by keyed ones (``rekeying``).
"""

from __future__ import annotations

import hmac
from typing import Final

from sqlalchemy.engine import Connection, Engine

from relance.core.ids import stable_id

KEYED: Final = "k"  # how a keyed hash begins: a plain one has no letter beyond f
_OPTION = "relance_pseudonyms"
_LENGTH = 32  # hexadecimal digits of a hash
_NAME = 8  # … and of the name of the key that made it


class Pseudonyms:
    """The names of one key. Without a key they are plain hashes."""

    def __init__(self, secret: bytes = b"") -> None:
        self._key = hmac.digest(secret, b"pseudonyms", "sha256") if secret else b""
        #: How all names of this key begin; empty without one.
        self.beginning = f"{KEYED}{hmac.digest(self._key, b'name', 'sha256').hex()[:_NAME]}." if secret else ""

    def alias(self, app_id: int, kind: str, value: str) -> str:
        """What an id of a deleted person is known by."""
        return self.keyed(stable_id(app_id, kind, value))

    def address(self, app_id: int, channel: str, address: str) -> str:
        """What an address is known by where what was said of it must outlive it."""
        return self.keyed(stable_id("address", app_id, channel, address))

    def keyed(self, plain: str) -> str:
        """The name made of a plain hash."""
        if not self._key:
            return plain
        return self.beginning + hmac.digest(self._key, plain.encode(), "sha256").hex()[:_LENGTH]


PLAIN: Final = Pseudonyms()


def use_secret(engine: Engine, secret: bytes) -> None:
    """Let all that is read and written through the engine go by the names that this secret gives."""
    engine.update_execution_options(**{_OPTION: Pseudonyms(secret)})


def pseudonyms_of(source: Connection | Engine) -> Pseudonyms:
    """The names that an engine goes by, or a connection of it."""
    found: Pseudonyms = source.get_execution_options().get(_OPTION, PLAIN)
    return found
