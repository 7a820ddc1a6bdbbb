"""A journey's graph: parsed from JSON, with the path of any error, and prepared for stepping. Pure.

A published graph never changes, so everything a step needs is computed once, here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, Literal, TypeVar

import msgspec

from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.trimming import event_name, trim_event
from relance.events.causes import OWN_ACTS
from relance.events.model import Name
from relance.journeys.answers import KEPT_NAME, MOST_KEPT
from relance.journeys.errors import GraphError, located
from relance.journeys.facts import Need
from relance.journeys.listening import AwaitedEvent, EventMatch, check_event, check_match, check_property, of_own_message
from relance.journeys.model import LeaveReason, Via
from relance.journeys.nodes.kinds import any_node
from relance.journeys.nodes.node import Node, Test
from relance.messaging.model import Goal, check_goal
from relance.segments.rule.checks import check_predicate
from relance.segments.rule.conditions import Predicate

OWN = "\0run"  # in ``heard``: only if the event names this run
NODE_LIMIT = 200
BYTE_LIMIT = 262_144
_OWN_DOINGS = frozenset(Name) - OWN_ACTS - {Name.SESSION_STARTED}  # what may be emitted without anyone doing anything
_COUNTED_APART = {*LeaveReason, *Via}  # besides the labels of edges
_NODE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What starts a run: an event that passes ``where``. ``key`` names the property that distinguishes runs.

    While a run of the same person and key is active no second one starts. ``reentry`` ``once``: at most one run ever per person
    and key; another key, such as another cart, starts its own.

    ``late`` says what happens to an event that arrives more than an hour after it happened: ``skip`` (it starts nothing, and
    leaves a record that says so) or ``enter`` (the run's times are the event's own; messages that are no longer valid are
    skipped). ``null`` is ``enter`` if all messages of the journey are transactional, else ``skip``. An import never starts a run.

    ``present``, for a start on ``segment_entered``: current members of the segment enter when a version is published, unless they
    have been in the journey before.

    Keys, and the values compared by ``match``, are equal for an integer, the same as a float, and its plain decimal text (no
    sign, no leading zero, below 2^53): 12, 12.0 and ``"12"``.
    """

    event: str
    key: str | None = None
    where: tuple[Predicate, ...] = ()
    reentry: Literal["always", "once"] = "always"
    late: Literal["skip", "enter"] | None = None
    present: bool = False

    def __post_init__(self) -> None:
        trim_event(self)


class Exit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event that ends the run at once; ``match``: only if that property equals the entry event's.

    Events about messages (``message_clicked``, ``message_unsubscribed`` …) end the run only if they are about one of its own:
    that of the node ``message``, or any if that is omitted. ``"message": "*"``: any message of the person, this run's or not.

    An event at the very instant at which a wait ends ends the run, too: a message due at that instant and not handed over yet is
    not sent. The same applies to a run that has reached its end while its last message is unsent (it is to be retried, or waits
    for its turn, an address or a consent): the run is then ``left`` by the event, not ``done``.
    """

    event: str
    match: str | None = None
    message: str | None = None

    def __post_init__(self) -> None:
        trim_event(self)


AnyNode = TypeVar("AnyNode", bound=Node)


class _Written(msgspec.Struct, Generic[AnyNode], frozen=True, forbid_unknown_fields=True):
    entry: Entry
    nodes: tuple[AnyNode, ...]
    start: str
    exits: tuple[Exit, ...] = ()
    goal: Goal | None = None


class Graph(msgspec.Struct, frozen=True):
    """A checked graph; its nodes in the order in which they are written."""

    entry: Entry
    exits: tuple[Exit, ...]
    goal: Goal | None
    start: str
    nodes: Mapping[str, Node]
    needs: frozenset[Need]  # what must be known of people on the way
    heard: Mapping[str, frozenset[str | None]]  # events that may move or end a run, and what they must match (None: nothing)
    whirls: frozenset[str]  # waits that come back to themselves as fast as the journey's own events are emitted

    @property
    def message_ids(self) -> set[int]:
        """The messages it sends."""
        return {each.message_id for node in self.nodes.values() for each in node.sends}

    def kept_before(self, node_id: str) -> set[str]:
        """The names under which an answer may be kept when a run arrives at a node, be it from a visit before."""
        keepers = [node for node in self.nodes.values() if node.keeps]
        return {
            each.name
            for node in keepers
            if node_id in _reached(node.id, self.nodes, lambda at: (edge.to for edge in at.edges))
            for each in node.keeps
        }

    def placed_nodes(self) -> Iterator[tuple[str, Node]]:
        """Each node with its path."""
        return ((f"nodes[{number}]", node) for number, node in enumerate(self.nodes.values()))

    def placed_tests(self) -> Iterator[tuple[str, Test]]:
        """The tests of its entry and nodes, with their paths."""
        yield from ((f"entry.where[{number}]", test) for number, test in enumerate(self.entry.where))
        for path, node in self.placed_nodes():
            yield from ((f"{path}.{each.place}", each.test) for each in node.tests)

    def placed_awaited(self) -> Iterator[tuple[str, AwaitedEvent]]:
        """The events its nodes await, with the paths of their names."""
        for path, node in self.placed_nodes():
            yield from ((f"{path}.{each.place}event", each) for each in node.awaited)

    def heard_names(self) -> Iterator[tuple[str, str]]:
        """The names of events that end or move runs, with their paths."""
        yield from ((f"exits[{number}].event", each.event) for number, each in enumerate(self.exits))
        yield from ((path, each.event) for path, each in self.placed_awaited())


def read_graph(data: Any) -> Graph:
    """The graph of decoded JSON. Raises ``GraphError`` with the path of the first error."""
    size = len(to_json(data))
    if size > BYTE_LIMIT:
        raise GraphError(
            ErrorText("graph_bytes", "Graph must be at most {most:,} bytes (got {got:,}).", most=BYTE_LIMIT, got=size), path=""
        )
    try:
        written: _Written[Node] = msgspec.convert(data, _Written[any_node()])  # type: ignore[misc]
    except msgspec.ValidationError as error:
        raise located(error, data) from None
    try:
        return _checked(written)
    except GraphError:
        raise
    except InvalidError as error:
        raise GraphError(error.text, **error.data) from None


def as_saved(graph: dict[str, Any]) -> dict[str, Any]:
    """A parsed graph with event names normalised, without invisible characters around them."""
    named = {name: _named(graph[name]) for name in ("entry", "goal") if name in graph}
    listed = {name: [_named(each) for each in graph[name]] for name in ("exits", "nodes") if name in graph}
    return graph | named | listed


def _named(part: Any) -> Any:
    event = part.get("event") if isinstance(part, dict) else None
    return part | {"event": event_name(event)} if isinstance(event, str) else part


def _checked(written: _Written[Node]) -> Graph:
    senders = {node.id for node in written.nodes if node.sends}
    _check_entry(written.entry)
    for number, each in enumerate(written.exits):
        check_match(each, senders, f"exits[{number}].")
    check_goal(written.goal, "goal")
    if not 0 < len(written.nodes) <= NODE_LIMIT:
        raise GraphError(
            ErrorText("nodes_number", "A journey must have 1–{most} nodes (got {got}).", most=NODE_LIMIT, got=len(written.nodes)),
            path="nodes",
        )
    nodes: dict[str, Node] = {}
    for number, node in enumerate(written.nodes):
        path = f"nodes[{number}]"
        if not _NODE_ID.fullmatch(node.id):
            raise GraphError(
                ErrorText("node_id", "Node id must be 1–64 letters, digits, - or _ (got {got!r}).", got=node.id),
                path=f"{path}.id",
            )
        if node.id in nodes:
            raise GraphError(ErrorText("node_id_twice", "Two nodes have the id {node!r}.", node=node.id), path=f"{path}.id")
        nodes[node.id] = node
        for awaited in node.awaited:
            check_match(awaited, senders, f"{path}.{awaited.place}")
        node.check(path)
    _check_edges(written, nodes)
    _check_kept(written.nodes)
    return Graph(
        entry=written.entry,
        exits=written.exits,
        goal=written.goal,
        start=written.start,
        nodes=nodes,
        needs=frozenset().union(*(node.needs for node in nodes.values())),
        heard=_heard(written),
        whirls=frozenset(node.id for node in nodes.values() if node.rests and _comes_back(node.id, nodes, _goes_by_itself)),
    )


def _goes_by_itself(node: Node) -> Iterator[str | None]:
    """Where a run continues at once, or on a derived event that is no person's own act: as fast as such events are emitted."""
    if not node.rests:
        return (each.to for each in node.edges)
    return (node.targets[each.label] for each in node.awaited if each.event in _OWN_DOINGS)


def _goes_at_once(node: Node) -> Iterator[str | None]:
    """Where a run continues without waiting."""
    return (each.to for each in node.edges if not node.rests)


def _heard(written: _Written[Node]) -> dict[str, frozenset[str | None]]:
    found: dict[str, set[str | None]] = {}
    ends: list[EventMatch] = [*written.exits, *(each for node in written.nodes for each in node.awaited)]
    for each in ends:
        found.setdefault(each.event, set()).add(OWN if of_own_message(each) else each.match)
    return {event: frozenset(matches) for event, matches in found.items()}


def _check_kept(nodes: Iterable[Node]) -> None:
    """Names under which answers are kept can be written in templates, and each is one node's."""
    taken: set[str] = set()
    for number, node in enumerate(nodes):
        for each in node.keeps:
            path = f"nodes[{number}].{each.place}"
            if not KEPT_NAME.fullmatch(each.name):
                raise GraphError(
                    ErrorText(
                        "kept_name",
                        "An answer's name must be 1–40 small letters, digits or _, and begin with a letter (got {got!r}).",
                        got=each.name[:100],
                    ),
                    path=path,
                )
            if each.name in taken:
                raise GraphError(ErrorText("kept_name_twice", "Two nodes keep an answer as {name!r}.", name=each.name), path=path)
            taken.add(each.name)
            if len(taken) > MOST_KEPT:
                raise GraphError(
                    ErrorText(
                        "kept_number", "A journey must keep at most {most} answers (got {got}).", most=MOST_KEPT, got=len(taken)
                    ),
                    path=path,
                )


def _check_entry(entry: Entry) -> None:
    check_event(entry.event, "entry.event")
    check_property(entry.key, "entry.key")
    for number, predicate in enumerate(entry.where):
        check_predicate(predicate, f"entry.where[{number}]", "property")
    if entry.present and (
        entry.event != Name.SEGMENT_ENTERED
        or not any(each.property == "segment" and each.is_ in ("=", "in") for each in entry.where)
    ):
        raise GraphError(
            ErrorText(
                "present_without_segment",
                "Only members of a segment can be taken in: start on segment_entered and name the segment.",
            ),
            path="entry.present",
        )


def _check_edges(written: _Written[Node], nodes: Mapping[str, Node]) -> None:
    """Every edge has a target, every node can be reached, and no cycle can run without waiting."""
    if written.start not in nodes:
        raise GraphError(_no_node(written.start), path="start")
    for number, node in enumerate(written.nodes):
        if _COUNTED_APART & node.targets.keys() or len(node.targets) < len(node.edges):
            labels = tuple(each.label for each in node.edges)
            raise GraphError(
                ErrorText(
                    "edge_labels",
                    "Edges of a node need distinct labels, none of them a reason for leaving (got {got}).",
                    got=labels,
                ),
                path=f"nodes[{number}]",
            )
        for edge in node.edges:
            if edge.to is not None and edge.to not in nodes:
                raise GraphError(_no_node(edge.to), path=f"nodes[{number}].{edge.path}")
    reached = {written.start, *_reached(written.start, nodes, lambda node: (edge.to for edge in node.edges))}
    for number, node in enumerate(written.nodes):
        if node.id not in reached:
            raise GraphError(
                ErrorText("node_unreachable", "Node {node!r} cannot be reached.", node=node.id), path=f"nodes[{number}]"
            )
        if _comes_back(node.id, nodes, _goes_at_once):
            raise GraphError(
                ErrorText(
                    "loop_without_wait", "Node {node!r} is part of a loop without a wait: put a wait into the loop.", node=node.id
                ),
                path=f"nodes[{number}]",
            )


def _no_node(name: str) -> ErrorText:
    return ErrorText("node_unknown", "There is no node {node!r}.", node=name)


def _comes_back(start: str, nodes: Mapping[str, Node], onward: Callable[[Node], Iterator[str | None]]) -> bool:
    return start in _reached(start, nodes, onward)


def _reached(start: str, nodes: Mapping[str, Node], onward: Callable[[Node], Iterator[str | None]]) -> set[str]:
    """The nodes reachable along edges; the start only if a cycle leads back to it."""
    seen: set[str] = set()
    left = [start]
    while left:
        for target in onward(nodes[left.pop()]):
            if target is not None and target not in seen:
                seen.add(target)
                left.append(target)
    return seen
