"""The calls the server may make to its worker: reads of history and live segments. Answers are plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from relance.analytics.service import Reports
from relance.core.error_text import ErrorText
from relance.events.service import list_rejected
from relance.infra.database import reading
from relance.messaging.audiences.service import stopped_anywhere
from relance.messaging.service import past_delivery
from relance.pipeline.errors import UnknownCallError
from relance.pipeline.lag import standing
from relance.pipeline.partition_context import PartitionContext
from relance.segments.membership import figures_of, newest_of
from relance.worker.membership import MembershipReader
from relance.worker.segment_calls import SegmentCalls
from relance.worker.suggestions import Suggestions
from relance.worker.ticking import TickThread


def plain(value: Any) -> Any:
    """Structs as dicts and lists, ready for the wire."""
    return msgspec.to_builtins(value)


class Calls:
    """Answers on any thread; never writes."""

    def __init__(
        self,
        every: Sequence[PartitionContext],
        ticking: TickThread,
        paused: Callable[[], list[dict[str, Any]]] = list,
        down: Callable[[], list[dict[str, Any]]] = list,
    ) -> None:
        """``every`` are the contexts of all partitions, which share history, people and the stores.

        ``paused`` returns the push services that refuse our key, ``down`` the providers that are down.
        """
        self.paused = paused
        self.down = down
        self.parts = every[0]
        self.every = every
        self.ticking = ticking
        self.live = MembershipReader([each.live for each in every])
        parts = self.parts
        self.reports = Reports(parts.state, parts.history)
        self.suggestions = Suggestions(parts)
        self._known: dict[str, Callable[..., Any]] = {
            "timeline": self.timeline,
            "events": self.events,
            "event": self.event,
            "past_delivery": self.past_delivery,
            "event_names": self.event_names,
            "rejected": self.rejected,
            "report": self.report,
            "health": self.health,
            "suggest_properties": self.suggestions.properties,
            "suggest_values": self.suggestions.values,
            **SegmentCalls(parts, self.live, ticking).known,
        }

    def answer(self, name: str, arguments: dict[str, Any]) -> Any:
        """Raises ``UnknownCallError``, and whatever the call itself raises."""
        call = self._known.get(name)
        if call is None:
            raise UnknownCallError(ErrorText.local(f"The worker knows no call {name!r}."), name=name)
        return call(**arguments)

    def timeline(self, app: int, person: int, before: str | None = None, limit: int = 50) -> Any:
        return plain(self.parts.history.timeline(app, [person], before, limit))

    def events(
        self, app: int, event: str | None = None, person: int | None = None, before: str | None = None, limit: int = 50
    ) -> Any:
        return plain(self.parts.history.events(app, event, person, before, limit))

    def event(self, app: int, message_id: str) -> Any:
        """The event under that id, or None."""
        return plain(self.parts.history.event(app, message_id))

    def past_delivery(self, delivery: str) -> Any:
        """Of a delivery that is on the record no more: its app, person, message and channel; None if none of it was sent."""
        return past_delivery(self.parts.history, delivery)

    def event_names(self, app: int, search: str = "", after: str = "", limit: int | None = None) -> Any:
        return plain(self.parts.history.names(app, search, after, limit))

    def rejected(self, app: int, after: int | None = None, limit: int = 50) -> list[dict[str, Any]]:
        with reading(self.parts.log) as connection:
            found = list_rejected(connection, app, after, limit)
        return [
            {
                "id": each.id,
                "received_at": each.received_at,
                "kind": "note" if each.is_note else "refusal",
                "reason": each.reason,
                "path": each.path,
                "detail": each.detail,
                "payload": each.payload.decode(errors="replace"),
                "message_id": each.message_id,
            }
            for each in found
        ]

    def report(self, app: int, report: str, arguments: dict[str, Any]) -> Any:
        return plain(self.reports.report(app, report, arguments, live=self.live, now=self.parts.clock.now()))

    def health(self) -> dict[str, Any]:
        """The lag of settling, and whether it makes progress at all."""
        round_ = self.ticking.round
        end, reached = round_.log_end(), round_.settled_to
        with reading(self.parts.state) as connection:
            stopped = stopped_anywhere(connection)
            snapshot = newest_of([each.parts.snapshots.newest(connection, each.cursor.position) for each in round_.ticks])
        found = standing(round_.ticks, self.ticking.next_due, self.parts.clock.now())
        return {
            "log_end": end,
            "log_offset": reached,
            "behind": max(0, end - reached),
            "settled_at": round_.settled_at,
            "failures": self.ticking.failures,
            "failing": self.ticking.failing or None,
            "set_aside": sum(tick.set_aside for tick in round_.ticks),
            "isolating": next((each.suspicion.reason for each in round_.ticks if each.suspicion is not None), None),
            "now": found.now,
            "lag_ms": found.lag,
            "late": found.lag > self.parts.settings.late_after_ms,
            "snapshot": plain(snapshot),
            "push_paused": self.paused(),
            "providers_down": self.down(),
            "audiences_stopped": [
                {"app": each.app_id, "audience": each.id, "message": each.message_id, "since": each.stopped_at}
                for each in stopped
            ],
        }

    def stats(self) -> dict[str, Any]:
        """Figures since this worker started: events settled, time by stage, size of history."""
        return {
            "settled_events": self.ticking.settled_events,
            "busy_seconds": {name: round(seconds, 4) for name, seconds in self.ticking.busy_seconds.items()},
            "history": self.parts.history.stats(),
            "live_bytes": self.live.nbytes,
            "snapshots": plain(figures_of([each.snapshots.figures for each in self.every])),
        }
