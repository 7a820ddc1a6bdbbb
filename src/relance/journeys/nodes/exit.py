"""The node that completes a run. Pure."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from relance.core.forms import Hints
from relance.journeys.effects import Leave, Reaction
from relance.journeys.facts import StepFacts
from relance.journeys.model import LeaveReason
from relance.journeys.nodes.node import Node

_DONE: Reaction = (Leave(LeaveReason.COMPLETED),)


class End(Node, frozen=True, tag="exit"):
    """Completes the run."""

    form: ClassVar[Hints] = {}

    @override
    def enter(self, facts: StepFacts, now: int) -> Reaction:
        return _DONE
