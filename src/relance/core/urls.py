"""Where an address leads: as a browser reads it (WHATWG URL), which is more than a standard library's parser takes in. Pure."""

from __future__ import annotations

import re

from ada_url import URL

# Without both slashes a browser may take the address as relative to the page it stands on, which a mailbox does not tell.
_ABSOLUTE = re.compile(r"https?:[/\\]{2}", re.IGNORECASE)
_AROUND = "".join(map(chr, range(0x21)))  # C0 controls and space
_WITHIN = str.maketrans("", "", "\t\n\r")


class WebAddress:
    """An http(s) address as it is requested: ``href`` in ASCII, host and path encoded; ``host`` alone, in ASCII."""

    __slots__ = ("host", "href")

    def __init__(self, href: str, host: str) -> None:
        self.href = href
        self.host = host


def web_address(text: str) -> WebAddress | None:
    """What a browser would request for ``text`` wherever it stands, or None where that is no absolute http(s) address.

    Backslashes are slashes, tabs and line breaks are left out, what lies beyond ASCII is encoded, and names of hosts
    are those of UTS 46: all as the browser would do itself.
    """
    cleaned = text.strip(_AROUND).translate(_WITHIN)
    if not _ABSOLUTE.match(cleaned):
        return None
    try:
        read = URL(cleaned)
        href, host = str(read.href), str(read.hostname)
    except (ValueError, UnicodeError):
        return None
    return WebAddress(href, host) if host and href.isascii() else None


def matches(host: str, allowed: str) -> bool:
    """Whether ``host`` is the allowed one, or one below it where it is written ``*.shop.example``."""
    return host == allowed or (allowed.startswith("*.") and host.endswith(allowed[1:]))
