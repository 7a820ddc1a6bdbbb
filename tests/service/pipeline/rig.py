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
from relance.pipeline.parts import Parts
from relance.pipeline.tick import Settled, Tick
from relance.segments.service import Segments
from relance.users.service import Directory

START = 1_790_000_000_000


class Rig:
    """One app on one store. Times given to ``track`` and friends are ms after ``START``."""

    def __init__(self, folder: Path, state: Engine, log: Engine, *, tick_events: int = 10_000, **more: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(data=str(folder), clock="story", tick_events=tick_events, **more)
        self.clock = StoryClock(folder / "clock", START)
        self.state, self.log = state, log
        self.app = Accounts(state).create_app(f"App of {folder.name}", START).app.id
        self.writer = LogWriter(log, clock=self.clock)
        self.segments, self.messages, self.journeys = Segments(state), Messages(state), Journeys(state)
        self.deliveries, self.people = Deliveries(state), Directory(state)
        self.number = 0
        self.lease = Lease(state, folder, 0, 15)
        self.parts = Parts.open(self.settings, self.clock, state, log, 0)
        self.tick = Tick(self.parts, self.lease, self.lease.take())

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

    def settle(self, at: int | None = None) -> list[Settled]:
        """Move the clock and run ticks until nothing waits and nothing is due."""
        if at is not None:
            self.clock.advance(START + at)
        done = [self.tick.run()]
        while self.tick.waiting() or (self.tick.next_due() or 1 << 62) <= self.clock.now():
            done.append(self.tick.run())
        return done

    def history(self, name: str) -> list[tuple[int, int]]:
        """(person, ms after ``START``) of each event of that name, oldest first."""
        found = self.parts.history.events(self.app, name, limit=10_000)
        return sorted((each.person_id, each.occurred_at - START) for each in found)

    def close(self) -> None:
        self.parts.history.close()
        self.lease.release()
        self.clock.close()


def counted(event: str, compare: str, value: int, last: str | None) -> dict[str, Any]:
    window = None if last is None else {"last": last}
    return {"kind": "behaviour", "event": event, "aggregate": "count", "compare": compare, "value": value, "window": window}
