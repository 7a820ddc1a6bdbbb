"""What is told to templates of what they name, from what was read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from relance.accounts.model import App, AppSettings
from relance.core.encoding import from_json
from relance.messaging.context.names import APP, FACTS, LAST_CART, LAST_VIEWED, SEGMENT, SINCE, SUBSCRIPTION, NamedValues
from relance.messaging.recent.model import MOST_INSTANTS, Recent, count_after
from relance.users.reach import KnownFacts
from relance.users.rule_facts import to_moment

_SETTINGS = ("site", "language", "currency", "country", "timezone", "logo")
_OF_SEGMENTS = frozenset(("segment", "person"))  # what the events of segments say
Recents = Mapping[str, Recent]
"""Event → the newest of one person."""


NO_RECENTS: Recents = {}


class Read(NamedTuple):
    """What was read of one person. ``segment`` is its id and name."""

    facts: KnownFacts | None = None
    recents: Recents = NO_RECENTS
    segment: tuple[int, str] | None = None
    device: Mapping[str, Any] = {}


def counted_events(names: NamedValues, settings: AppSettings) -> dict[str, bool]:
    """The events whose newest these names need → whether they are counted."""
    needed = dict.fromkeys(names.counted, True)
    shop = settings.shop_events
    for name, events in ((LAST_VIEWED, shop.viewed), (LAST_CART, (*shop.cart, *shop.cart_over))):
        if name in names.whole:
            needed |= {event: needed.get(event, False) for event in events}
    return needed


def known_of(names: NamedValues, app: App, read: Read) -> dict[str, Any]:
    """Variable → what it is; of ``app`` and ``subscription`` what is known beside what always is."""
    told: dict[str, Any] = {}
    shop = app.settings.shop_events
    if FACTS in names.whole:
        told[FACTS] = read.facts.facts if read.facts is not None else {}
    if SEGMENT in names.whole and read.segment is not None:
        told[SEGMENT] = {"id": read.segment[0], "name": read.segment[1]}
    if LAST_VIEWED in names.whole:
        told[LAST_VIEWED] = _shown(_newest(read.recents, shop.viewed))
    if LAST_CART in names.whole:
        told[LAST_CART] = _shown(_cart(_newest(read.recents, shop.cart), _newest(read.recents, shop.cart_over)))
    if names.counted:
        last_visit = read.facts.last_visit if read.facts is not None else 0
        told[SINCE] = {event: _since(read.recents.get(event), last_visit) for event in sorted(names.counted)}
    if names.app:
        told[APP] = app_values(app, names)
    if names.device:
        told[SUBSCRIPTION] = {"device": dict(read.device)}
    return {name: value for name, value in told.items() if value is not None}


def app_values(app: App, names: NamedValues) -> dict[str, Any]:
    """The app's settings that are named; all but its logo, which is long, where the whole app is."""
    wanted = {*names.app, *_SETTINGS} - {"logo"} if "*" in names.app else names.app
    return {name: getattr(app.settings, name) for name in _SETTINGS if name in wanted and getattr(app.settings, name)}


def segment_of(data: str) -> int | None:
    """The segment that an event is about which tells that somebody entered or left it, and nothing else."""
    if '"segment"' not in data:
        return None
    said = from_json(data)
    if not isinstance(said, dict) or not said.keys() <= _OF_SEGMENTS:
        return None
    number = said.get("segment")
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _newest(recents: Recents, events: tuple[str, ...]) -> Recent | None:
    found = [recents[event] for event in events if event in recents]
    return max(found, key=lambda each: each.last, default=None)


def _cart(cart: Recent | None, over: Recent | None) -> Recent | None:
    """The cart, unless an order came after it: whichever was reported first."""
    return None if cart is None or (over is not None and over.last[0] >= cart.last[0]) else cart


def _shown(recent: Recent | None) -> dict[str, Any] | None:
    """What the event said, and ``at``, when it was, unless a property has the name."""
    if recent is None:
        return None
    try:
        said = from_json(recent.properties)
    except msgspec.DecodeError:  # pragma: no cover - the log has objects only
        said = {}
    return {"at": to_moment(recent.last[0]), **(said if isinstance(said, dict) else {})}


def _since(recent: Recent | None, last_visit: int) -> dict[str, Any]:
    """How many there were, and the last of them; none: that alone."""
    count = 0 if recent is None else count_after(recent, last_visit)
    if recent is None or not count:
        return {"count": 0}
    return {"count": count, "more": count >= MOST_INSTANTS, "last": _shown(recent)}
