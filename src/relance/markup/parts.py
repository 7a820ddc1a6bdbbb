"""The parts of an HTML page as a browser's tokenizer sees them, each with its place: one pass, linear in the page. Pure.

Comments (conditional ones too), doctypes, and what stands in ``<script>``, ``<style>``, ``<title>`` or ``<textarea>`` hold no
tags, whatever they look like. Nothing is repaired and nothing is changed: whoever wants to put something in splices it into
the page at a place, and every other byte stays as it was written.

The grammar is that of the HTML standard, 13.2.5. Of the tree only that is followed which decides where tags begin: whether
one is within SVG or MathML, where CDATA sections are and ``<style>`` or ``<title>`` are tags like others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from relance.markup.references import in_attribute


def names(text: str) -> frozenset[str]:
    """Names of elements, from a list of words."""
    return frozenset(text.split())


_BLANK = r"[\t\n\f\r ]"
_VALUE = r"""(?>"([^"]*+)("?+)|'([^']*+)('?+)|([^\t\n\f\r >]*+))"""
_NAMED = rf"([^\t\n\f\r />][^\t\n\f\r />=]*+)(?>{_BLANK}*+=({_BLANK}*+){_VALUE})?+"
_UNNAMED = _NAMED.replace("([", "(?:[").replace(f"({_BLANK}", f"(?:{_BLANK}").replace('("?', '(?:"?').replace("('?", "(?:'?")
# Everything is possessive: no tag is read twice, however it is written. One that is never closed matches nothing.
_TAG = re.compile(rf"<(/?+)([A-Za-z][^\t\n\f\r />]*+)((?>[\t\n\f\r /]++|{_UNNAMED})*+)>")
_ATTRIBUTE = re.compile(rf"[\t\n\f\r /]*+{_NAMED}")
_COMMENT_ENDS = re.compile(r"--!?>")
_RAW = frozenset(("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"))
_RAW_ENDS = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in _RAW}
_SCRIPT_TURNS = re.compile(r"<!--|-->|<(/?)script(?=[\t\n\f\r />])", re.IGNORECASE)
_FOREIGN = frozenset(("svg", "math"))
# Within these HTML goes on inside of SVG and MathML.
_ISLANDS = {"svg": names("foreignobject desc title"), "math": names("mi mo mn ms mtext annotation-xml")}
_SAYS_HTML = frozenset(("text/html", "application/xhtml+xml"))  # the encoding without which annotation-xml is none
# And these end it.
_ENDS_FOREIGN = names(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta "
    "nobr ol p pre ruby s small span strong strike sub sup table tt u ul var"
)


class PartKind(Enum):
    """What a part is."""

    TEXT = "text"  # between tags; references not yet read
    RAW = "raw"  # what stands in a script, a style, a title …
    OPENS = "opens"
    CLOSES = "closes"
    COMMENT = "comment"  # comments of every kind
    DOCTYPE = "doctype"
    UNFINISHED = "unfinished"  # a tag that the page ends in: browsers drop it


class MarkupPart(NamedTuple):
    """A part of a page from ``start`` to ``end``. ``name`` is a tag's, in lower case, or that of the element a raw text is in.

    ``attributes`` is the place of a start tag's. ``open``: the page ends in this part, so that nothing can come after it.
    ``foreign``: it is an element of SVG or MathML, whatever its name.
    """

    kind: PartKind
    start: int
    end: int
    name: str = ""
    attributes: tuple[int, int] = (0, 0)
    open: bool = False
    foreign: bool = False


class AttributeValue(NamedTuple):
    """An attribute's value: its place, quotes included, and what a browser reads in it."""

    start: int
    end: int
    text: str


def parts(page: str) -> Iterator[MarkupPart]:
    """The page's parts in order, without a gap."""
    at, foreign = 0, _Foreign()
    while at < len(page):
        part = _next(page, at, foreign)
        if part.kind is PartKind.OPENS:
            part = part._replace(foreign=foreign.opens(page, part))
        elif part.kind is PartKind.CLOSES:
            part = part._replace(foreign=foreign.closes(part.name))
        yield part
        at = part.end
        if part.kind is PartKind.OPENS and not part.foreign:
            if part.name == "plaintext":
                yield MarkupPart(PartKind.RAW, at, len(page), part.name, open=True)
                return
            if part.name in _RAW:
                end, is_open = _end_of_raw(page, at, part.name)
                if end > at or is_open:
                    yield MarkupPart(PartKind.RAW, at, end, part.name, open=is_open)
                at = end


def attribute(page: str, part: MarkupPart, name: str) -> AttributeValue | None:
    """The value of a start tag's attribute, the first where it is given twice; None where it has none."""
    at, end = part.attributes
    if name not in page[at:end].lower():
        return None
    return next((_value_of(found) for found in _attributes(page, part) if found[1].lower() == name), None)


def attributes(page: str, part: MarkupPart) -> Iterator[AttributeValue]:
    """The values of all of a start tag's attributes."""
    return map(_value_of, _attributes(page, part))


def _attributes(page: str, part: MarkupPart) -> Iterator[re.Match[str]]:
    at, end = part.attributes
    while (found := _ATTRIBUTE.match(page, at, end)) is not None:
        at = found.end()
        yield found


def _value_of(found: re.Match[str]) -> AttributeValue:
    if found[2] is None:
        return AttributeValue(found.end(1), found.end(1), "")
    text = found[3] if found[3] is not None else found[5] if found[5] is not None else found[7]
    return AttributeValue(found.end(2), found.end(), in_attribute(text))


def bare(page: str) -> str:
    """The text of some HTML without its tags, scripts and styles; references stay as they are."""
    return "".join(
        page[part.start : part.end]
        for part in parts(page)
        if part.kind is PartKind.TEXT or (part.kind is PartKind.RAW and part.name not in ("script", "style"))
    )


def _next(page: str, at: int, foreign: _Foreign) -> MarkupPart:
    if page[at] != "<" or (part := _markup(page, at, foreign)) is None:
        return _text(page, at)
    return part


def _text(page: str, at: int) -> MarkupPart:
    """Up to the next ``<``; one that begins nothing is part of it."""
    end = page.find("<", at + 1)
    return MarkupPart(PartKind.TEXT, at, len(page) if end < 0 else end)


def _markup(page: str, at: int, foreign: _Foreign) -> MarkupPart | None:
    """What a ``<`` begins; None where it begins nothing."""
    following = page[at + 1 : at + 2]
    if following == "!":
        return _declaration(page, at, foreign)
    if following == "?":
        return _until(page, at, ">", PartKind.COMMENT)
    letter = page[at + 2 : at + 3] if following == "/" else following
    if letter.isascii() and letter.isalpha():
        found = _TAG.match(page, at)
        if found is None:
            return MarkupPart(PartKind.UNFINISHED, at, len(page), open=True)
        kind = PartKind.CLOSES if found[1] else PartKind.OPENS
        return MarkupPart(kind, at, found.end(), found[2].lower().replace("\x00", "\ufffd"), found.span(3))
    if following == "/" and letter:
        return _until(page, at, ">", PartKind.COMMENT)
    return None


def _declaration(page: str, at: int, foreign: _Foreign) -> MarkupPart:
    if page.startswith("<!--", at):
        if page.startswith((">", "->"), at + 4):
            return _until(page, at, ">", PartKind.COMMENT)
        found = _COMMENT_ENDS.search(page, at + 4)
        return MarkupPart(PartKind.COMMENT, at, found.end() if found else len(page), open=found is None)
    if foreign.inside and page.startswith("<![CDATA[", at):
        end = page.find("]]>", at)
        return MarkupPart(PartKind.RAW, at, len(page) if end < 0 else end + 3, "cdata", open=end < 0)
    return _until(page, at, ">", PartKind.DOCTYPE if page[at + 2 : at + 9].lower() == "doctype" else PartKind.COMMENT)


def _until(page: str, at: int, mark: str, kind: PartKind) -> MarkupPart:
    end = page.find(mark, at)
    return MarkupPart(kind, at, len(page) if end < 0 else end + len(mark), open=end < 0)


def _end_of_raw(page: str, at: int, name: str) -> tuple[int, bool]:
    """Where the element's raw text ends, and whether the page ends first."""
    if name == "script":
        return _end_of_script(page, at)
    found = _RAW_ENDS[name].search(page, at)
    return (found.start(), False) if found else (len(page), True)


def _end_of_script(page: str, at: int) -> tuple[int, bool]:
    """A script that holds ``<!--`` and then ``<script`` needs an end of each before it ends itself."""
    in_comment = doubled = False
    for found in _SCRIPT_TURNS.finditer(page, at):
        turn = found[0]
        if turn == "<!--":
            in_comment = True
            if page.startswith((">", "->"), found.end()):
                in_comment = doubled = False
        elif turn == "-->":
            in_comment = doubled = False
        elif found[1]:
            if not doubled:
                return found.start(), False
            doubled = False
        elif in_comment:
            doubled = True
    return len(page), True


class _Node(NamedTuple):
    """An element of SVG or MathML that is open. ``island``: HTML goes on in it."""

    name: str
    language: str  # svg or math
    island: bool


class _Foreign:
    """Which elements of SVG and MathML are open, as far as they decide what is markup: their roots and islands.

    The end of an element around one that was never closed ends that one, too.
    """

    def __init__(self) -> None:
        self._open: list[_Node] = []
        self._counts: Counter[str] = Counter()  # of those that are open
        self._around: Counter[str] = Counter()  # elements that began before the outermost that is open
        self._within: Counter[str] = Counter()  # and behind it

    @property
    def inside(self) -> bool:
        return bool(self._open) and not self._open[-1].island

    def opens(self, page: str, part: MarkupPart) -> bool:
        """Note a start tag; whether it is an element of SVG or MathML itself."""
        name = part.name
        if name not in _FOREIGN and not self.inside:
            (self._within if self._open else self._around)[name] += 1
            return False
        if name in _ENDS_FOREIGN or (name == "font" and _is_of_html(page, part)):
            self._leave()
            return False
        language = self._open[-1].language if self.inside else name
        island = name in _ISLANDS[language] and (name != "annotation-xml" or _says_html(page, part))
        if _closes_itself(page, part):
            return True
        if name in _FOREIGN or island:
            self._open.append(_Node(name, language, island))
            self._counts[name] += 1
        else:
            self._within[name] += 1
        return True

    def closes(self, name: str) -> bool:
        """Note an end tag; whether it is one of SVG or MathML itself."""
        inside = self.inside
        if name in ("p", "br"):
            self._leave()
        elif self._counts[name]:
            while self._pop() != name:
                pass
            return inside
        elif inside and not self._within[name] and self._around[name]:
            self._leave()
            self._around[name] -= 1
        else:
            counter = self._within if self._open else self._around
            counter[name] -= counter[name] > 0
            return inside
        return False

    def _leave(self) -> None:
        while self.inside:
            self._pop()

    def _pop(self) -> str:
        name = self._open.pop().name
        self._counts[name] -= 1
        if not self._open:
            self._within.clear()
        return name


def _is_of_html(page: str, part: MarkupPart) -> bool:
    """Whether a ``<font>`` is HTML's, which ends SVG: by an attribute that no other has."""
    return any(attribute(page, part, name) is not None for name in ("color", "face", "size"))


def _says_html(page: str, part: MarkupPart) -> bool:
    encoding = attribute(page, part, "encoding")
    return encoding is not None and encoding.text.lower() in _SAYS_HTML


def _closes_itself(page: str, part: MarkupPart) -> bool:
    """Whether a start tag ends in ``/>``, the slash being no part of a value without quotes."""
    at, end = part.attributes
    if page[end - 1 : end] != "/":
        return False
    for found in _attributes(page, part):
        at = found.end()
    return at < end
