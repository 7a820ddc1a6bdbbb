"""Files of rows as spreadsheets and people write them: encoding, separator, and the line of whatever is wrong. Pure.

Excel writes a semicolon where the comma is the decimal sign, Windows-1252 for “CSV”, UTF-16 with tabs for “Unicode text”, and
sometimes a first line ``sep=;``. Unambiguous files are read; anything that would have to be guessed is an error that says how to
state it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import NamedTuple

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.trimming import trimmed

SEPARATORS = ",;\t|"
MARKS = (  # longest first: UTF-32's mark starts with UTF-16's
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
    """The non-empty rows, and the line on which each starts, counted from 1."""

    rows: list[list[str]]
    lines: list[int]


def decoded(raw: bytes, name: str, encoding: str = "", *, may_say: bool = True) -> str:
    """The text of the file ``name`` without its byte-order mark: in ``encoding``, else as the mark says, else UTF-8.

    ``may_say``: whether the caller can state an encoding (``--encoding``); otherwise the file must be saved as UTF-8. Raises
    ``InvalidError``, which says what to do.
    """
    marked = next((each for mark, each in MARKS if raw.startswith(mark)), "")
    try:
        text = raw.decode(encoding or marked or "utf-8")
    except LookupError as error:
        raise InvalidError(
            ErrorText(
                "encoding_unknown",
                "There is no encoding “{encoding}”; utf-8, windows-1252 and utf-16 are some.",
                encoding=encoding,
            ),
            path="encoding",
        ) from error
    except UnicodeError as error:
        broken = error.start if isinstance(error, UnicodeDecodeError) else 0
        line, assumed = raw.count(_LINE_END, 0, broken) + 1, encoding or marked or "UTF-8"
        raise InvalidError(_unreadable(name, assumed, line, may_say), path="encoding") from error
    if "\x00" in text:
        raise InvalidError(_nul(name, may_say), path="encoding")
    return text.removeprefix("\ufeff")


def _unreadable(name: str, encoding: str, line: int, may_say: bool) -> ErrorText:
    if may_say:
        return ErrorText(
            "file_encoding_say",
            "{file} is no text in {encoding}: line {line} cannot be read. "
            "Say its encoding: --encoding windows-1252 is that of Excel's “CSV”.",
            file=name,
            encoding=encoding,
            line=line,
        )
    return ErrorText(
        "file_encoding",
        "{file} is no text in {encoding}: line {line} cannot be read. Save it as UTF-8.",
        file=name,
        encoding=encoding,
        line=line,
    )


def _nul(name: str, may_say: bool) -> ErrorText:
    if may_say:
        return ErrorText(
            "file_nul_say",
            "{file} holds NUL characters: it is no text, or in another encoding. "
            "Say it: --encoding utf-16-le is that of Excel's “Unicode text”.",
            file=name,
        )
    return ErrorText(
        "file_nul", "{file} holds NUL characters: it is no text, or in another encoding. Save it as UTF-8.", file=name
    )


def read_table(text: str, name: str) -> Table:
    """The rows of a CSV text. Raises ``InvalidError`` with the line where a quotation mark is unclosed or misplaced."""
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
    """The cells of the named column; without a name, of the first column including the first row.

    Case is ignored if that leaves only one match. Raises ``InvalidError``.
    """
    if name is None:
        return [row[0] for row in table.rows if row]
    header = table.rows[0] if table.rows else []
    wanted = trimmed(name)
    places = [place for place, cell in enumerate(header) if cell == wanted]
    places = places or [place for place, cell in enumerate(header) if cell.lower() == wanted.lower()]
    if len(places) != 1:
        raise InvalidError(_no_column(file, name, len(places), tuple(header)), path="column")
    return [row[places[0]] for row in table.rows[1:] if places[0] < len(row)]


def _no_column(file: str, name: str, found: int, header: tuple[str, ...]) -> ErrorText:
    named = header or ("none",)
    if found:
        return ErrorText(
            "columns_alike",
            "{file} has {found} columns “{column}”; its first line names {columns}.",
            file=file,
            found=found,
            column=name,
            columns=named,
        )
    return ErrorText(
        "column_unknown",
        "{file} has no column “{column}”; its first line names {columns}.",
        file=file,
        column=name,
        columns=named,
    )


class Guess(NamedTuple):
    """What a file of people appears to be: whether its first row is a header, and which column identifies people."""

    has_header: bool
    place: int


def guess_people(table: Table) -> Guess:
    """Guess by column names that mean an address or an id, else by which column looks like addresses."""
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
    """The most frequent separator of the first row, outside quotation marks."""
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
    """The error for a row that starts on one line and breaks off on another."""
    opened, quoted = begins, False
    for number, part in enumerate(text.split("\n")[begins - 1 : line], start=begins):
        for sign in part:
            if sign == _QUOTE:
                quoted = not quoted
                opened = number if quoted else opened
    if "end of data" in problem:
        return InvalidError(
            ErrorText(
                "quote_open", "{file}: the quotation mark that opens in line {line} is not closed.", file=name, line=opened
            ),
            line=opened,
        )
    if "field limit" in problem:
        most = csv.field_size_limit()
        return InvalidError(
            ErrorText(
                "csv_cell", "{file}: a cell in line {line} is larger than {most:,} characters.", file=name, line=line, most=most
            ),
            line=line,
        )
    if "expected after" in problem:
        return InvalidError(
            ErrorText(
                "quote_in_cell",
                "{file}: in line {line} a quotation mark closes in the middle of a cell. It opened in line {begins} or later; "
                "within a cell a quotation mark is written twice.",
                file=name,
                line=line,
                begins=begins,
            ),
            line=line,
        )
    return InvalidError(
        ErrorText("csv_line", "{file} is not a CSV file: line {line} cannot be read.", file=name, line=line), line=line
    )
