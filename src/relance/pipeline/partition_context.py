"""Everything that settles one partition: opened, dropped and closed together."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Engine

from relance.core.configuration import Settings
from relance.events.names import EventNames
from relance.events.past import History, Seen, open_history
from relance.infra.clock import Clock
from relance.journeys.recall import Recall
from relance.journeys.service import Engine as Journeys
from relance.pipeline.partition_view import read_own_traits
from relance.segments.membership import Live, ReadProfiles, Snapshots
from relance.users.service import People, read_traits, read_traits_of


@dataclass
class PartitionContext:
    """What a tick works on. ``people``, ``seen``, ``live`` and ``journeys`` are caches of committed state."""

    settings: Settings
    partition: int
    clock: Clock
    state: Engine
    log: Engine
    history: History
    people: People
    names: EventNames
    seen: Seen
    read_profiles: ReadProfiles  # of the people who live here
    live: Live
    snapshots: Snapshots
    journeys: Journeys

    @classmethod
    def open(cls, settings: Settings, clock: Clock, state: Engine, log: Engine, partition: int) -> PartitionContext:
        """The context of a single partition, with a history of its own."""
        return cls._of(settings, clock, state, log, partition, *_shared(settings))

    @classmethod
    def open_all(cls, settings: Settings, clock: Clock, state: Engine, log: Engine) -> list[PartitionContext]:
        """The contexts of all partitions. History and people are shared, since partitions take turns."""
        shared = _shared(settings)
        return [cls._of(settings, clock, state, log, each, *shared) for each in range(settings.partitions)]

    @classmethod
    def _of(  # noqa: PLR0913, RUF100 - what it opens with, and what is one for all
        cls,
        settings: Settings,
        clock: Clock,
        state: Engine,
        log: Engine,
        partition: int,
        history: History,
        people: People,
        names: EventNames,
    ) -> PartitionContext:
        count = settings.partitions
        snapshots = Snapshots(partition, read_traits_of, count)
        read_profiles = read_own_traits(partition, count) if count > 1 else read_traits
        live = Live(partition, read_profiles, snapshots, partitions=count)
        return cls(
            settings=settings,
            partition=partition,
            clock=clock,
            state=state,
            log=log,
            history=history,
            people=people,
            names=names,
            seen=Seen(partition),
            read_profiles=read_profiles,
            live=live,
            snapshots=snapshots,
            journeys=Journeys(partition, count, Recall(history), live.memberships),
        )

    def rest(self) -> bool:
        """Between ticks: release memory that is cheap to refill, such as known people and pages of the stores. False: history is
        being read.
        """
        if not self.history.rest():
            return False
        self.people.drop()
        for engine in {self.state, self.log}:
            engine.dispose()  # idle connections close and drop their page caches
        return True

    def drop(self) -> None:
        """Drop all caches: the next tick reads committed state again."""
        self.people.drop()
        self.names.drop()
        self.seen.drop()
        self.live.drop()
        self.journeys.drop()


def _shared(settings: Settings) -> tuple[History, People, EventNames]:
    """What all partitions of a process share."""
    history = open_history(settings)
    return history, People(settings.partitions), EventNames(history)
