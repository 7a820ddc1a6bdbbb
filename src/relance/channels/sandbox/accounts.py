"""The sandbox's accounts with the services that stand in for Apple's, Google's and Twilio's: made once, kept in one file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from relance.channels.sandbox.apns import ApnsAccount
from relance.channels.sandbox.fcm import TOKEN_PATH, FcmAccount
from relance.channels.sandbox.twilio import TwilioAccount

TEAM, KEY_ID, TOPIC = "SANDBOX000", "SANDBOXKEY", "com.example.shop"
PROJECT = "relance-sandbox"
SENDER = "+46701740605"  # the first of those that Sweden keeps for films and books: nobody has it


class _Kept(msgspec.Struct):
    apns_key: str
    fcm_key: str
    twilio_sid: str
    twilio_token: str
    port: int = 0


class SandboxAccounts:
    """Three accounts in a file. ``port`` is where their services were last."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            self._kept = _made()
            self._write()
        apns_key, fcm_key = (load_pem_private_key(each.encode(), None) for each in (self._kept.apns_key, self._kept.fcm_key))
        if not isinstance(apns_key, ec.EllipticCurvePrivateKey) or not isinstance(fcm_key, rsa.RSAPrivateKey):
            raise TypeError(f"{file} holds other keys than those that were written.")
        self.apns = ApnsAccount(apns_key, TEAM, KEY_ID, TOPIC)
        self.fcm = FcmAccount(fcm_key, PROJECT, f"relance@{PROJECT}.iam.gserviceaccount.com")
        self.twilio = TwilioAccount(self._kept.twilio_sid, self._kept.twilio_token)

    @property
    def port(self) -> int:
        return self._kept.port

    def moved(self, port: int) -> None:
        """The services are at this port now."""
        if port != self._kept.port:
            self._kept.port = port
            self._write()

    def providers(self, origin: str) -> list[dict[str, Any]]:
        """What an app is told to send through them: the bodies of ``POST …/providers``."""
        return [
            {
                "type": "apns",
                "name": "Sandbox: iPhones",
                "settings": {"team_id": TEAM, "key_id": KEY_ID, "topic": TOPIC, "base_url": origin},
                "secrets": {"key": self.apns.p8()},
            },
            {
                "type": "fcm",
                "name": "Sandbox: Android",
                "settings": {"base_url": origin, "token_url": f"{origin}{TOKEN_PATH}"},
                "secrets": {"service_account": self.fcm.service_account()},
            },
            {
                "type": "twilio",
                "name": "Sandbox: SMS",
                "settings": {"account_sid": self.twilio.sid, "sender": SENDER, "base_url": origin},
                "secrets": {"auth_token": self.twilio.token},
            },
        ]

    def _write(self) -> None:
        unfinished = self._file.with_suffix(".new")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(self._kept))
        unfinished.replace(self._file)


def _made() -> _Kept:
    keys = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    apns_key, fcm_key = (each.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() for each in keys)
    return _Kept(apns_key, fcm_key, f"AC{secrets.token_hex(16)}", secrets.token_hex(16))
