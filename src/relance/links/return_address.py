"""Return addresses that name the delivery they were made for (VERP), so that what comes back is believed of no other. Pure.

The local part is ``b+`` and a token in lower-case base32 (mail servers may change case): the delivery's id, the day, and two
signatures under the server's secret. The first covers id and day, so that a forged address is refused before anything is looked
up. The second covers the recipient too: it proves an address that a notice names when ours was forgotten with its person.
"""

from __future__ import annotations

import hmac
from base64 import b32decode, b32encode
from binascii import Error as Base32Error
from typing import NamedTuple

from relance.core.time import DAY

PREFIX = "b+"
VALID_DAYS = 30  # queues give up after a week at most; complaints come within a few
_ID, _DAY, _SEAL, _PROOF = 16, 2, 8, 6  # bytes
_LENGTH = _ID + _DAY + _SEAL + _PROOF
_PURPOSE = b"relance return address\x00"


class ReturnToken(NamedTuple):
    """What a return address says. ``proof`` is the signature that covers the recipient."""

    delivery_id: str
    day: bytes
    proof: bytes


def sign_return(secret: bytes, delivery_id: str, address: str, now: int, domain: str) -> str:
    """The return address of a delivery to ``address`` that leaves at ``now`` (ms)."""
    delivery, day = bytes.fromhex(delivery_id), (now // DAY).to_bytes(_DAY, "big")
    token = delivery + day + _seal(secret, delivery + day) + _prove(secret, delivery + day, address)
    return f"{PREFIX}{b32encode(token).decode().rstrip('=').lower()}@{domain}"


def read_return(secret: bytes, address: str, domain: str, now: int) -> ReturnToken | None:
    """What a return address at ``domain`` says; None if this server did not make it, or too long ago."""
    local, _, host = address.rpartition("@")
    if host.lower().rstrip(".") != domain.lower() or not local.lower().startswith(PREFIX):
        return None
    text = local[len(PREFIX) :].upper()
    try:
        raw = b32decode(text + "=" * (-len(text) % 8))
    except (Base32Error, ValueError):
        return None
    signed, seal, proof = raw[: _ID + _DAY], raw[_ID + _DAY : -_PROOF], raw[-_PROOF:]
    if len(raw) != _LENGTH or not hmac.compare_digest(seal, _seal(secret, signed)):
        return None
    day = signed[_ID:]
    age = now // DAY - int.from_bytes(day, "big")
    return ReturnToken(signed[:_ID].hex(), day, proof) if -1 <= age <= VALID_DAYS else None


def is_recipient(secret: bytes, token: ReturnToken, address: str) -> bool:
    """Whether the return address was made for a mail to ``address``."""
    return hmac.compare_digest(token.proof, _prove(secret, bytes.fromhex(token.delivery_id) + token.day, address))


def _seal(secret: bytes, signed: bytes) -> bytes:
    return hmac.digest(secret, _PURPOSE + signed, "sha256")[:_SEAL]


def _prove(secret: bytes, signed: bytes, address: str) -> bytes:
    return hmac.digest(secret, _PURPOSE + signed + address.lower().encode(), "sha256")[:_PROOF]
