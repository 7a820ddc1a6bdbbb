"""Public interface of counts: what is added, and what is read."""

from relance.journeys.counting.store import (
    EDGE_COUNTS,
    GOAL_COUNTS,
    NODE_COUNTS,
    add,
    add_reached,
    edges_of,
    nodes_of,
    reached_of,
    versions_in_use,
)
from relance.journeys.counting.tally import CountDeltas, totals

__all__ = [
    "EDGE_COUNTS",
    "GOAL_COUNTS",
    "NODE_COUNTS",
    "CountDeltas",
    "add",
    "add_reached",
    "edges_of",
    "nodes_of",
    "reached_of",
    "totals",
    "versions_in_use",
]
