"""Short links, for texts that are paid for by length: a code that cannot be guessed stands for a signed link. Pure.

The code is ten letters and digits of an HMAC over the delivery, the kind and the target, so that the same link has the same code
at each attempt. What it stands for is kept in a table (``messaging.short_links``); a code without a row leads nowhere.
"""

from __future__ import annotations

import hmac
import re
import string

import msgspec

from relance.core.urls import web_address
from relance.links.errors import LinkInvalidError
from relance.links.signing import LinkKind, read
from relance.links.tracked import Links

MOST = 10  # of one message; further ones stay as they are
LENGTH = 10  # 59 bits
PATH = "l"
CODE = re.compile(rf"[0-9A-Za-z]{{{LENGTH}}}")
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PURPOSE = b"relance short link\x00"
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_BEHIND = ".,;:!?'’»)]}"  # ends a sentence rather than an address
_SAMPLE = "0" * LENGTH


class ShortLink(msgspec.Struct, frozen=True):
    """What a code stands for: a link of a delivery. ``target``: where a click leads; empty for the other kinds."""

    code: str
    delivery_id: str
    kind: LinkKind
    target: str = ""


def shortened(text: str, links: Links) -> tuple[str, list[ShortLink]]:
    """The text with its links led through short ones: those that may be tracked, and the server's own.

    Of a preview the codes are made up, as long as they will be.
    """
    found: dict[str, ShortLink] = {}

    def short(match: re.Match[str]) -> str:
        url = match[0].rstrip(_BEHIND)
        named = _named(url, links)
        if named is None:
            return match[0]
        link = ShortLink(code_of(links, *named), links.delivery_id, *named)
        if link.code not in found and len(found) == MOST:
            return match[0]
        found[link.code] = link
        return f"{links.base}/{PATH}/{link.code if links.tracks else _SAMPLE}{match[0][len(url) :]}"

    return _WEB.sub(short, text), list(found.values()) if links.tracks else []


def code_of(links: Links, kind: LinkKind, target: str) -> str:
    """The code of one link of a delivery."""
    cause = f"{links.delivery_id}\x1f{kind.value}\x1f{target}".encode()
    number = int.from_bytes(hmac.digest(links.secret, _PURPOSE + cause, "sha256"), "big")
    code = ""
    for _ in range(LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        code += _ALPHABET[digit]
    return code


def _named(url: str, links: Links) -> tuple[LinkKind, str] | None:
    """What a link of the text is; None where it stays as it is written."""
    address = web_address(url)
    if address is None:
        return None
    if not links.is_ours(address):
        return (LinkKind.CLICK, links.target(address)) if links.may_lead_to(address) else None
    if not links.tracks:
        return LinkKind.UNSUBSCRIBE, url
    try:
        link = read(links.secret, address.href.rpartition("/")[2])
    except (LinkInvalidError, ValueError):
        return None
    return (link.kind, link.target) if link.delivery_id == links.delivery_id else None
