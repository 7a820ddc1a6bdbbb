"""One leaf of one source, asked about one person."""

from __future__ import annotations

import numpy as np

from relance.segments.live.deck import Deck
from relance.segments.live.instants import NEVER
from relance.segments.live.kept import Kept, Leaf
from relance.segments.live.looks import Look

PERSON = 5


def leaf_of(look: Look, source: Kept) -> Leaf:
    """A leaf that hangs on a source, not decided yet."""
    leaf = Leaf(2, look, source)
    source.seat([leaf])
    return leaf


def answer_and_due(leaf: Leaf, now: int) -> tuple[bool, int]:
    """Whether it holds for ``PERSON`` at ``now``, and when time may change that (``NEVER``)."""
    people = np.array([PERSON])
    lived = Deck([leaf.source]).live_through({}, people[:0], (people, np.array([now])), now, now, leaf)
    (held, *others) = lived.instants.tolist() or [NEVER]
    assert not others
    return leaf.answers.truth.one(PERSON), held
