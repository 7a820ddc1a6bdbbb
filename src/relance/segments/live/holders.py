"""Who fulfils a rule whose conditions are all live already: answered by whole columns, for everybody at once."""

from __future__ import annotations

import numpy as np

from relance.segments.definition.needs import leaf_key
from relance.segments.live.paged import Bools, Ids
from relance.segments.live.shard import Shard
from relance.segments.rule.tree import All, Any_, Not, Rule, conditions


def knows(shard: Shard, rule: Rule) -> bool:
    """Whether every condition of a rule, written out, is live."""
    live = shard.leaves.keys() | shard.trait_leaves.keys() | shard.bucket_leaves.keys()
    return all(leaf_key(leaf) in live for leaf in conditions(rule))


def holders(shard: Shard, rule: Rule) -> Ids | None:
    """Who of the people known fulfils a rule, ascending, as the leaves stand; None where some condition is not live."""
    known = shard.known.dense()
    inside = _holders(shard, rule, known)
    return None if inside is None else (inside & known).nonzero()[0]


def _holders(shard: Shard, rule: Rule, known: Bools) -> Bools | None:
    if isinstance(rule, Not):
        inner = _holders(shard, rule.part, known)
        return None if inner is None else ~inner
    if isinstance(rule, All | Any_):
        parts = [_holders(shard, part, known) for part in rule.parts]
        answers = [part for part in parts if part is not None]
        combine = np.logical_and if isinstance(rule, All) else np.logical_or
        return combine.reduce(answers) if len(answers) == len(parts) else None
    key = leaf_key(rule)
    bucket = shard.bucket_leaves.get(key)
    if bucket is not None:
        return bucket.dense(known)
    leaf = shard.leaves.get(key) or shard.trait_leaves.get(key)
    return None if leaf is None else leaf.answers.truth.dense(known.size)[: known.size]
