"""An HTML page taken apart for what a mail does with it: where its links stand, where its body begins and ends. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from relance.markup.parts import AttributeValue, MarkupPart, PartKind, attribute, names, parts

_LINKS = frozenset(("a", "area"))
_BLANK = "\t\n\f\r "
_BYTE_ORDER_MARK = "\ufeff"  # at the very beginning it is no text, and what stands before it makes it one
# What stands in a head without ending it (HTML, 13.2.6.4.4).
_OF_HEAD = names("html head base basefont bgsound link meta noscript script style template title noframes")


class Edit(msgspec.Struct, frozen=True):
    """``text`` in place of what stands from ``start`` to ``end``."""

    start: int
    end: int
    text: str


class HtmlPage(msgspec.Struct, frozen=True):
    """Where a page's links, the beginning and the end of what it shows are.

    ``links`` are the values of ``href`` of its ``<a>`` and ``<area>``. ``body_starts`` is behind ``<body>``, or before the first
    thing that is shown; ``body_ends`` is before the last ``</body>``, or before whatever the page breaks off in.
    """

    links: tuple[AttributeValue, ...]
    body_starts: int
    body_ends: int


def read_page(page: str) -> HtmlPage:
    """Take the page apart."""
    reading = PageReading(page)
    for part in parts(page):
        reading.take(part)
    return reading.page()


def spliced(page: str, edits: Iterable[Edit]) -> str:
    """The page with these edits, which do not overlap, in any order; those at one place in the order given."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda each: each.start):
        pieces += (page[at : edit.start], edit.text)
        at = edit.end
    return "".join((*pieces, page[at:]))


class PageReading:
    """Takes a page's parts in order, and says what it is then."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._links: list[AttributeValue] = []
        self._starts: int | None = None
        self._closes: int | None = None  # the last </body>
        self._ends = len(page)
        self._templates: list[int] = []  # where the open <template>s begin: nothing of them is shown
        self._tag = 0  # where the start tag before this part begins
        self._drawing: int | None = None  # where the SVG or MathML that this part is in begins, at the latest
        self._past_head = False

    @property
    def shows(self) -> bool:
        """Whether something was shown already, so that where the body begins is known."""
        return self._starts is not None

    def take(self, part: MarkupPart) -> None:
        """The next part."""
        if part.kind is PartKind.OPENS:
            self._opens(part)
        elif part.kind is PartKind.CLOSES:
            self._closed(part)
        elif part.kind is PartKind.TEXT and not self._templates and self._starts is None:
            start = part.start + (part.start == 0 and self._page.startswith(_BYTE_ORDER_MARK))
            if self._page[start : part.end].strip(_BLANK):
                self._starts = start
        if part.open:
            self._ends = self._beginning(part)

    def _beginning(self, part: MarkupPart) -> int:
        """Where that begins which the page breaks off in: a raw text belongs to its tag, CDATA is none outside of a drawing."""
        if part.kind is not PartKind.RAW:
            return part.start
        return self._tag if part.name != "cdata" or self._drawing is None else self._drawing

    def _opens(self, part: MarkupPart) -> None:
        self._tag = part.start
        if not part.foreign:
            self._drawing = None
        elif self._drawing is None:
            self._drawing = part.start
        if part.name == "template" and not part.foreign:
            self._templates.append(part.start)
        if self._templates:
            return
        if part.name == "body":
            self._starts = part.end if self._starts is None else self._starts
        elif self._starts is None and (part.name not in _OF_HEAD or (self._past_head and part.name == "noscript")):
            self._starts = part.start
        if part.name in _LINKS and (value := attribute(self._page, part, "href")) is not None:
            self._links.append(value)

    def _closed(self, part: MarkupPart) -> None:
        if part.name == "template" and not part.foreign:
            if self._templates:
                self._templates.pop()
        elif self._templates:
            return
        elif part.name == "head":
            self._past_head = True
        elif part.name in ("body", "html", "br"):
            self._starts = part.start if self._starts is None else self._starts
            if part.name == "body" or (part.name == "html" and self._closes is None):
                self._closes = part.start

    def page(self) -> HtmlPage:
        """The page, after its last part."""
        if self._ends == len(self._page) and self._page.endswith("</"):  # what follows would be taken for the end of a tag
            self._ends -= 2
        ends = self._templates[0] if self._templates else self._ends
        ends = ends if self._closes is None else min(ends, self._closes)
        starts = ends if self._starts is None else min(self._starts, ends)
        return HtmlPage(tuple(self._links), starts, max(starts, ends))
