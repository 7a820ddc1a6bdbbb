"""What one delivery counts as in the figures of its message, as ``store.figures`` says of the record in SQL. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

from relance.messaging.model import DeliveryState

INSTANTS = ("delivered", "opened", "clicked", "dismissed", "unsubscribed", "bounced")
_SHOW_THAT_IT_CAME = frozenset(("delivered", "opened", "clicked", "dismissed", "unsubscribed"))
SKIPPED = DeliveryState.SKIPPED.value


class FigurePlace(NamedTuple):
    """What figures are summed up by."""

    app_id: int
    message_id: int
    journey_id: int
    node: str


class DeliveryCourse(NamedTuple):
    """What became of a delivery that is over. ``happened``: of ``INSTANTS``; ``aimed``: it had a goal."""

    state: str
    reason: str
    aimed: bool
    happened: Collection[str]


class FigureKey(NamedTuple):
    """One figure of a place. ``part``: of what was skipped, the reason."""

    place: FigurePlace
    figure: str
    part: str = ""


class FigureSums:
    """Sums of figures, and the channel of each message."""

    def __init__(self) -> None:
        self.counts: Counter[FigureKey] = Counter()
        self.channels: dict[int, str] = {}  # by message

    def add(self, place: FigurePlace, channel: str, course: DeliveryCourse) -> None:
        """Count one delivery."""
        if channel:
            self.channels[place.message_id] = channel
        for figure, part in counted(course):
            self.counts[FigureKey(place, figure, part)] += 1

    def __bool__(self) -> bool:
        return bool(self.counts)


def counted(course: DeliveryCourse) -> Iterator[tuple[str, str]]:
    """The figures that a delivery counts in, each with its part."""
    yield course.state, course.reason if course.state == SKIPPED else ""
    has_reached = course.state == DeliveryState.SENT.value or not _SHOW_THAT_IT_CAME.isdisjoint(course.happened)
    if has_reached:
        yield "reached", ""
        if course.aimed:
            yield "aimed", ""
    for name in INSTANTS:
        if name in course.happened:
            yield name, ""
