"""The parts a worker puts in a row: opened together, dropped together, closed together."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Engine

from relance.core.configuration import Settings
from relance.events.past import History, Seen, open_history
from relance.infra.clock import Clock
from relance.journeys.service import Engine as Journeys
from relance.segments.membership import Live, Snapshots
from relance.users.service import People, read_traits, read_traits_of


@dataclass
class Parts:
    """Everything a tick works on. ``people``, ``seen``, ``live`` and ``journeys`` are caches of what is committed."""

    settings: Settings
    clock: Clock
    state: Engine
    log: Engine
    history: History
    people: People
    seen: Seen
    live: Live
    snapshots: Snapshots
    journeys: Journeys

    @classmethod
    def open(cls, settings: Settings, clock: Clock, state: Engine, log: Engine, partition: int) -> Parts:
        snapshots = Snapshots(partition, read_traits_of)
        return cls(
            settings=settings,
            clock=clock,
            state=state,
            log=log,
            history=open_history(settings),
            people=People(partition),
            seen=Seen(partition),
            live=Live(partition, read_traits, snapshots),
            snapshots=snapshots,
            journeys=Journeys(partition),
        )

    def rest(self) -> None:
        """Let go of what is quickly read again: known people, pages of the stores. Called between ticks."""
        self.history.rest()
        self.people.drop()
        for engine in {self.state, self.log}:
            engine.dispose()  # idle connections close, and their page caches with them

    def drop(self) -> None:
        """Forget all that is cached: the next tick reads it again from what is committed."""
        self.people.drop()
        self.seen.drop()
        self.live.drop()
        self.journeys.drop()
