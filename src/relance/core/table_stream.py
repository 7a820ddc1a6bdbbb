"""Rows of a CSV file too large to be held in memory, one at a time, in the encodings and with the separators of ``tables``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.tables import MARKS, SEPARATORS
from relance.core.trimming import trimmed

LONGEST_LINE = 100_000  # characters
_UNREADABLE = re.compile("[\ud800-\udfff]")  # bytes that are no text are escaped, so that the error knows the line
_LONGEST_MARK = max(len(mark) for mark, _ in MARKS)


def stream_rows(file: BinaryIO, name: str, encoding: str = "") -> Iterator[tuple[int, list[str]]]:
    """The lines of the non-empty rows, counted from 1, and their cells. ``name`` is what errors call the file.

    It is read in ``encoding``, else as its byte-order mark says, else as UTF-8. Raises ``InvalidError`` with the line at which it
    cannot be read.
    """
    beginning = file.read(_LONGEST_MARK)
    marked = next((each for mark, each in MARKS if beginning.startswith(mark)), "")
    file.seek(0)
    try:
        text = io.TextIOWrapper(file, encoding or marked or "utf-8", "surrogateescape", newline=None)
    except LookupError:
        raise InvalidError(
            ErrorText(
                "encoding_unknown",
                "There is no encoding “{encoding}”; utf-8, windows-1252 and utf-16 are some.",
                encoding=encoding[:40],
            ),
            path="encoding",
        ) from None
    try:
        yield from _rows(text, name, encoding or marked or "UTF-8")
    finally:
        text.detach()


def _rows(text: io.TextIOWrapper, name: str, encoding: str) -> Iterator[tuple[int, list[str]]]:
    begins, number = 1, 0

    def lines() -> Iterator[str]:
        nonlocal number
        if first:
            number += 1
            yield first
        while line := _line(text, name, encoding, number + 1):
            number += 1
            yield line

    first = _line(text, name, encoding, 1)
    separator = max(SEPARATORS, key=first.count)
    try:
        for row in csv.reader(lines(), delimiter=separator, strict=True):
            if any(row):
                yield begins, [trimmed(cell) for cell in row]
            begins = number + 1
    except csv.Error:
        raise InvalidError(
            ErrorText("csv_line", "{file} is not a CSV file: line {line} cannot be read.", file=name, line=begins), line=begins
        ) from None


def _line(text: io.TextIOWrapper, name: str, encoding: str, number: int) -> str:
    try:
        line = text.readline(LONGEST_LINE)
        is_text = not _UNREADABLE.search(line)
    except UnicodeError:  # of an encoding that does not escape them
        is_text = False
    if not is_text:
        raise InvalidError(
            ErrorText(
                "file_encoding",
                "{file} is no text in {encoding}: line {line} cannot be read. Save it as UTF-8.",
                file=name,
                encoding=encoding,
                line=number,
            ),
            path="encoding",
            line=number,
        )
    if len(line) == LONGEST_LINE:
        raise InvalidError(
            ErrorText(
                "csv_cell",
                "{file}: a cell in line {line} is larger than {most:,} characters.",
                file=name,
                line=number,
                most=LONGEST_LINE,
            ),
            line=number,
        )
    if "\x00" in line:
        raise InvalidError(
            ErrorText(
                "file_nul", "{file} holds NUL characters: it is no text, or in another encoding. Save it as UTF-8.", file=name
            ),
            path="encoding",
            line=number,
        )
    return line
