"""Where events happened, as two columns of history: what their contexts tell under ``location``, read once.

``latitude`` and ``longitude`` are whole millionths of a degree, as ``core.places`` reads them; both are NULL of an event that
tells no place on earth. They are written with each append. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from relance.core.places import Spot, may_hold_spot, read_location


class _Context(msgspec.Struct, gc=False):
    """The member of interest; the decoder skips the others."""

    location: object = None


_decode = msgspec.json.Decoder(_Context).decode


def spot_in(context: bytes | str) -> Spot | None:
    """The place that a context (a JSON object) tells, or None."""
    return read_location(_decode(context).location)


def spot_columns(contexts: Sequence[bytes]) -> npt.NDArray[np.int64]:
    """Latitudes and longitudes, a row of each, of contexts; masked where one tells no place."""
    spots: npt.NDArray[np.int64] = np.ma.masked_all((2, len(contexts)), np.int64)  # type: ignore[no-untyped-call]
    if may_hold_spot(b"".join(contexts)):  # as in few ticks of most apps
        found = ((place, spot_in(context)) for place, context in enumerate(contexts) if may_hold_spot(context))
        found_spots = [(place, *spot) for place, spot in found if spot is not None]
        if found_spots:
            places, latitudes, longitudes = np.array(found_spots).T
            spots[:, places] = latitudes, longitudes
    return spots
