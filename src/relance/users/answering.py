"""A person's own no, or the end of one, at an address that nobody has: there is no person whose history could tell it."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from relance.infra.database import writing
from relance.users.consent_store import put_address_consents
from relance.users.model import GENERAL
from relance.users.pseudonyms import pseudonyms_of


def answer_at(engine: Engine, app_id: int, channel: str, address: str, at: int, *, granted: bool, source: str) -> None:
    """It holds for whoever has the address later; only a keyed hash of the address is stored. The newest answer counts."""
    with writing(engine) as connection:
        key = pseudonyms_of(connection).address(app_id, channel, address)
        put_address_consents(connection, [(app_id, key, GENERAL, granted, source, at)])
