"""Pages that are alike but for what is put into them, taken apart once for all of them. Pure.

A template puts its values, escaped, between pieces that are the same for everybody. Where a value stands in a text or in a
quoted attribute, no value without ``<``, ``>`` or quotes changes what is markup around it. So where links, the beginning and the
end of the body stand is known for each page from that of the first, but for how long the values are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import msgspec

from relance.markup.page import HtmlPage, PageReading
from relance.markup.parts import AttributeValue, MarkupPart, PartKind, attributes, parts
from relance.markup.references import in_attribute

_STAND_IN = "x"  # a letter: where it would be part of a tag's name, it is seen to be
_LIVE = re.compile("[<>\"'\ufeff]")
_QUOTES = frozenset("'\"")
_KEPT = 256  # outlines
_LONGEST = 100_000  # characters of a page; mailboxes cut off what is longer
_MOST_PIECES = 2_000
_MARK = "\ufeff"
_NOTHING = f"\t\n\f\r {_MARK}"  # what a page may begin with without showing anything
_RAW_TEXTS = frozenset(("title", "style", "textarea"))


class PageOutline(msgspec.Struct, frozen=True):
    """A page whose values are one letter each. ``values`` are where they stand; ``page`` is what is known of it."""

    values: tuple[int, ...]
    page: HtmlPage

    def filled(self, lengths: Sequence[int], text: str) -> HtmlPage:
        """The same of the page ``text``, with values as long as these."""
        moved = (0, *accumulate(length - 1 for length in lengths))
        places = self.values

        def moves(place: int) -> int:
            return place + moved[bisect_right(places, place - 1)]

        links = []
        for link in self.page.links:
            start, end = moves(link.start), moves(link.end)
            is_same = bisect_right(places, link.start - 1) == bisect_right(places, link.end - 1)
            links.append(AttributeValue(start, end, link.text if is_same else in_attribute(text[start + 1 : end - 1])))
        return HtmlPage(tuple(links), moves(self.page.body_starts), moves(self.page.body_ends))


def page_of(outline: Sequence[str | None], pieces: Sequence[str], text: str) -> HtmlPage | None:
    """What ``read_page`` says of ``text``, which is made of ``pieces``; None where the page must be read itself.

    ``outline`` has None in place of each value.
    """
    if len(text) > _LONGEST or len(pieces) > _MOST_PIECES:
        return None
    values = [piece for piece, fixed in zip(pieces, outline, strict=True) if fixed is None]
    if any(_LIVE.search(value) for value in values):
        return None
    found = outline_of(tuple(outline))
    return None if found is None else found.filled([*map(len, values)], text)


@lru_cache(maxsize=_KEPT)
def outline_of(outline: tuple[str | None, ...]) -> PageOutline | None:
    """The page with a letter for each None; None where it would depend on them what is markup."""
    page = "".join(_STAND_IN if piece is None else piece for piece in outline)
    ends = accumulate(1 if piece is None else len(piece) for piece in outline)
    values = [end - 1 for piece, end in zip(outline, ends, strict=True) if piece is None]
    if values[:1] == [0] and _MARK in page:  # a byte order mark is none but at the very beginning
        return None
    reading, waiting = PageReading(page), list(reversed(values))
    for part in parts(page):
        within = []
        while waiting and waiting[-1] < part.end:
            within.append(waiting.pop())
        if within and not _is_inert(page, part, within, shows=reading.shows):
            return None
        reading.take(part)
    return PageOutline(tuple(values), reading.page())


def _is_inert(page: str, part: MarkupPart, values: Sequence[int], *, shows: bool) -> bool:
    """Whether these values change nothing but what is said there. ``shows``: the body has begun before."""
    said = page[part.start : part.end]
    if part.kind is PartKind.TEXT:
        fixed = (character for place, character in enumerate(said, part.start) if place not in values)
        return shows or bool("".join(fixed).strip(_NOTHING))
    if part.kind is PartKind.RAW:  # an end tag in pieces would be put together by a value that is empty
        return part.name in _RAW_TEXTS and "<" not in said
    if part.kind is not PartKind.OPENS or part.foreign:
        return False
    quoted = [each for each in attributes(page, part) if page[each.start : each.start + 1] in _QUOTES]
    return all(
        any(each.start < place < each.end - 1 and page[each.start] == page[each.end - 1] for each in quoted) for place in values
    )
