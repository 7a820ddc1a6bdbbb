"""Real purchases: CDNOW, 69,659 orders by 23,570 people, from the data file of the package ``lifetimes`` (MIT).

The package is never imported (it would bring pandas and scipy); its installed file is found and read.
Source of the data: Fader and Hardie, "Notes on the CDNOW Master Data Set" (2013).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, files

import msgspec

from relance.core.error_text import ErrorText
from relance.demo.errors import MissingDataError

_FILE = "CDNOW_master.txt"
NOON = 12


class Purchase(msgspec.Struct, frozen=True):
    """One line of the file: its number (from 1), who, when (shifted), how many CDs, for how much."""

    line: int
    customer: str
    day: date
    quantity: int
    total: float

    @property
    def message_id(self) -> str:
        """One id per line: identical lines are different purchases."""
        return f"cdnow-{self.line}"

    @property
    def moment(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, NOON, tzinfo=UTC)


def read_purchases(last_day: date) -> list[Purchase]:
    """Every purchase, with all dates shifted by the same number of days so that the last one is on ``last_day``."""
    rows = [line.split() for line in _data().splitlines()[1:] if line.strip()]
    days = [datetime.strptime(row[1], "%Y%m%d").replace(tzinfo=UTC).date() for row in rows]
    shift = last_day - max(days)
    return [_purchase(number, row, day, shift) for number, (row, day) in enumerate(zip(rows, days, strict=True), start=1)]


def _purchase(line: int, row: list[str], day: date, shift: timedelta) -> Purchase:
    return Purchase(line=line, customer=row[0], day=day + shift, quantity=int(row[2]), total=float(row[3]))


def _data() -> str:
    try:
        listed = files("lifetimes") or []
    except PackageNotFoundError:
        listed = []
    for each in listed:
        if each.name == _FILE:
            return each.read_text()
    raise MissingDataError(
        ErrorText.local("The demo needs the data file of the package lifetimes: pip install 'relance[demo]'."), file=_FILE
    )
