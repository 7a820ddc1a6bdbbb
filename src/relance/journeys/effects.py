"""The effects of a run's step, as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from relance.journeys.model import LeaveReason


class Visit(msgspec.Struct, frozen=True):
    """The run arrived at a node. ``via``: the label of the edge it came by, or one of ``Via``."""

    node: str
    via: str


class Send(msgspec.Struct, frozen=True):
    """The node just visited wants to send a message; ``until``: not after that instant, when the run has gone on without it."""

    node: str
    message_id: int
    until: int | None = None


class Wait(msgspec.Struct, frozen=True):
    """The run rests at the node until an instant, unless an awaited event comes first."""

    node: str
    until: int


class KeepAnswer(msgspec.Struct, frozen=True):
    """What a message's other side answered is kept under a name, for later steps; None: it said nothing, this time."""

    name: str
    answer: Mapping[str, Any] | None


class Leave(msgspec.Struct, frozen=True):
    """The run is over. ``by``: the exit event, or the label of an edge without a target, if it was one."""

    reason: LeaveReason
    by: str = ""


class Go(msgspec.Struct, frozen=True):
    """The run continues along the edge of this label: always a node's last effect. The step turns it into a visit or an end."""

    label: str


Effect = Visit | Send | Wait | KeepAnswer | Leave
Reaction = tuple[Send | Wait | KeepAnswer | Leave | Go, ...]
