"""Was the person there when it happened? A visit opens a session and moves when somebody was last seen; a server's word does not.

As the Segment spec has it: ``context.active`` says so outright; ``channel`` (of the message, or in its context) says where the
call came from. Server libraries send no channel, and shops tell of what people do by them, so that without a word an event is a
visit, unless its name is that of something the shop does alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

#: What a shop does with an order while its buyer is elsewhere; compared in small letters.
SHOPS_OWN = frozenset(("order shipped", "order fulfilled", "order out for delivery", "order delivered", "order refunded"))
_SERVER = "server"


class Presence(NamedTuple):
    """What a context says of it: as it came, of any type."""

    active: Any = None
    channel: Any = None


UNKNOWN = Presence()


def is_background(presence: Presence, channel: Any, name: str) -> bool:
    """Whether an event is no visit. ``channel`` is the message's own."""
    active, beneath = presence
    if type(active) is bool:
        return not active
    if type(channel) is str or type(beneath) is str:
        said: str = channel if type(channel) is str else beneath
        return said.strip().lower() == _SERVER
    return _is_shops_own(name)


@lru_cache(maxsize=1024)
def _is_shops_own(name: str) -> bool:
    """Remembered, since few names come time and again."""
    return name.lower() in SHOPS_OWN
