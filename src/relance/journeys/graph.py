"""A journey's graph: read from JSON with the path of whatever is wrong, and made ready to be stepped through. Pure.

A published graph never changes, so everything that a step needs is worked out once, here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from relance.core.encoding import to_json
from relance.core.errors import InvalidError
from relance.core.trimming import event_name, trim_event, trimmed
from relance.events.causes import OWN_ACTS
from relance.events.model import Name
from relance.journeys.errors import GraphError
from relance.messaging.model import Goal, check_goal, span
from relance.segments.rule.checks import check_predicate
from relance.segments.rule.conditions import Predicate, Trait

#: What becomes of messages: each event of Relance's own that says of which delivery it speaks.
MESSAGE_EVENTS = frozenset(name.value for name in Name if name.value.startswith("message_"))
ANY_MESSAGE = "*"
OWN = "\0run"  # in ``heard``: only where the event says that it is about this run
NODE_LIMIT = 200
BYTE_LIMIT = 262_144
NAME_LIMIT = 200
_OWN_DOINGS = frozenset(Name) - OWN_ACTS - {Name.SESSION_STARTED}  # what may be told without anybody's doing anything
_NODE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLACE = re.compile(r" - at `\$(.*)`$")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What starts a run: an event that passes ``where``. ``key`` names the property that tells runs apart.

    While a run of the same person and key is under way no second one starts. ``reentry`` ``once``: never a second one
    of that person and key; another key, as another cart, starts its own.
    ``late`` says what becomes of an event that came more than an hour after it happened: ``skip`` (it starts nothing, and leaves
    a record that says so) or ``enter`` (the run's times are the event's own; messages that are no longer valid are skipped).
    ``null`` is ``enter`` where all messages of the journey are transactional, else ``skip``. An import never starts a run.
    ``present``, for a start on ``segment_entered``: whoever is in the segment when a version is published is taken in as well,
    unless they have been in the journey before.
    Keys, and what ``match`` compares, are one where a whole number, the same as a float, or its plain decimal text (no sign, no
    leading zero, below 2^53) stands: 12, 12.0 and ``"12"``.
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
    """An event that ends the run at once; ``match``: only if that property is the entry event's too.

    What becomes of a message (``message_clicked``, ``message_unsubscribed`` …) ends the run only if it is one of this run's own:
    of the node ``message`` names, else of any. ``"message": "*"``: any message of the person, this run's or not.

    An event at the very instant at which a wait ends ends the run, too: a message that is wanted from that instant on and has not
    been handed over is not sent. So it is where the run has come to its end and its last message has not left yet (it is to be
    tried again, or waits for its turn, an address or a consent): the run is then ``left`` by the event, not ``done``.
    """

    event: str
    match: str | None = None
    message: str | None = None

    def __post_init__(self) -> None:
        trim_event(self)


class WaitFor(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="wait_for", rename={"else_": "else"}
):
    """Waits for an event, up to a time: ``then`` if it came, ``else`` if not. ``null`` ends the run.

    It came if it happened since the run has waited here, whenever it was received; at the last instant it is too late.
    ``match``: only if that property is the entry event's too. What becomes of a message (``message_clicked``, ``message_opened``
    …) is waited for of this run's own messages: of the node ``message`` names, else of any. ``"message": "*"``: any message of
    the person. It moves the run on, and takes back no message that the run wants already: for that, make it an exit.

    The time counts from the instant at which the run came to the node: that of the event that brought it, or the end of the wait
    before, never that at which the program got to it.
    """

    id: str
    event: str
    up_to: str
    then: str | None
    else_: str | None
    match: str | None = None
    message: str | None = None

    def __post_init__(self) -> None:
        trim_event(self)


class Delay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="delay", rename={"for_": "for"}):
    """Waits for a time, from the instant at which the run came to the node, as ``wait_for`` does."""

    id: str
    for_: str
    next: str | None


class Branch(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="branch",
    rename={"if_": "if", "else_": "else"},
):
    """Goes on at ``then`` if every test passes: of the entry event's properties, or (kind ``trait``) of the person."""

    id: str
    if_: tuple[dict[str, Any], ...]
    then: str | None
    else_: str | None


class SendMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="message"):
    """Sends a message and goes on."""

    id: str
    message: int
    next: str | None


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="exit"):
    """The run is done."""

    id: str


Node = WaitFor | Delay | Branch | SendMessage | End
Test = Predicate | Trait


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    entry: Entry
    nodes: tuple[Node, ...]
    start: str
    exits: tuple[Exit, ...] = ()
    goal: Goal | None = None


class Graph(msgspec.Struct, frozen=True):
    """A checked graph. ``lengths`` holds the waits of ``wait_for`` and ``delay`` nodes in ms, ``tests`` those of branches."""

    entry: Entry
    exits: tuple[Exit, ...]
    goal: Goal | None
    start: str
    nodes: Mapping[str, Node]
    lengths: Mapping[str, int]
    tests: Mapping[str, tuple[Test, ...]]
    needs_traits: bool
    heard: Mapping[str, frozenset[str | None]]  # events that may move or end a run, and what they must match (None: nothing)
    whirls: frozenset[str]  # waits that come back to themselves as fast as the journey's own doings are told

    @property
    def message_ids(self) -> set[int]:
        return {node.message for node in self.nodes.values() if isinstance(node, SendMessage)}


def read_graph(data: Any) -> Graph:
    """The graph of decoded JSON. Raises ``GraphError`` with the path of the first thing that is wrong."""
    if len(to_json(data)) > BYTE_LIMIT:
        raise GraphError(f"A graph is at most {BYTE_LIMIT:,} bytes long.", path="")
    try:
        written = msgspec.convert(data, _Written)
    except msgspec.ValidationError as error:
        place = _PLACE.search(str(error))
        path = place[1].removeprefix(".") if place else ""
        raise GraphError(_PLACE.sub("", str(error)) + ".", path=path) from None
    try:
        return _checked(written)
    except GraphError:
        raise
    except InvalidError as error:
        raise GraphError(error.message, **error.data) from None


def as_saved(graph: dict[str, Any]) -> dict[str, Any]:
    """A graph that was read, with the names of events as they are heard: without what is not seen around them."""
    named = {name: _named(graph[name]) for name in ("entry", "goal") if name in graph}
    listed = {name: [_named(each) for each in graph[name]] for name in ("exits", "nodes") if name in graph}
    return graph | named | listed


def _named(part: Any) -> Any:
    event = part.get("event") if isinstance(part, dict) else None
    return part | {"event": event_name(event)} if isinstance(event, str) else part


def _checked(written: _Written) -> Graph:
    _check_entry(written.entry)
    for number, each in enumerate(written.exits):
        _check_event(each.event, f"exits[{number}].event")
        _check_property(each.match, f"exits[{number}].match")
        _check_message(each, written, f"exits[{number}].message")
    check_goal(written.goal, "goal")
    if not 0 < len(written.nodes) <= NODE_LIMIT:
        raise GraphError(f"A journey has 1 to {NODE_LIMIT} nodes.", path="nodes")
    nodes: dict[str, Node] = {}
    lengths: dict[str, int] = {}
    tests: dict[str, tuple[Test, ...]] = {}
    for number, node in enumerate(written.nodes):
        path = f"nodes[{number}]"
        if not _NODE_ID.fullmatch(node.id):
            raise GraphError("A node's id is 1 to 64 letters, digits, - and _.", path=f"{path}.id")
        if node.id in nodes:
            raise GraphError(f"Two nodes have the id {node.id!r}.", path=f"{path}.id")
        nodes[node.id] = node
        if isinstance(node, WaitFor):
            _check_event(node.event, f"{path}.event")
            _check_property(node.match, f"{path}.match")
            _check_message(node, written, f"{path}.message")
            lengths[node.id] = span(node.up_to, f"{path}.up_to")
        elif isinstance(node, Delay):
            lengths[node.id] = span(node.for_, f"{path}.for")
        elif isinstance(node, Branch):
            tests[node.id] = _read_tests(node.if_, f"{path}.if")
    _check_ways(written, nodes)
    return Graph(
        entry=written.entry,
        exits=written.exits,
        goal=written.goal,
        start=written.start,
        nodes=nodes,
        lengths=lengths,
        tests=tests,
        needs_traits=any(isinstance(test, Trait) for those in tests.values() for test in those),
        heard=_heard(written),
        whirls=frozenset(name for name in nodes if _whirls(name, nodes)),
    )


def _whirls(start: str, nodes: Mapping[str, Node]) -> bool:
    """Whether a way leads back to a wait on which no time passes and for which nobody but the program has to do anything."""
    return isinstance(nodes[start], WaitFor) and _comes_back(start, nodes, _goes_by_itself)


def _goes_by_itself(node: Node) -> list[str | None]:
    """Where a run goes on at once, or when a derived event comes that is no person's own act."""
    if isinstance(node, SendMessage):
        return [node.next]
    if isinstance(node, Branch):
        return [node.then, node.else_]
    return [node.then] if isinstance(node, WaitFor) and node.event in _OWN_DOINGS else []


def _heard(written: _Written) -> dict[str, frozenset[str | None]]:
    found: dict[str, set[str | None]] = {}
    waits = [node for node in written.nodes if isinstance(node, WaitFor)]
    ends: list[Exit | WaitFor] = [*written.exits, *waits]
    for each in ends:
        found.setdefault(each.event, set()).add(OWN if of_own_message(each) else each.match)
    return {event: frozenset(matches) for event, matches in found.items()}


def of_own_message(each: Exit | WaitFor) -> bool:
    """Whether only what becomes of the run's own messages is meant."""
    return each.event in MESSAGE_EVENTS and each.message != ANY_MESSAGE


def _check_message(each: Exit | WaitFor, written: _Written, path: str) -> None:
    if each.message is None:
        return
    if each.event not in MESSAGE_EVENTS:
        raise GraphError(f"{each.event!r} is not about a message: leave out message.", path=path)
    ids = {node.id for node in written.nodes if isinstance(node, SendMessage)}
    if each.message != ANY_MESSAGE and each.message not in ids:
        raise GraphError(f"There is no message node {each.message!r}.", path=path)


def _check_entry(entry: Entry) -> None:
    _check_event(entry.event, "entry.event")
    _check_property(entry.key, "entry.key")
    for number, predicate in enumerate(entry.where):
        check_predicate(predicate, f"entry.where[{number}]", "property")
    if entry.present and (
        entry.event != Name.SEGMENT_ENTERED
        or not any(each.property == "segment" and each.is_ in ("=", "in") for each in entry.where)
    ):
        raise GraphError("Only who is in a segment can be taken in: start on segment_entered and name it.", path="entry.present")


def _check_event(name: str, path: str) -> None:
    if not trimmed(name) or len(name) > NAME_LIMIT or "\x00" in name:
        raise GraphError(f"An event's name has 1 to {NAME_LIMIT} characters.", path=path)


def _check_property(name: str | None, path: str) -> None:
    if name is not None and (not name or len(name) > NAME_LIMIT or "\x00" in name):
        raise GraphError(f"A property's name has 1 to {NAME_LIMIT} characters.", path=path)


def _read_tests(written: tuple[dict[str, Any], ...], path: str) -> tuple[Test, ...]:
    if not written:
        raise GraphError("A branch has at least one test.", path=path)
    tests: list[Test] = []
    for number, data in enumerate(written):
        place = f"{path}[{number}]"
        try:
            test: Test = msgspec.convert(data, Trait) if "kind" in data else msgspec.convert(data, Predicate)
        except msgspec.ValidationError as error:
            inner = _PLACE.search(str(error))
            raise GraphError(_PLACE.sub("", str(error)) + ".", path=place + (inner[1] if inner else "")) from None
        is_trait = isinstance(test, Trait)
        check_predicate(test.predicate if isinstance(test, Trait) else test, place, "name" if is_trait else "property")
        tests.append(test)
    return tuple(tests)


def ways(node: Node) -> Iterator[tuple[str, str | None]]:
    """The edges that lead from a node: (name of the field, where to)."""
    if isinstance(node, WaitFor | Branch):
        yield "then", node.then
        yield "else", node.else_
    elif isinstance(node, Delay | SendMessage):
        yield "next", node.next


def _check_ways(written: _Written, nodes: dict[str, Node]) -> None:
    """Every edge leads somewhere, every node can be reached, and no circle can be run through without waiting."""
    if written.start not in nodes:
        raise GraphError(f"There is no node {written.start!r}.", path="start")
    for number, node in enumerate(written.nodes):
        for field, target in ways(node):
            if target is not None and target not in nodes:
                raise GraphError(f"There is no node {target!r}.", path=f"nodes[{number}].{field}")
    reached, left = {written.start}, [written.start]
    while left:
        for _, target in ways(nodes[left.pop()]):
            if target is not None and target not in reached:
                reached.add(target)
                left.append(target)
    for number, node in enumerate(written.nodes):
        if node.id not in reached:
            raise GraphError(f"Node {node.id!r} cannot be reached.", path=f"nodes[{number}]")
        if isinstance(node, SendMessage | Branch) and _comes_back(node.id, nodes, _goes_at_once):
            raise GraphError(f"Node {node.id!r} is part of a loop without a wait.", path=f"nodes[{number}]")


def _goes_at_once(node: Node) -> list[str | None]:
    """Where a run goes on without waiting."""
    return [target for _, target in ways(node)] if isinstance(node, SendMessage | Branch) else []


def _comes_back(start: str, nodes: Mapping[str, Node], onward: Callable[[Node], list[str | None]]) -> bool:
    seen: set[str] = set()
    left = [start]
    while left:
        for target in onward(nodes[left.pop()]):
            if target == start:
                return True
            if target is not None and target not in seen:
                seen.add(target)
                left.append(target)
    return False
