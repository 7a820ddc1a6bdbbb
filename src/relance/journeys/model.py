"""Journeys, their versions and their runs as other packages see them. No I/O."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from relance.events.model import Event
from relance.messaging.model import Intent


class JourneyState(StrEnum):
    """A journey's state."""

    DRAFT = "draft"  # never published
    LIVE = "live"
    PAUSED = "paused"  # no entries, no time passes, messages wait; events still end or move runs
    ARCHIVED = "archived"  # over: its runs were ended


class RunState(StrEnum):
    """A run's state."""

    WAITING = "waiting"  # active
    DONE = "done"  # reached an end of the graph
    LEFT = "left"  # ended before; its waiting messages are not sent


class LeaveReason(StrEnum):
    """Why a run is over."""

    COMPLETED = "completed"
    EXIT_EVENT = "exit_event"  # one of the graph's exit events
    SUPERSEDED = "superseded"  # a late event started an earlier run, which replaced it
    MERGED = "merged"  # its person was merged into another who was in an older run with the same key
    ARCHIVED = "archived"  # the journey was archived
    DELETED = "deleted"  # its person was deleted
    TOO_MANY_STEPS = "too_many_steps"  # an error in the graph


class Via(StrEnum):
    """How a run arrived at a node other than by an edge; stored beside the edges' labels."""

    START = "start"
    EXIT_EVENT = "exit_event"  # it was ended there


class Journey(msgspec.Struct, frozen=True):
    """A journey. ``graph`` is the draft; ``published`` the version people enter (0 = none).

    ``version`` counts edits and guards against concurrent ones. ``resumed_at`` is when its last pause ended (0 = never).
    """

    id: int
    app_id: int
    name: str
    state: JourneyState
    graph: dict[str, Any]
    published: int
    version: int
    resumed_at: int
    created_at: int
    updated_at: int


class JourneyVersion(msgspec.Struct, frozen=True):
    """A published graph; never changes."""

    journey_id: int
    version: int
    graph: dict[str, Any]
    published_at: int


class Run(msgspec.Struct, gc=False):
    """One person's passage through one version. Times are ms; ``moved_at`` is when it arrived at ``node``.

    ``seq`` counts the steps written; ``data`` holds the entry event's properties as JSON. ``caused_by`` are the journeys that
    caused its entry event, or moved it since, as in ``events.causes``. ``left_by`` is the exit event that ended it, or the label
    of the edge without a target, if one did. ``answers``: what was answered to its messages, by name, as JSON; empty: nothing.
    """

    id: str
    app_id: int
    journey_id: int
    version: int
    person_id: int
    run_key: str
    node: str
    state: str
    reason: str
    wake_at: int
    entered_at: int
    moved_at: int
    seq: int
    data: str
    caused_by: str = ""
    left_by: str = ""
    answers: str = ""


class RunStep(msgspec.Struct, frozen=True, gc=False):
    """A node at which a run arrived. ``via`` is the label of the edge, or one of ``Via``."""

    run_id: str
    seq: int
    node: str
    via: str
    occurred_at: int


class NodeCount(msgspec.Struct, frozen=True):
    """How many runs arrived at a node of a version, are waiting there, and were ended there by an event."""

    version: int
    node: str
    arrived: int
    waiting: int
    stopped: int


class EdgeCount(msgspec.Struct, frozen=True):
    """How many runs left a node of a version in one way.

    ``way`` is ``start`` (into the journey: ``node`` is empty) or the label of an edge (``next``, ``then``, ``else``), with the
    node it leads ``to`` (null: the run is done), or the reason for which runs ended at the node: ``completed``, ``exit_event``
    (``event`` names it), ``merged`` and so on.
    """

    version: int
    node: str
    way: str
    to: str | None
    event: str
    runs: int


class ExitCount(msgspec.Struct, frozen=True):
    """How many runs an exit event ended; ``event`` is empty if it is no longer known."""

    event: str
    runs: int


class ReasonCount(msgspec.Struct, frozen=True):
    """How many runs ended for another reason (as ``reason`` of runs)."""

    reason: str
    runs: int


class Totals(msgspec.Struct, frozen=True):
    """Runs of all versions: ``entered`` is the sum of active, completed, ended by an exit event, and ended otherwise."""

    entered: int
    waiting: int
    completed: int
    exits: list[ExitCount]
    otherwise: list[ReasonCount]


class WaysToGoal(msgspec.Struct, frozen=True):
    """How the graphs of some versions can lead to a goal. ``waits`` are the nodes that await its event, each with the label of
    the edge taken; ``entry`` is the event that starts runs, ``key`` the property that keys them.
    """

    versions: frozenset[int]
    entry: str
    key: str | None
    waits: frozenset[tuple[str, str]]


class Advance(msgspec.Struct):
    """What a tick's journeys ask for: messages to send, events to emit."""

    intents: list[Intent] = msgspec.field(default_factory=list)
    derived: list[Event] = msgspec.field(default_factory=list)
