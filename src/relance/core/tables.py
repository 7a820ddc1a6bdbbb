"""Files of rows, as spreadsheets and people write them: which encoding, which separator, and what is wrong in which line. Pure.

Excel writes a semicolon where the comma is a decimal sign, Windows-1252 for “CSV”, UTF-16 with tabs for “Unicode text”, and
sometimes a first line ``sep=;``. What says itself is read; what has to be guessed is told instead, with how to say it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import NamedTuple

from relance.core.errors import InvalidError
from relance.core.trimming import trimmed

SEPARATORS = ",;\t|"
_MARKS = (  # the longer ones first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAYS_SEPARATOR = re.compile(r'"?sep=(.)"?\n?', re.IGNORECASE)
_QUOTE = '"'
_LOOKED_AT = 100  # rows
_NOT_LETTERS = re.compile(r"[^a-zà-ÿ]+")
_ADDRESSES = frozenset(("email", "emailaddress", "mail", "mailaddress", "courriel", "adresseemail", "adressemail", "emails"))
_IDS = frozenset(("userid", "externalid", "customerid", "clientid", "user", "id", "identifiant"))
_LINE_END = b"\n"


class Table(NamedTuple):
    """The rows that are not empty, and the line in which each begins, from 1."""

    rows: list[list[str]]
    lines: list[int]


def decoded(raw: bytes, name: str, encoding: str = "", *, may_say: bool = True) -> str:
    """The text of a file called ``name``, without a byte-order mark: in ``encoding``, or what its mark says, or UTF-8.
    ``may_say``: whether whoever gives the file can say its encoding (``--encoding``); else it has to be saved as UTF-8.

    Raises ``InvalidError``, which says what to do.
    """
    marked = next((each for mark, each in _MARKS if raw.startswith(mark)), "")
    try:
        text = raw.decode(encoding or marked or "utf-8")
    except LookupError as error:
        raise InvalidError(
            f"There is no encoding “{encoding}”; utf-8, windows-1252 and utf-16 are some.", path="encoding"
        ) from error
    except UnicodeError as error:
        broken = error.start if isinstance(error, UnicodeDecodeError) else 0
        place = f"line {raw.count(_LINE_END, 0, broken) + 1}"
        message = f"{name} is no text in {encoding or marked or 'UTF-8'}: {place} cannot be read. "
        say = "Say its encoding: --encoding windows-1252 is that of Excel's “CSV”." if may_say else "Save it as UTF-8."
        raise InvalidError(message + say, path="encoding") from error
    if "\x00" in text:
        message = f"{name} holds NUL characters: it is no text, or in another encoding. "
        say = "Say it: --encoding utf-16-le is that of Excel's “Unicode text”." if may_say else "Save it as UTF-8."
        raise InvalidError(message + say, path="encoding")
    return text.removeprefix("\ufeff")


def read_table(text: str, name: str) -> Table:
    """The rows of a CSV text. Raises ``InvalidError`` with the line where a quotation mark stays open or is closed too early."""
    lines = io.StringIO(text, newline=None)
    skipped = 0
    said = _SAYS_SEPARATOR.fullmatch(first := lines.readline())
    if said:
        skipped, separator = 1, said[1]
    else:
        lines.seek(0)
        separator = _separator(first if first.count(_QUOTE) % 2 == 0 else lines.getvalue())
    table, begins = Table([], []), skipped + 1
    try:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        for row in reader:
            if any(row):
                table.rows.append([trimmed(cell) for cell in row])
                table.lines.append(begins)
            begins = skipped + reader.line_num + 1
    except csv.Error as error:
        raise _fault(lines.getvalue(), name, begins, skipped + reader.line_num, str(error)) from error
    return table


def column(table: Table, name: str | None, file: str) -> list[str]:
    """The cells of a column, by its name in the first row; without one of the first column, from the first row on.

    Capital letters do not count if only one column is meant. Raises ``InvalidError``.
    """
    if name is None:
        return [row[0] for row in table.rows if row]
    header = table.rows[0] if table.rows else []
    wanted = trimmed(name)
    places = [place for place, cell in enumerate(header) if cell == wanted]
    places = places or [place for place, cell in enumerate(header) if cell.lower() == wanted.lower()]
    if len(places) != 1:
        named = ", ".join(header) or "none"
        problem = f"has no column “{name}”" if not places else f"has {len(places)} columns “{name}”"
        raise InvalidError(f"{file} {problem}; its first line names {named}.", path="column")
    return [row[places[0]] for row in table.rows[1:] if places[0] < len(row)]


class Guess(NamedTuple):
    """What a file of people seems to be: whether its first row names its columns, and which column holds who they are."""

    has_header: bool
    place: int


def guess_people(table: Table) -> Guess:
    """By the names of columns that say an address or an id; else by where the signs of addresses stand."""
    if not table.rows:
        return Guess(False, 0)
    first, rest = table.rows[0], table.rows[1 : 1 + _LOOKED_AT]
    named = [_NOT_LETTERS.sub("", cell.lower()) for cell in first]
    for names in (_ADDRESSES, _IDS):
        place = next((place for place, name in enumerate(named) if name in names), None)
        if place is not None:
            return Guess(True, place)
    counts = [sum(place < len(row) and "@" in row[place] for row in rest) for place in range(len(first))]
    place = max(range(len(first)), key=lambda each: counts[each]) if any(counts) else 0
    return Guess(bool(any(counts)) and not any("@" in cell for cell in first), place)


def _separator(text: str) -> str:
    """The sign that stands oftenest in the first row, outside quotation marks."""
    counts = dict.fromkeys(SEPARATORS, 0)
    quoted = False
    for sign in text:
        if sign == _QUOTE:
            quoted = not quoted
        elif not quoted and sign == "\n":
            break
        elif not quoted and sign in counts:
            counts[sign] += 1
    return max(SEPARATORS, key=lambda sign: counts[sign])


def _fault(text: str, name: str, begins: int, line: int, problem: str) -> InvalidError:
    """What is wrong with the row that begins in one line and broke off in another."""
    opened, quoted = begins, False
    for number, part in enumerate(text.split("\n")[begins - 1 : line], start=begins):
        for sign in part:
            if sign == _QUOTE:
                quoted = not quoted
                opened = number if quoted else opened
    if "end of data" in problem:
        return InvalidError(f"{name}: the quotation mark that opens in line {opened} is not closed.", line=opened)
    if "expected after" in problem:
        return InvalidError(
            f"{name}: in line {line} a quotation mark closes in the middle of a cell. It opened in line {begins} or later; "
            "within a cell a quotation mark is written twice.",
            line=line,
        )
    return InvalidError(f"{name} is not a CSV file: in line {line}, {problem}.", line=line)
