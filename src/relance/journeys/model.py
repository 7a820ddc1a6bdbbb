"""Journeys, their versions and their runs as others see them. No I/O."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from relance.events.model import Event
from relance.messaging.model import Intent


class JourneyState(StrEnum):
    """Where a journey is in its life."""

    DRAFT = "draft"  # never published
    LIVE = "live"
    PAUSED = "paused"  # nobody enters, no time runs out, messages wait; events still end runs or move them on
    ARCHIVED = "archived"  # over: its runs were ended


class RunState(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"  # under way
    DONE = "done"  # came to an end of the graph
    LEFT = "left"  # was ended before; messages that wait are not sent


class LeaveReason(StrEnum):
    """Why a run is over."""

    COMPLETED = "completed"
    EXIT_EVENT = "exit_event"  # an event of the graph's exits came
    SUPERSEDED = "superseded"  # an event that came late shows that an earlier one began it: another run took its place
    MERGED = "merged"  # its person became part of another who was in an older run with the same key
    ARCHIVED = "archived"  # the journey was archived
    DELETED = "deleted"  # its person was deleted
    TOO_MANY_STEPS = "too_many_steps"  # a fault of the graph


class Via(StrEnum):
    """How a run came to a node by none of the graph's edges, whose labels stand beside these."""

    START = "start"
    EXIT_EVENT = "exit_event"  # it was ended there


class Journey(msgspec.Struct, frozen=True):
    """A journey. ``graph`` is the draft; ``published`` the number of the version people enter (0 = none).

    ``version`` counts edits and guards them. ``resumed_at`` is when its last pause ended (0 = never).
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
    """A published graph; it never changes."""

    journey_id: int
    version: int
    graph: dict[str, Any]
    published_at: int


class Run(msgspec.Struct, gc=False):
    """One person's way through one version. Times are ms; ``moved_at`` is when it came to ``node``.

    ``seq`` counts the steps written; ``data`` holds the entry event's properties as JSON. ``caused_by`` are the journeys that
    brought about what began it, or moved it since, as ``events.causes`` writes them. ``left_by`` is the exit event that ended it,
    or the label of the edge that led nowhere, where one did.
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


class RunStep(msgspec.Struct, frozen=True, gc=False):
    """One node a run came to. ``via`` is the label of the edge, or one of ``Via``."""

    run_id: str
    seq: int
    node: str
    via: str
    occurred_at: int


class NodeCount(msgspec.Struct, frozen=True):
    """How many runs came to a node of a version, rest there, and were ended there by an event."""

    version: int
    node: str
    arrived: int
    waiting: int
    stopped: int


class EdgeCount(msgspec.Struct, frozen=True):
    """How many runs went on from a node of a version by one way.

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
    """How many runs an exit event ended; ``event`` is empty where it is not known any more."""

    event: str
    runs: int


class ReasonCount(msgspec.Struct, frozen=True):
    """How many runs ended for another reason (as ``reason`` of runs)."""

    reason: str
    runs: int


class Totals(msgspec.Struct, frozen=True):
    """Runs of all versions: ``entered`` is the sum of those under way, gone to the end, ended by an exit event, and otherwise."""

    entered: int
    waiting: int
    completed: int
    exits: list[ExitCount]
    otherwise: list[ReasonCount]


class WaysToGoal(msgspec.Struct, frozen=True):
    """How the graphs of some versions may lead to a goal. ``waits`` are the nodes that wait for its event, each with the label
    of the edge that it leads to; ``entry`` is the event that begins runs, ``key`` the property that tells them apart.
    """

    versions: frozenset[int]
    entry: str
    key: str | None
    waits: frozenset[tuple[str, str]]


class Advance(msgspec.Struct):
    """What a tick's journeys want done: messages sent, events told."""

    intents: list[Intent] = msgspec.field(default_factory=list)
    derived: list[Event] = msgspec.field(default_factory=list)
