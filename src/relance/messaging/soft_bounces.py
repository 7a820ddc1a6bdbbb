"""Whether an address has sent back so many messages in a row that it is given up. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SOFT, SENDER = "soft", "sender"


def is_given_up(sent: Sequence[Mapping[str, Any]], delivery_id: str, most: int) -> bool:
    """Whether a delivery is one of ``most`` soft bounces in a row among those sent to its address, in order of sending.

    One that arrived, or of which nothing came back, ends the row; one that came back through the sender's fault does not count at
    all. The order of notices does not matter.
    """
    row, has_it = 0, False
    for each in sent:
        if each["bounce_type"] == SENDER:
            continue
        arrived = any(each[name] is not None for name in ("delivered_at", "opened_at", "clicked_at"))
        if each["bounce_type"] != SOFT or arrived:
            row, has_it = 0, False
            continue
        row, has_it = row + 1, has_it or each["id"] == delivery_id
        if row >= most and has_it:
            return True
    return False
