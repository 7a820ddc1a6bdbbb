"""MJML made into the HTML of a mail: once for each text, since what differs between people is Liquid, which stays. Pure.

The compiler (mrml, in Rust) knows nothing of Liquid, drops text where only elements may stand, and ends the process where
elements are nested by the thousand. So what is Liquid is put out of its sight, each tag is looked at first, and faults are told
with the line they are in. Nothing is included and nothing is loaded: not from the disk, not from the net, and no font unless
``mj-font`` names it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from mjml import mjml2html

from relance.channels.email.mjml_names import ELEMENTS, HOLD_ELEMENTS, HOLD_RAW, VOID
from relance.channels.errors import ContentInvalidError
from relance.core.error_text import ErrorText
from relance.markup.page import Edit, spliced
from relance.markup.parts import MarkupPart, PartKind, parts

SOURCE_LIMIT = 100_000  # characters
RESULT_LIMIT = 190_000  # of HTML; a template may have 200,000
ELEMENTS_LIMIT = 3_000
DEPTH_LIMIT = 50
PICTURES_LIMIT = 20  # in carousels: each is written once for every other
_OPENS = re.compile(r"\{[{%]")
_STRICT_TAG = re.compile(
    r"""<[A-Za-z][^\s/>"'=<]*+(?:\s++[^\s/>"'=<]++(?:\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))?+)*+\s*+/?+>""",
)
_POSITION = re.compile(r"position ([0-9]+):")
_BLANK = "\t\n\f\r "


class _Hidden(NamedTuple):
    """A text whose Liquid is out of sight: each piece is a word of letters and digits, which begins with ``mark``."""

    text: str
    mark: str
    pieces: tuple[str, ...]
    source: str
    places: tuple[tuple[int, int], ...]  # of what follows each piece: (in the text, in the source)

    def fault(self, at: int, text: ErrorText) -> ContentInvalidError:
        """What is wrong at a place of the text, said with its line and column in the source."""
        number = bisect_right(self.places, (at, 1 << 60)) - 1
        before = self.source[: self.places[number][1] + at - self.places[number][0]]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        why = ErrorText("mjml_place", "Line {line}, column {column}: {why}", line=line, column=column, why=text)
        return ContentInvalidError(why, path="content.mjml")


@lru_cache(maxsize=64)
def compiled(source: str) -> str:
    """The HTML of an MJML text. Raises ``ContentInvalidError`` with the line and the column."""
    if len(source) > SOURCE_LIMIT:
        text = ErrorText(
            "mjml_length", "MJML must be at most {most:,} characters (got {got:,}).", most=SOURCE_LIMIT, got=len(source)
        )
        raise ContentInvalidError(text, path="content.mjml")
    hidden = _hidden(source)
    ready = _checked(hidden)
    try:
        found = mjml2html(ready, fonts={})
    except ValueError as error:
        raise _unreadable(hidden, ready, str(error)) from None
    if len(found) > RESULT_LIMIT:
        raise ContentInvalidError(
            ErrorText(
                "mjml_result",
                "The HTML made of it must be at most {most:,} characters (got {got:,}).",
                most=RESULT_LIMIT,
                got=len(found),
            ),
            path="content.mjml",
        )
    return re.sub(rf"{hidden.mark}([0-9]+)z", lambda piece: hidden.pieces[int(piece[1])], found)


def _hidden(source: str) -> _Hidden:
    """In one pass: a piece that is never closed is left, and refused as Liquid."""
    mark = f"lq{blake2b(source.encode('utf-8', 'replace'), digest_size=6).hexdigest()}n"
    said: list[str] = []
    pieces: list[str] = []
    places, at, length = [(0, 0)], 0, 0
    closed = {"{": True, "%": True}
    while (opens := _OPENS.search(source, at)) is not None:
        kind = source[opens.start() + 1]
        end = source.find("}}" if kind == "{" else "%}", opens.end()) if closed[kind] else -1
        if end < 0:
            closed[kind] = False
            if not any(closed.values()):
                break
            upto, word = opens.end(), source[at : opens.end()]
        else:
            upto, word = end + 2, f"{source[at : opens.start()]}{mark}{len(pieces)}z"
            pieces.append(source[opens.start() : upto])
        said.append(word)
        length, at = length + len(word), upto
        places.append((length, at))
    return _Hidden("".join((*said, source[at:])), mark, tuple(pieces), source, tuple(places))


def _checked(hidden: _Hidden) -> str:
    """The text as the compiler takes it: Liquid between elements is wrapped, so that it is kept where it stands."""
    page, open_, edits = hidden.text, [], []
    count = pictures = 0
    for part in parts(page):
        if part.kind is PartKind.OPENS:
            count, pictures = count + 1, pictures + (part.name == "mj-carousel-image")
            _check_opening(hidden, part, count, pictures)
            if part.name not in VOID and not page.endswith("/>", part.start, part.end):
                open_.append(part)
            if len(open_) > DEPTH_LIMIT:
                raise hidden.fault(
                    part.start,
                    ErrorText("mjml_depth", "Elements are nested more than {most} deep.", most=DEPTH_LIMIT),
                )
        elif part.kind is PartKind.CLOSES and part.name not in VOID:
            if not open_ or open_[-1].name != part.name:
                raise hidden.fault(part.start, _mismatch(part, open_))
            open_.pop()
        elif part.kind is PartKind.TEXT:
            edits += _text(hidden, part, open_[-1].name if open_ else "")
        elif part.kind in (PartKind.DOCTYPE, PartKind.UNFINISHED) or page.startswith("<?", part.start):
            raise hidden.fault(part.start, ErrorText("mjml_tag", "This cannot be read as a tag."))
    if open_:
        raise hidden.fault(open_[-1].start, _mismatch(None, open_))
    return spliced(page, edits).strip(_BLANK)


def _check_opening(hidden: _Hidden, part: MarkupPart, count: int, pictures: int) -> None:
    if part.name == "mj-include":
        raise hidden.fault(part.start, ErrorText("mjml_include", "mj-include is not supported: write its content here instead."))
    if part.name.startswith("mj") and part.name not in ELEMENTS:
        raise hidden.fault(part.start, ErrorText("mjml_element", "MJML has no element {element!r}.", element=part.name[:50]))
    if not part.foreign and _STRICT_TAG.fullmatch(hidden.text, part.start, part.end) is None:
        raise hidden.fault(
            part.start,
            ErrorText("mjml_attributes", "Each attribute of {element!r} must have a value in quotes.", element=part.name[:50]),
        )
    if count > ELEMENTS_LIMIT:
        raise hidden.fault(
            part.start, ErrorText("mjml_elements", "MJML must have at most {most:,} elements.", most=ELEMENTS_LIMIT)
        )
    if pictures > PICTURES_LIMIT:
        raise hidden.fault(
            part.start, ErrorText("mjml_carousel", "Carousels must have at most {most} pictures together.", most=PICTURES_LIMIT)
        )


def _text(hidden: _Hidden, part: MarkupPart, within: str) -> list[Edit]:
    text = hidden.text[part.start : part.end]
    if "<" in text or "\x00" in text:
        raise hidden.fault(part.start, ErrorText("mjml_tag", "This cannot be read as a tag."))
    if within not in HOLD_ELEMENTS or not text.strip(_BLANK):
        return []
    if within not in HOLD_RAW or re.sub(rf"{hidden.mark}[0-9]+z", "", text).strip(_BLANK):
        at = part.start + len(text) - len(text.lstrip(_BLANK))
        raise hidden.fault(
            at,
            ErrorText("mjml_text", "Text cannot stand directly in {element!r}: put it into mj-text.", element=within or "mjml"),
        )
    return [Edit(part.start, part.start, "<mj-raw>"), Edit(part.end, part.end, "</mj-raw>")]


def _mismatch(part: MarkupPart | None, open_: list[MarkupPart]) -> ErrorText:
    if part is None or open_:
        return ErrorText("mjml_unclosed", "<{element}> is not closed before this place.", element=open_[-1].name[:50])
    return ErrorText("mjml_unopened", "</{element}> closes nothing.", element=part.name[:50])


def _unreadable(hidden: _Hidden, ready: str, said: str) -> ContentInvalidError:
    """A fault that the compiler found; it counts in bytes, of a text that is a little longer by what was wrapped."""
    found = _POSITION.search(said)
    if found is None:
        return ContentInvalidError(
            ErrorText("mjml_whole", "It cannot be read as MJML: one <mjml> that holds mj-head and mj-body."), path="content.mjml"
        )
    before = ready.encode()[: int(found[1])].decode("utf-8", "ignore")
    at = len(before) - (len("<mj-raw>") * before.count("<mj-raw>") + len("</mj-raw>") * before.count("</mj-raw>"))
    return hidden.fault(max(at, 0), ErrorText("mjml_misplaced", "This element cannot stand here."))
