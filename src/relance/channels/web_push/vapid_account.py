"""A key pair with which an app's subscriptions were made elsewhere: its settings and secrets, and what of them can be checked.

A browser takes pushes only from the key that it subscribed with (RFC 8292, 4.1). With the pair of the system they come from,
subscriptions go on working here without anybody being asked again.
"""

from __future__ import annotations

import contextlib
from typing import Annotated

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Meta

from relance.channels.provider_type import ProviderContext, ProviderType
from relance.channels.web_push.encryption import public_point
from relance.channels.web_push.vapid import from_base64url, to_base64url
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256's base point


class VapidSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The public half, by which subscriptions name their key, and whom push services may turn to."""

    public_key: Annotated[
        str, Meta(min_length=1, max_length=200, title="Public key", description="As pages passed it: applicationServerKey.")
    ]
    contact: Annotated[
        str, Meta(max_length=300, title="Contact", description="A mailto: or https: address; empty: the server's.")
    ] = ""


class VapidSecrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The private half."""

    private_key: Annotated[
        str, Meta(min_length=1, max_length=2_000, title="Private key", description="In base64url, or as a PEM file.")
    ]


def private_key_of(text: str) -> ec.EllipticCurvePrivateKey:
    """The key in base64url (32 bytes) or PEM. Raises ``InvalidError`` at ``secrets.private_key``."""
    key: object = None
    with contextlib.suppress(ValueError, TypeError, UnsupportedAlgorithm):
        if "-----BEGIN" in text:
            key = load_pem_private_key(text.encode(), None)
        else:
            number = int.from_bytes(_exactly(from_base64url(text.strip()), 32), "big")
            key = ec.derive_private_key(number, ec.SECP256R1()) if 0 < number < _ORDER else None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise InvalidError(
            ErrorText("vapid_private_key", "Private key must be a P-256 key: 32 bytes in base64url, or a PEM file."),
            path="secrets.private_key",
        )
    return key


def canonical_key(text: str) -> str:
    """A public key in the one form that all spellings of it have: base64url without padding. Raises ``ValueError``."""
    point = _exactly(from_base64url(text.strip()), 65)
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return to_base64url(point)


def _exactly(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise ValueError(f"This has {len(data)} bytes instead of {size}.")
    return data


def check_key_pair(settings: VapidSettings, secrets: VapidSecrets, context: ProviderContext) -> None:  # noqa: ARG001 - it is used anywhere
    """Raises ``InvalidError`` at the field that cannot be used, or where the halves are not of one pair."""
    private = private_key_of(secrets.private_key)
    try:
        public = canonical_key(settings.public_key)
    except ValueError:
        raise InvalidError(
            ErrorText("vapid_public_key", "Public key must be a P-256 key: 65 bytes in base64url."), path="settings.public_key"
        ) from None
    if public != to_base64url(public_point(private.public_key())):
        raise InvalidError(ErrorText("vapid_pair", "This is not the private key of the public key."), path="secrets.private_key")
    if settings.contact and not settings.contact.startswith(("mailto:", "https://")):
        raise InvalidError(ErrorText("vapid_contact", "Contact must begin with mailto: or https://."), path="settings.contact")


def key_of(settings: VapidSettings) -> str:
    """By what subscriptions name the key."""
    return canonical_key(settings.public_key)


VAPID = ProviderType(
    name="vapid",
    title="Web push key of another system",
    channel="web_push",
    settings=VapidSettings,
    secrets=VapidSecrets,
    check=check_key_pair,
    key_of=key_of,
)
