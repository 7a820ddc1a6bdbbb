"""Whether the person was present when an event happened. A visit opens a session and updates "last seen"; a server's report does
not.

Following the Segment spec: ``context.active`` says so explicitly; ``channel`` (of the message, or in its context) says where the
call came from. Server libraries send no channel, and shops report what people do through them, so by default an event is a visit,
unless its name is that of something the shop does alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

#: What a shop does with an order while the buyer is elsewhere; compared in lower case.
SHOPS_OWN = frozenset(("order shipped", "order fulfilled", "order out for delivery", "order delivered", "order refunded"))
_SERVER = "server"


class Presence(NamedTuple):
    """What a context says about presence, unparsed."""

    active: Any = None
    channel: Any = None


UNKNOWN = Presence()


def is_background(presence: Presence, channel: Any, name: str) -> bool:
    """Whether an event is not a visit. ``channel`` is the message's own."""
    active, beneath = presence
    if type(active) is bool:
        return not active
    if type(channel) is str or type(beneath) is str:
        said: str = channel if type(channel) is str else beneath
        return said.strip().lower() == _SERVER
    return _is_shops_own(name)


@lru_cache(maxsize=1024)
def _is_shops_own(name: str) -> bool:
    """Cached, since the same few names keep coming."""
    return name.lower() in SHOPS_OWN
