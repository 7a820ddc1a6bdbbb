"""What keeps a page readable in mailboxes that are dark, put into it once for each text. Pure.

A piece of HTML becomes a page of its own with colours for both. A whole page was written for a light one: it says so, and
mailboxes then leave its colours alone instead of turning some of them. One that speaks of dark mode itself stays as it is.
"""

from __future__ import annotations

from functools import lru_cache

from relance.markup.parts import PartKind, parts

_STYLE = (
    ":root{color-scheme:light dark;supported-color-schemes:light dark}"
    "body{margin:0;padding:16px;background:#ffffff;color:#1b2226;"
    "font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}"
    "a{color:#0b5cad}img{max-width:100%;height:auto;border:0}"
    "@media (prefers-color-scheme:dark){body{background:#15191c!important;color:#e6eaec!important}a{color:#7db7f0!important}}"
    "[data-ogsb] body{background:#15191c!important}"
    "[data-ogsc] body{color:#e6eaec!important}[data-ogsc] a{color:#7db7f0!important}"
)
_BOTH = '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
_LIGHT = (
    '<meta name="color-scheme" content="light"><meta name="supported-color-schemes" content="light">'
    "<style>:root{color-scheme:light;supported-color-schemes:light}</style>"
)
_BEFORE = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
    f"{_BOTH}<style>{_STYLE}</style></head><body>"
)
_AFTER = "</body></html>"
_OF_PAGES = frozenset(("html", "head", "body"))
_SPEAKS_OF_IT = ("color-scheme", "data-ogsc", "data-ogsb")


@lru_cache(maxsize=64)
def based(source: str) -> str:
    """A template with the base style."""
    if any(word in source for word in _SPEAKS_OF_IT):
        return source
    opened = {part.name: part for part in parts(source) if part.kind is PartKind.OPENS and part.name in _OF_PAGES}
    if not opened:
        return f"{_BEFORE}{source}{_AFTER}"
    if "head" in opened:
        at = opened["head"].end
    elif "html" in opened:
        at = opened["html"].end
        return f"{source[:at]}<head>{_LIGHT}</head>{source[at:]}"
    else:
        at = opened["body"].start
    return f"{source[:at]}{_LIGHT}{source[at:]}"
