"""Cells of a CSV file that a spreadsheet must not take for a formula: ids and addresses come from outside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: What a formula begins with in one spreadsheet or another, as OWASP lists it ("CSV injection").
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
QUOTE = "'"


def defused(row: Iterable[Any]) -> list[Any]:
    """The row with an apostrophe before every text that begins like a formula: spreadsheets show such a cell as text."""
    return [QUOTE + cell if isinstance(cell, str) and cell.startswith(_STARTS) else cell for cell in row]


def restored(cell: str) -> str:
    """What ``defused`` made a cell of, as it was before."""
    return cell[1:] if cell.startswith(QUOTE) and cell[1:].startswith(_STARTS) else cell
