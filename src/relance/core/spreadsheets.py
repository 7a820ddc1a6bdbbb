"""CSV cells that a spreadsheet must not evaluate as formulas: ids and addresses come from outside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: The characters that start a formula in some spreadsheet, as OWASP lists them ("CSV injection").
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
QUOTE = "'"


def defused(row: Iterable[Any]) -> list[Any]:
    """The row with an apostrophe before every text that would start a formula; spreadsheets then show the text."""
    return [QUOTE + cell if isinstance(cell, str) and cell.startswith(_STARTS) else cell for cell in row]


def restored(cell: str) -> str:
    """Undoes ``defused`` for one cell."""
    return cell[1:] if cell.startswith(QUOTE) and cell[1:].startswith(_STARTS) else cell
