"""Signed links: what a tracking URL carries, and the proof that this server made it.

A token is base64url of ``kind · delivery · target · mac``. The target of a click stands inside the token, so a link can
lead nowhere but where the message pointed: there is no open redirect. The mac is HMAC-SHA256 cut to 16 bytes, over
everything before it and a prefix that keeps these tokens apart from whatever else the secret signs.
"""

from __future__ import annotations

import hmac
import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from enum import StrEnum

import msgspec

from relance.core.error_text import ErrorText
from relance.links.errors import LinkInvalidError

_MAC_SIZE = 16
_PURPOSE = b"relance tracking link\x00"
_ID_SIZE = 16
LONGEST_TOKEN = 8_192
_ALPHABET = string.ascii_letters + string.digits + "-_"
LONGEST_TARGET = LONGEST_TOKEN // 4 * 3 - (1 + _ID_SIZE + _MAC_SIZE)  # bytes


class LinkKind(StrEnum):
    """What following the link means. Also the path under ``/t/``."""

    OPEN = "o"
    CLICK = "c"
    UNSUBSCRIBE = "u"
    CONFIRM = "k"  # the address is theirs
    DELETION = "d"  # they want to be deleted
    PREFERENCES = "s"  # what they choose about messages
    PUSH = "p"  # receipts of a push: delivered, clicked, dismissed


class Link(msgspec.Struct, frozen=True):
    """What a token says."""

    delivery_id: str
    kind: LinkKind
    target: str = ""


def sign(secret: bytes, delivery_id: str, kind: LinkKind | str, target: str = "") -> str:
    """The token of a link. ``delivery_id`` is 32 hexadecimal digits; ``target`` is where a click leads.

    Raises ``ValueError`` where ``read`` would not take it: for a target over ``LONGEST_TARGET``.
    """
    delivery = bytes.fromhex(delivery_id)
    if len(delivery) != _ID_SIZE:
        raise ValueError("a delivery's id is 32 hexadecimal digits")
    content = LinkKind(kind).encode() + delivery + target.encode()
    if len(content) > LONGEST_TARGET + 1 + _ID_SIZE:
        raise ValueError(f"the target of a link has at most {LONGEST_TARGET} bytes")
    return urlsafe_b64encode(content + _mac(secret, content)).rstrip(b"=").decode()


def read(secret: bytes, token: str) -> Link:
    """What the token says. Raises ``LinkInvalidError`` unless ``sign`` made it with the same secret.

    What mailboxes and people leave at a link's end (a full stop, a bracket, a line's end) is none of it.
    """
    token = token[: len(token) - len(token.lstrip(_ALPHABET))]
    if len(token) > LONGEST_TOKEN:
        raise LinkInvalidError(ErrorText("tracking_link", "This link is not one of ours."))
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeEncodeError, Base64Error, ValueError):
        raise LinkInvalidError(ErrorText("tracking_link", "This link is not one of ours.")) from None
    content, mac = raw[:-_MAC_SIZE], raw[-_MAC_SIZE:]
    if len(content) < 1 + _ID_SIZE or not hmac.compare_digest(mac, _mac(secret, content)):
        raise LinkInvalidError(ErrorText("tracking_link", "This link is not one of ours."))
    return Link(content[1 : 1 + _ID_SIZE].hex(), LinkKind(content[:1].decode()), content[1 + _ID_SIZE :].decode())


def _mac(secret: bytes, content: bytes) -> bytes:
    return hmac.digest(secret, _PURPOSE + content, "sha256")[:_MAC_SIZE]
