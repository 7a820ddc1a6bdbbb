"""Journeys that wait for, exit on or count events under reserved names that are never emitted, or that report test sends, which
move nobody. Pure.
"""

from __future__ import annotations

from relance.core.error_text import ErrorText
from relance.events.model import Name, is_own
from relance.journeys.errors import GraphError
from relance.journeys.graph import Graph

_WRITTEN = frozenset(Name)


def check_kept_names(graph: Graph) -> None:
    """Raise ``GraphError`` for a name reserved for Relance that it never emits."""
    heard = [*graph.heard_names()]
    if graph.goal is not None:
        heard.append(("goal.event", graph.goal.event))
    for path, event in heard:
        if event == Name.MESSAGE_TESTED:
            raise GraphError(
                ErrorText(
                    "test_sends_move_nobody", "{event} reports test sends, which move nobody through a journey.", event=event
                ),
                path=path,
            )
        if is_own(event) and event not in _WRITTEN:
            raise GraphError(
                ErrorText(
                    "event_name_kept",
                    "No event is named {event}: such names are reserved for Relance, which does not emit this one.",
                    event=event,
                ),
                path=path,
            )
