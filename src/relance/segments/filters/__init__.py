"""OneSignal's flat filter lists, read into rules and written back where they can hold one.

A list is filters one after the other: all of those up to an ``{"operator": "OR"}`` must hold, and one such run is enough; an
``{"operator": "AND"}`` may stand between two and changes nothing. Nothing is nested, and all values are texts.

| field | relations | means |
|---|---|---|
| ``tag`` | ``=`` ``!=`` ``exists`` ``not_exists`` ``in_array`` ``not_in_array``; ``>`` ``<`` of numbers | the trait ``key`` |
| ``email`` | ``=`` | the trait ``email`` |
| ``session_count`` | ``>`` ``<`` ``=`` ``!=`` | how many ``session_started`` there were |
| ``first_session``, ``last_session`` | ``>`` ``<`` | when the first or last ``session_started`` was, in ``hours_ago`` |
| ``location`` | | was last known to be at most ``radius`` metres from ``lat``, ``long`` |
| ``amount_spent`` | ``>`` ``<`` ``=`` | the sum over the purchases |
| ``bought_sku`` | ``>`` ``<`` ``=`` | the same over those of one article, ``key`` |

An age of exactly ``hours_ago`` passes both ``>`` and ``<``. What stands nowhere above is refused with its path.
"""

from __future__ import annotations

from relance.segments.filters.reading import read_filters
from relance.segments.filters.spelling import FiltersError, Purchases
from relance.segments.filters.writing import write_filters

__all__ = ["FiltersError", "Purchases", "read_filters", "write_filters"]
