"""A CSV file read row by row."""

from __future__ import annotations

import io

import pytest

from relance.core.errors import InvalidError
from relance.core.table_stream import LONGEST_LINE, stream_rows


def rows(raw: bytes, encoding: str = "") -> list[tuple[int, list[str]]]:
    return list(stream_rows(io.BytesIO(raw), "The file", encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_rows_come_with_their_lines_as_spreadsheets_write_them(encoding: str, end: str, separator: str) -> None:
    lines = (f"address{separator}note", f"é@example.com{separator}x", "", f'" b "{separator}"two', 'lines"', f"c{separator}")
    assert rows(end.join(lines).encode(encoding)) == [
        (1, ["address", "note"]),
        (2, ["é@example.com", "x"]),
        (4, ["b", "two\nlines"]),
        (6, ["c", ""]),
    ]


def test_other_encodings_are_stated() -> None:
    assert rows("é".encode("windows-1252"), "windows-1252") == [(1, ["é"])]
    with pytest.raises(InvalidError, match="no encoding “klingon”"):
        rows(b"a", "klingon")


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"a\nb\n\xe9\nc", 3),
        (b"a\nb\x00", 2),
        (b'a\n"b\nc', 2),
        (b"a\n" + b"b" * LONGEST_LINE, 2),
        (b"\xff\xfea\x00\x00\xd8", 1),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(raw: bytes, line: int) -> None:
    with pytest.raises(InvalidError) as caught:
        rows(raw)
    assert caught.value.data["line"] == line


def test_nothing_is_in_an_empty_file() -> None:
    assert rows(b"") == []
