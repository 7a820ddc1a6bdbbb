"""The kinds of node. A kind is its module and its line here: nothing else names one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Union

import msgspec

from relance.journeys.nodes.branch import Branch
from relance.journeys.nodes.delay import Delay
from relance.journeys.nodes.exit import End
from relance.journeys.nodes.message import SendMessage
from relance.journeys.nodes.node import Node
from relance.journeys.nodes.send_and_wait import SendAndWait
from relance.journeys.nodes.wait_for import WaitFor


def kind_of(node: type[Node]) -> str:
    """The name under which nodes of this kind are written."""
    return str(node.__struct_config__.tag)


#: By name, in display order.
KINDS: dict[str, type[Node]] = {kind_of(each): each for each in (WaitFor, Delay, Branch, SendMessage, SendAndWait, End)}


def any_node() -> Any:
    """The type of a node of any kind, for decoding."""
    return _union(tuple(KINDS.values()))


@lru_cache(maxsize=8)
def _union(kinds: tuple[type[Node], ...]) -> Any:
    return Union[kinds]  # noqa: UP007 - of kinds that are known when it runs


def read_nodes(graph: Mapping[str, Any]) -> Sequence[Node]:
    """The nodes of a graph that was checked when it was saved."""
    return msgspec.convert(graph.get("nodes", ()), list[any_node()])  # type: ignore[misc, no-any-return]
