"""The phones' private keys: a file each, readable by this account only."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

KEPT = 4_096  # keys held in memory
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


class PhoneKey(msgspec.Struct, frozen=True):
    """What a browser keeps of a subscription."""

    private: bytes  # DER, PKCS 8
    auth: bytes  # 16 bytes


class Keys:
    """Makes and reads the key files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._kept: dict[str, tuple[ec.EllipticCurvePrivateKey, bytes]] = {}

    def make(self, push_id: str) -> tuple[bytes, bytes]:
        """Make a key pair: the public point (65 bytes) and the auth secret (16 bytes)."""
        private = ec.generate_private_key(ec.SECP256R1())
        auth = os.urandom(16)
        key = PhoneKey(private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), auth)
        descriptor = os.open(self._folder / f"{push_id}.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(key))
        return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint), auth

    def read(self, push_id: str) -> tuple[ec.EllipticCurvePrivateKey, bytes] | None:
        """The private key and the auth secret; None where there is no such file."""
        found = self._kept.get(push_id)
        if found is not None:
            return found
        if not _ID.fullmatch(push_id):
            return None
        try:
            key = msgspec.json.decode((self._folder / f"{push_id}.json").read_bytes(), type=PhoneKey)
        except FileNotFoundError:
            return None
        private = load_der_private_key(key.private, None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise TypeError(f"The key of {push_id} is not an elliptic-curve key.")
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[push_id] = (private, key.auth)
        return private, key.auth

    def remove(self, push_id: str) -> None:
        """Forget a key: what was encrypted for it can no longer be read."""
        self._kept.pop(push_id, None)
        (self._folder / f"{push_id}.json").unlink(missing_ok=True)
