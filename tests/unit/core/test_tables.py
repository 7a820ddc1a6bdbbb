"""Files of rows: encodings, separators, and faults told with their line."""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.errors import InvalidError
from relance.core.tables import SEPARATORS, column, decoded, read_table

ROWS = [["name", "email"], ["Zoë, the first", "zoe@x.example"], ['6" Max; "M"', "max@x.example"]]


def written(rows: list[list[str]], separator: str, line_end: str = "\n") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator=line_end).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", SEPARATORS)
def test_rows_are_read_whatever_separates_them(separator: str, line_end: str) -> None:
    text = written(ROWS, separator, line_end)
    assert read_table(text, "f").rows == ROWS
    assert read_table(f"sep={separator}{line_end}{text}", "f").rows == ROWS


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_separator_inside_quotation_marks_separates_nothing(separator: str) -> None:
    other = ";" if separator != ";" else ","
    rows = [[f"Last{other * 3} First{separator}\nor so", "email"], ["Lea", "lea@x.example"]]
    table = read_table(written(rows, separator), "f")
    assert (table.rows, table.lines) == (rows, [1, 3])
    assert column(table, "email", "f") == ["lea@x.example"]


def test_what_says_its_separator_is_believed() -> None:
    assert read_table("sep=|\na,b;c,d|e;f\n", "f").rows == [["a,b;c,d", "e;f"]]


text = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=("Cc", "Zs", "Zl", "Zp", "Cf")),
    min_size=1,
    max_size=6,
)


@given(
    st.lists(st.lists(st.tuples(text, text).map(" ".join), min_size=2, max_size=3), min_size=1, max_size=4),
    st.sampled_from(",;\t"),
)
def test_whatever_is_written_with_quotation_marks_is_read_again(rows: list[list[str]], separator: str) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    assert [[cell.split() for cell in row] for row in read_table(file.getvalue(), "f").rows] == [
        [cell.split() for cell in row] for row in rows
    ]


@given(st.text(st.sampled_from('",;\n\ta \u200b'), max_size=30) | st.text(max_size=30))
def test_any_text_is_read_or_refused_with_a_line(given: str) -> None:
    refused: InvalidError | None = None
    try:
        read_table(given, "f")
    except InvalidError as error:
        refused = error
    assert refused is None or 1 <= refused.data["line"] <= given.count("\n") + given.count("\r") + 1
    assert refused is None or f"line {refused.data['line']}" in refused.message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('email,name\na@x,"Ann\nb@x,Bob\nc@x,Cy\n', "opens in line 2 is not closed"),
        ('email,name\na@x,Ann\n"b@x,Bob\n', "opens in line 3 is not closed"),
        ('sep=;\nemail;name\n"a\n@x";"Ann\n', "opens in line 4 is not closed"),
        ('a@x,"Ann\nb@x,"Bob"\n', "in line 2 a quotation mark closes in the middle of a cell"),
        ('"a" b,c\n', "in line 1 a quotation mark"),
        ("a," + "x" * 200_000, "a cell in line 1 is larger than 131,072 characters"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        read_table(text, "people.csv")


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("é;ü".encode(), ""),
        ("é;ü".encode("utf-8-sig"), ""),
        ("é;ü".encode("utf-8-sig"), "utf-8"),
        ("é;ü".encode("utf-16"), ""),
        (codecs.BOM_UTF16_BE + "é;ü".encode("utf-16-be"), ""),
        ("é;ü".encode("utf-32"), ""),
        ("é;ü".encode("utf-16-le"), "utf-16-le"),
        ("é;ü".encode("windows-1252"), "windows-1252"),
        ("é;ü".encode("latin-1"), "Latin-1"),
        ("é;ü".encode("mac-roman"), "mac-roman"),
    ],
)
def test_texts_are_read_in_the_encoding_they_say_or_are_said_to_have(raw: bytes, encoding: str) -> None:
    assert decoded(raw, "f", encoding) == "é;ü"


@pytest.mark.parametrize(
    ("raw", "encoding", "says"),
    [
        ("a\né".encode("windows-1252"), "", "UTF-8: line 2 cannot be read. Say its encoding: --encoding windows-1252"),
        ("abc".encode("utf-16-le"), "", "NUL characters.*--encoding utf-16-le"),
        (b"abc", "klingon", "There is no encoding “klingon”"),
        (b"abc", "base64", "There is no encoding “base64”"),
        (b"abc", "rot13", "There is no encoding “rot13”"),
        (codecs.BOM_UTF16_LE + b"a", "", "utf-16: line 1 cannot be read"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(raw: bytes, encoding: str, says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        decoded(raw, "people.csv", encoding)


def test_columns_are_named_as_people_see_them() -> None:
    table = read_table("\u200bE-Mail ,name\n\u00a0a@x\ufeff ,A\n", "f")
    assert column(table, "e-mail", "f") == ["a@x"]
    assert column(table, None, "f") == ["E-Mail", "a@x"]
    with pytest.raises(InvalidError, match="has no column “mail”; its first line names E-Mail, name"):
        column(table, "mail", "f")
    with pytest.raises(InvalidError, match="has 2 columns “A”"):
        column(read_table("a,a\n1,2\n", "f"), "A", "f")
    with pytest.raises(InvalidError, match="names none"):
        column(read_table("", "f"), "A", "f")
