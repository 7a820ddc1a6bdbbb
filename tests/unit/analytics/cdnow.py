"""The purchases of CDNOW, read from the file that the ``lifetimes`` package carries (MIT); the package is not imported."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

SIZES = {
    "Hibernating": 8_569,
    "Champions": 4_135,
    "About To Sleep": 3_339,
    "Loyal": 3_322,
    "Potential Loyalist": 2_367,
    "Need Attention": 960,
    "At Risk": 867,
    "Can't Lose": 11,
}


def purchases() -> list[tuple[int, int, float]]:
    """(person, noon UTC of the day in ms, dollars) of each of the 69,659 lines."""
    package = importlib.util.find_spec("lifetimes")
    assert package is not None
    assert package.submodule_search_locations
    file = Path(package.submodule_search_locations[0]) / "datasets" / "CDNOW_master.txt"
    read = []
    for line in file.read_text().splitlines()[1:]:
        person, day, _discs, dollars = line.split()
        noon = datetime.strptime(day, "%Y%m%d").replace(hour=12, tzinfo=UTC)
        read.append((int(person), round(noon.timestamp() * 1000), float(dollars)))
    return read
