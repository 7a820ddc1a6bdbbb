"""Lengths of time as people write them: ``30s``, ``15m``, ``2h``, ``3d``, ``1w``. Pure."""

from __future__ import annotations

import re

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.time import DAY, HOUR, MINUTE, SECOND

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_SPAN = re.compile(r"([1-9][0-9]{0,6})([smhdw])")
LONGEST_SPAN = 3660 * DAY


def span(text: str, path: str) -> int:
    """``"30s"``, ``"15m"``, ``"2h"``, ``"3d"`` or ``"1w"`` in ms. Raises ``InvalidError`` naming ``path``."""
    found = _SPAN.fullmatch(text)
    length = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < length <= LONGEST_SPAN:
        raise InvalidError(
            ErrorText("not_a_length", "Length of time must be written like 30s, 15m, 2h, 3d or 1w (got {got!r}).", got=text),
            path=path,
        )
    return length
