"""A worker's parts without its processes: a log to write to, ticks run by hand, a clock moved by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from relance.accounts.service import Accounts
from relance.core.configuration import Settings
from relance.core.encoding import to_json
from relance.events.model import Event, Kind
from relance.events.service import LogWriter
from relance.infra.clock import StoryClock
from relance.journeys.service import Journeys
from relance.messaging.service import Deliveries, Messages
from relance.pipeline.lease import Lease
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.tick import Tick, TickResult
from relance.segments.service import Segments
from relance.users.service import Directory
from tests.history import lay_history

START = 1_790_000_000_000


class Rig:
    """One app on one store, with as many partitions as its settings say. Times given to ``track`` are ms after ``START``."""

    def __init__(self, folder: Path, state: Engine, log: Engine, *, tick_events: int = 10_000, **more: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        lay_history(folder)
        self.settings = Settings(data=str(folder), clock="story", tick_events=tick_events, **more)
        self.clock = StoryClock(folder / "clock", START)
        self.state, self.log = state, log
        self.app = Accounts(state).create_app(f"App of {folder.name}", START).app.id
        self.writer = LogWriter(log, clock=self.clock, partitions=self.settings.partitions)
        self.segments, self.messages, self.journeys = Segments(state), Messages(state), Journeys(state)
        self.deliveries, self.people = Deliveries(state), Directory(state)
        self.number = 0
        self.start()

    def start(self) -> None:
        """Take every partition, with nothing in memory."""
        self.leases = [Lease(self.state, self.settings.folder, each, 15) for each in range(self.settings.partitions)]
        self.every = PartitionContext.open_all(self.settings, self.clock, self.state, self.log)
        self.ticks = [Tick(parts, lease, lease.take()) for parts, lease in zip(self.every, self.leases, strict=True)]
        self.lease, self.parts, self.tick = self.leases[0], self.every[0], self.ticks[0]

    def event(self, kind: Kind, name: str, at: int, body: dict[str, Any], **more: Any) -> Event:
        self.number += 1
        given = {"message_id": f"m{self.number}", "received_at": START + at, **more}
        return Event(self.app, kind.value, name, occurred_at=START + at, body=to_json(body).encode(), **given)

    def track(self, user: str, name: str, at: int, **body: Any) -> Event:
        return self.event(Kind.TRACK, name, at, body, user_id=user)

    def identify(self, user: str, at: int, anonymous: str = "", context: dict[str, Any] | None = None, **traits: Any) -> Event:
        more = {"user_id": user, "anonymous_id": anonymous, "context": to_json(context or {}).encode()}
        return self.event(Kind.IDENTIFY, "", at, traits, **more)

    def write(self, *events: Event) -> None:
        self.writer.append_now(list(events))

    def settle(self, at: int | None = None) -> list[TickResult]:
        """Move the clock and run ticks until nothing waits and nothing is due."""
        if at is not None:
            self.clock.advance(START + at)
        done = [tick.run() for tick in self.ticks]
        while unsettled := [tick for tick in self.ticks if tick.waiting() or (tick.next_due() or 1 << 62) <= self.clock.now()]:
            done += [tick.run() for tick in unsettled]
        return done

    def definitions_changed(self) -> None:
        for tick in self.ticks:
            tick.definitions_changed()

    def members(self, segment: int) -> list[int]:
        """Of all partitions, ascending."""
        return sorted(person for parts in self.every for person in parts.live.members(self.app, segment))

    def history(self, name: str) -> list[tuple[int, int]]:
        """(person, ms after ``START``) of each event of that name, oldest first."""
        found = self.parts.history.events(self.app, name, limit=10_000)
        return sorted((each.person_id, each.occurred_at - START) for each in found)

    def close(self) -> None:
        self.stop()
        self.clock.close()

    def stop(self) -> None:
        """Let go of the partitions: what was not committed is gone."""
        self.every[0].history.close()
        for lease in self.leases:
            lease.release()


def counted(event: str, compare: str, value: int, last: str | None) -> dict[str, Any]:
    window = None if last is None else {"last": last}
    return {"kind": "behaviour", "event": event, "aggregate": "count", "compare": compare, "value": value, "window": window}
