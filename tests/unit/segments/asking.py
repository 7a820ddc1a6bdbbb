"""One leaf of one source, asked about one person."""

from __future__ import annotations

import numpy as np

from relance.segments.live.columns.instants import NEVER
from relance.segments.live.kernel.window_scan import WindowAggregate
from relance.segments.live.sources.fold_driver import FoldDriver
from relance.segments.live.sources.source import FoldedSource, Leaf

PERSON = 5


def leaf_of(aggregate: WindowAggregate, source: FoldedSource) -> Leaf:
    """A leaf that hangs on a source, not decided yet."""
    leaf = Leaf(2, aggregate, source)
    source.seat([leaf])
    return leaf


def answer_and_due(leaf: Leaf, now: int) -> tuple[bool, int]:
    """Whether it holds for ``PERSON`` at ``now``, and when time may change that (``NEVER``)."""
    people = np.array([PERSON])
    outcome = FoldDriver([leaf.source]).fold({}, people[:0], (people, np.array([now])), now, now, leaf)
    (held, *others) = outcome.instants.tolist() or [NEVER]
    assert not others
    return leaf.answers.truth.one(PERSON), held
