"""What one tick did, for the worker and for the figures."""

from __future__ import annotations

import time

import msgspec

from relance.core.pulse import PULSE


class TickResult(msgspec.Struct):
    """Counts of one tick, or of several added up, and the seconds spent in each stage."""

    events: int = 0
    duplicates: int = 0
    refused: int = 0
    changes: int = 0
    intents: int = 0
    sent_to: set[int] = msgspec.field(default_factory=set)  # the partitions that were given something
    postponed: bool = False  # a deletion waits for what other partitions have still to settle
    set_aside: int = 0  # events that no tick could settle
    more: bool = False  # the tick was full: there is more to read at once
    accepted: list[tuple[int, int]] = msgspec.field(default_factory=list)  # (real instant of acceptance, events)
    caused: dict[str, int] = msgspec.field(default_factory=dict)  # delivery → when the event that asked for it was accepted
    stages: dict[str, float] = msgspec.field(default_factory=dict)  # seconds in each stage

    def add(self, other: TickResult) -> None:
        """Count what another tick did as well."""
        self.events += other.events
        self.duplicates += other.duplicates
        self.refused += other.refused
        self.set_aside += other.set_aside
        self.changes += other.changes
        self.intents += other.intents
        self.more |= other.more
        self.accepted += other.accepted
        self.caused |= other.caused
        for stage, seconds in other.stages.items():
            self.stages[stage] = self.stages.get(stage, 0.0) + seconds

    def spend(self, stage: str, since: float) -> float:
        """Book the time since ``since`` on a stage; returns the present mark."""
        mark = time.perf_counter()
        self.stages[stage] = self.stages.get(stage, 0.0) + mark - since
        PULSE.beat(stage)
        return mark
