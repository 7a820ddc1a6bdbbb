"""The share of a domain's messages that were reported as spam, and from which share on its marketing stops. Pure."""

from __future__ import annotations

import msgspec

from relance.core.time import DAY

WINDOW = DAY
LEAST_DELIVERED = 1_000  # below, one complaint would say too much
#: Complaints per thousand delivered messages from which on marketing stops. Gmail and Yahoo ask senders to stay below 0.3 %.
MOST_PER_THOUSAND = 3


class DomainComplaints(msgspec.Struct, frozen=True):
    """A sending domain in the last 24 hours. ``stopped_at`` (ms) is since when its marketing is stopped; None: it is not.

    ``stopped_with`` are the figures (delivered, complained) at which it was. ``resumed_at`` is when an operator resumed it last:
    only what happened since then is counted.
    """

    domain: str
    delivered: int
    complained: int
    stopped_at: int | None = None
    stopped_with: tuple[int, int] = (0, 0)
    resumed_at: int | None = None


def is_too_often(delivered: int, complained: int) -> bool:
    """Whether so many complaints about so many delivered messages stop a domain's marketing."""
    return delivered >= LEAST_DELIVERED and complained * 1_000 >= delivered * MOST_PER_THOUSAND


def enough_to_know(complained: int) -> int:
    """How many delivered messages must be counted at most: with more, so many complaints are too few."""
    return max(LEAST_DELIVERED, complained * 1_000 // MOST_PER_THOUSAND + 1)
