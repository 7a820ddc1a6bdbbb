"""The plain part of an e-mail whose author wrote only HTML: its words, one block a line, each link with where it leads. Pure."""

from __future__ import annotations

import re

from relance.core.urls import web_address
from relance.markup.parts import MarkupPart, PartKind, attribute, names, parts
from relance.markup.references import in_text

_BLOCKS = names(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li listing main menu nav ol option p plaintext pre search section "
    "summary table tr ul xmp"
)
_CELLS = frozenset(("td", "th"))
_LINKS = frozenset(("a", "area"))
_PICTURES = frozenset(("img", "area"))
_UNSEEN = frozenset(("script", "style", "title", "iframe", "noembed", "noframes"))  # raw texts that no page shows
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?=.)", re.IGNORECASE)
_NO_PLACES = frozenset(("about:", "blob:", "cid:", "data:", "file:", "javascript:", "vbscript:"))
_SPOKEN = frozenset(("mailto:", "tel:", "sms:"))  # whoever reads the address needs no scheme before it
_PLAIN_START = re.compile(r"https?://[^/@]", re.IGNORECASE)  # as mail clients look for addresses in a text
_ENDS_ADDRESS = re.compile(r"""[\s\x00-\x1f\x7f"<>\\^`{|}]""")  # they take it to end there
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]+")
_SPACES = re.compile(r"[^\S\n]+")
_GAPS = re.compile(r"\n{3,}")


def plain_text(page: str) -> str:
    """The words of an HTML page, one block a line, each link followed by its address."""
    reading = _Reading(page)
    for part in parts(page):
        reading.take(part)
    reading.end_link()
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(reading.words).split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


class _Reading:
    def __init__(self, page: str) -> None:
        self.words: list[str] = []
        self._page = page
        self._address = ""  # of the link that is open
        self._linked = 0  # where its words begin
        self._hidden = 0
        self._kept = 0  # open <pre>s: their line breaks are meant

    def take(self, part: MarkupPart) -> None:
        if part.kind is PartKind.OPENS:
            self._opens(part)
        elif part.kind is PartKind.CLOSES:
            self._closes(part)
        elif not self._hidden and (part.kind is PartKind.TEXT or (part.kind is PartKind.RAW and part.name not in _UNSEEN)):
            self._says(part)

    def _says(self, part: MarkupPart) -> None:
        text = self._page[part.start : part.end]
        if part.name == "cdata":
            text = text.removeprefix("<![CDATA[").removesuffix("]]>")
        elif part.kind is PartKind.TEXT or part.name == "textarea":
            text = in_text(text)
        self.words.append(text if self._kept else _BLANK.sub(" ", text))

    def _opens(self, part: MarkupPart) -> None:
        name = part.name
        if name == "template" and not part.foreign:
            self._hidden += 1
        if self._hidden:
            return
        self._apart(name)
        if name == "pre":
            self._kept += 1
        elif name in _LINKS:
            self._follow(part)
        if name in _PICTURES and (alt := attribute(self._page, part, "alt")) is not None:
            self.words.append(_BLANK.sub(" ", alt.text))
        if name == "area":
            self.end_link()

    def _closes(self, part: MarkupPart) -> None:
        name = part.name
        if name == "template" and not part.foreign:
            self._hidden = max(0, self._hidden - 1)
        if self._hidden:
            return
        if name == "a":
            self.end_link()
        elif name == "pre":
            self._kept = max(0, self._kept - 1)
        self._apart(name)

    def _apart(self, name: str) -> None:
        if name in _BLOCKS:
            self.words.append("\n")
        elif name in _CELLS:
            self.words.append(" ")

    def _follow(self, part: MarkupPart) -> None:
        self.end_link()  # a link within a link ends it
        href = attribute(self._page, part, "href")
        self._address = _shown(href.text) if href is not None else ""
        self._linked = len(self.words)

    def end_link(self) -> None:
        """Say where the open link leads, unless its words say so."""
        if not self._address:
            return
        words = _BLANK.sub(" ", "".join(self.words[self._linked :])).strip()
        if not words:
            self.words.append(f" {self._address} ")
        elif words not in _ways_to_say(self._address):
            trailing = "" if self.words[-1].endswith("\n") else " "
            self.words.append(f"{trailing}({self._address})")
        self._address = ""


def _ways_to_say(address: str) -> tuple[str, ...]:
    scheme = _SCHEME.match(address)
    if scheme is None or scheme[0].lower() not in _SPOKEN:
        return (address,)
    spoken = address[scheme.end() :]
    return (address, spoken, spoken.partition("?")[0])


def _shown(href: str) -> str:
    """An address as it stands in a text; nothing where it leads nowhere outside of the page."""
    web = web_address(href)
    trimmed = href.strip()
    is_plain = trimmed.isprintable() and not _ENDS_ADDRESS.search(trimmed)
    if web is not None:
        return trimmed if is_plain and _PLAIN_START.match(trimmed) else web.href
    scheme = _SCHEME.match(trimmed)
    if scheme is None or scheme[0].lower() in _NO_PLACES:
        return ""
    return trimmed if is_plain else _BLANK.sub("%20", trimmed)
