"""What history's events say became of each delivery. Pure.

Events are taken in the order in which they settled. The last state counts, as on the record: a message that was withdrawn may be
wanted again, what left is never skipped. Of each kind of engagement the earliest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from relance.events.model import Name
from relance.messaging.engagement import COLUMNS, HARD, IMPLIED, graver
from relance.messaging.figures.tally import INSTANTS, DeliveryCourse, FigurePlace
from relance.messaging.model import DeliveryState, SkipReason
from relance.messaging.soft_bounces import SENDER, SOFT

_SKIPPED, _SENT, _FAILED = DeliveryState.SKIPPED.value, DeliveryState.SENT.value, DeliveryState.FAILED.value
_WITHDRAWN = SkipReason.JOURNEY_STOPPED.value
_STATES = {Name.MESSAGE_SENT.value: _SENT, Name.MESSAGE_SKIPPED.value: _SKIPPED, Name.MESSAGE_FAILED.value: _FAILED}
#: The events that say what became of deliveries; conversions are credited by records of their own.
NAMES = frozenset((*_STATES, *COLUMNS))


class ToldRow(NamedTuple):
    """An event of history."""

    app_id: int
    name: str
    occurred_at: int
    body: str


class _Body(msgspec.Struct):
    delivery: str = ""
    message: int = 0
    channel: str = ""
    journey: int = 0
    node: str = ""
    reason: str = ""
    state: str = ""
    aimed: bool | None = None
    soft: bool = False
    bounce: str = ""


class ToldDelivery(msgspec.Struct):
    """One delivery, as far as events tell. ``instants``: column → the earliest. ``aimed``: None where no event says it."""

    place: FigurePlace
    channel: str
    state: str = ""
    reason: str = ""
    sent_at: int | None = None
    aimed: bool | None = None
    instants: dict[str, int] = msgspec.field(default_factory=dict)
    bounce_type: str = ""

    @property
    def course(self) -> DeliveryCourse:
        """What it counts as."""
        happened = [name for name in INSTANTS if f"{name}_at" in self.instants]
        return DeliveryCourse(self.state, self.reason, bool(self.aimed), happened)


_decode = msgspec.json.Decoder(_Body).decode


def fold(rows: Iterable[ToldRow]) -> dict[str, ToldDelivery]:
    """Delivery → what became of it, from its events in the order in which they settled."""
    found: dict[str, ToldDelivery] = {}
    for row in rows:
        try:
            body = _decode(row.body)
        except (msgspec.DecodeError, RecursionError):
            continue
        if not body.delivery:
            continue
        told = found.get(body.delivery)
        if told is None:
            place = FigurePlace(row.app_id, body.message, body.journey, body.node)
            told = found[body.delivery] = ToldDelivery(place, body.channel)
        if row.name in _STATES:
            _became(told, _STATES[row.name], body, row.occurred_at)
        else:
            _engaged(told, COLUMNS[row.name], body, row.occurred_at)
    return found


def _became(told: ToldDelivery, state: str, body: _Body, instant: int) -> None:
    if body.aimed is not None:
        told.aimed = body.aimed
    is_open = not told.state or (told.state == _SKIPPED and told.reason == _WITHDRAWN)
    if not is_open and not (told.state == _SKIPPED and state != _SKIPPED):
        return
    told.state = DeliveryState.UNKNOWN.value if body.state == DeliveryState.UNKNOWN.value else state
    told.reason = body.reason
    told.sent_at = instant if state == _SENT else None


def _engaged(told: ToldDelivery, column: str, body: _Body, instant: int) -> None:
    if column == "bounced_at":
        told.bounce_type = graver(told.bounce_type, (SENDER if body.bounce == SENDER else SOFT) if body.soft else HARD)
    for name in IMPLIED.get((told.channel, column), (column,)):
        told.instants[name] = min(instant, told.instants.get(name, instant))


def differences(told: ToldDelivery, row: Mapping[str, object], engagement: Iterable[str]) -> dict[str, object]:
    """What the record has otherwise than events tell it, as it should be. ``engagement``: the columns that events fill."""
    right: dict[str, object] = {name: told.instants.get(name) for name in engagement}
    right["bounce_type"] = told.bounce_type
    if told.state and row["state"] in _OVER:
        right |= {"state": told.state, "sent_at": told.sent_at}
        if told.state == _SKIPPED:
            right["reason"] = told.reason
    return {name: value for name, value in right.items() if row[name] != value}


_OVER = frozenset((_SENT, _FAILED, _SKIPPED, DeliveryState.UNKNOWN.value))
