"""What a step of a run does, as data. Pure."""

from __future__ import annotations

import msgspec

from relance.journeys.model import LeaveReason


class Visit(msgspec.Struct, frozen=True):
    """The run came to a node. ``via``: the label of the edge it came by, or one of ``Via``."""

    node: str
    via: str


class Send(msgspec.Struct, frozen=True):
    """A message is wanted by the node just visited."""

    node: str
    message_id: int


class Wait(msgspec.Struct, frozen=True):
    """The run rests at the node until an instant, unless an event it hears comes first."""

    node: str
    until: int


class Leave(msgspec.Struct, frozen=True):
    """The run is over. ``by``: the exit event, or the label of the edge that leads nowhere, if it was one."""

    reason: LeaveReason
    by: str = ""


class Go(msgspec.Struct, frozen=True):
    """The run goes on by the edge of this label: what a node answers with, last. The step makes a visit of it, or an end."""

    label: str


Effect = Visit | Send | Wait | Leave
Reaction = tuple[Send | Wait | Leave | Go, ...]
