"""Cells of exports that spreadsheets must not run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.spreadsheets import defused, restored


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        '=HYPERLINK("http://x.example")',
        "+33 1 23",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "=cmd|calc@x.example",
    ],
)
def test_what_begins_like_a_formula_is_text(cell: str) -> None:
    assert defused([cell]) == ["'" + cell]


@pytest.mark.parametrize("cell", ["", "ada", "1-1", "a@b.example", "'quoted'", " =1", 42, None, -1])
def test_everything_else_is_left_alone(cell: object) -> None:
    assert defused([cell]) == [cell]


@given(st.text(alphabet="=+-@'\ta1") | st.text())
def test_what_was_defused_comes_back(cell: str) -> None:
    if not cell.startswith(("'=", "'+", "'-", "'@", "'\t", "'\r", "'\n", "'＝", "'＋", "'－", "'＠")):
        assert restored(defused([cell])[0]) == cell
