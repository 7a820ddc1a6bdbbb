"""The people matching a rule whose conditions are all live: computed on whole columns, for everybody at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_

import numpy as np
from numpy.typing import NDArray

from relance.segments.definition.needs import leaf_key
from relance.segments.live.columns.person_column import Bools, Ids
from relance.segments.live.shard import Shard
from relance.segments.live.sources.trait_leaves import BucketLeaf
from relance.segments.rule.tree import All, Any_, Not, Rule, conditions

Bits = NDArray[np.uint8]


def knows(shard: Shard, rule: Rule) -> bool:
    """Whether every condition of an expanded rule is live."""
    return all(leaf_key(leaf) in shard.leaves for leaf in conditions(rule))


def holders(shard: Shard, rule: Rule) -> Ids | None:
    """Which known people match a rule now, ascending; None if some condition is not live."""
    if not knows(shard, rule):
        return None
    known = shard.known.dense()
    columns: dict[str, Bits] = {}
    for leaf in conditions(rule):
        key = leaf_key(leaf)
        if key not in columns:
            column = _column(shard, key, known)
            if column is None:  # not drawn for everybody yet
                return None
            columns[key] = np.packbits(column)
    inside: Ids = np.flatnonzero(np.unpackbits(_holders(rule, columns), count=known.size).view(np.bool_) & known)
    return inside


def _column(shard: Shard, key: str, known: Bools) -> Bools | None:
    leaf = shard.leaves[key]
    if isinstance(leaf, BucketLeaf):
        return leaf.dense(known)
    return leaf.answers.truth.dense(known.size)[: known.size]


def _holders(rule: Rule, columns: Mapping[str, Bits]) -> Bits:
    """One bit per person: an eighth of the memory traffic for each part of the rule."""
    if isinstance(rule, Not):
        return ~_holders(rule.part, columns)
    if isinstance(rule, All | Any_):
        return reduce(and_ if isinstance(rule, All) else or_, (_holders(part, columns) for part in rule.parts))
    return columns[leaf_key(rule)]
