"""Where a URL leads, parsed as browsers do (WHATWG URL), which accept more than the standard library's parser. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from ada_url import URL

# Without both slashes a browser may treat the address as relative to its page, which a mailbox does not have.
_ABSOLUTE = re.compile(r"https?:[/\\]{2}", re.IGNORECASE)
_AROUND = "".join(map(chr, range(0x21)))  # C0 controls and space
_SHORT = 500  # characters
_WITHIN = str.maketrans("", "", "\t\n\r")


class WebAddress:
    """An http(s) URL as it is requested: ``href`` in ASCII with host and path encoded; ``host`` alone, in ASCII."""

    __slots__ = ("host", "href")

    def __init__(self, href: str, host: str) -> None:
        self.href = href
        self.host = host


def web_address(text: str) -> WebAddress | None:
    """The request a browser would make for ``text`` on any page, or None if it is not an absolute http(s) URL.

    Backslashes count as slashes, tabs and line breaks are dropped, non-ASCII is encoded, and host names follow UTS 46: all as in
    a browser. Short ones are remembered for a while: most links of a message are the same for everybody.
    """
    return _known(text) if len(text) <= _SHORT else _read(text)


def _read(text: str) -> WebAddress | None:
    cleaned = text.strip(_AROUND).translate(_WITHIN)
    if not _ABSOLUTE.match(cleaned):
        return None
    try:
        read = URL(cleaned)
        href, host = str(read.href), str(read.hostname)
    except (ValueError, UnicodeError):
        return None
    return WebAddress(href, host) if host and href.isascii() else None


_known = lru_cache(maxsize=2_048)(_read)


def matches(host: str, allowed: str) -> bool:
    """Whether ``host`` is the allowed host, or a subdomain of it where that is written ``*.shop.example``."""
    return host == allowed or (allowed.startswith("*.") and host.endswith(allowed[1:]))
