"""The parts of an app's live state that are snapshotted, each valid at a position of its own.

Answers decided by the compiled fold (counts, aggregates, sequences in rolling windows) are not stored: they follow from the kept
events faster than they could be read. Answers that Python decides person by person are stored, and so are those that depend on
profiles.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from relance.core.ids import stable_id
from relance.segments.live.columns.person_column import PersonColumn
from relance.segments.live.shard import Shard
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.live.sources.source import Arrays, Leaf, Source, SourceKey
from relance.segments.live.sources.trait_leaves import BucketLeaf, TraitLeaf

PEOPLE = "people"
FIRSTS = "firsts"

SlowLeaf = JudgedLeaf | TraitLeaf


class StatePart(NamedTuple):
    """A part of an app's state, with what is needed to restore it."""

    name: str
    state: Source | SlowLeaf | PersonColumn
    about: dict[str, Any]

    def arrays(self) -> Arrays:
        """Views of all its columns; an event list has none."""
        state = self.state
        return state.answers.arrays() if isinstance(state, JudgedLeaf | TraitLeaf) else state.arrays()


def parts(shard: Shard) -> Iterator[StatePart]:
    """Everything that is snapshotted of an app."""
    yield StatePart(PEOPLE, shard.known, {"key": shard.identities.key.hex()})
    if shard.knows_firsts:
        yield StatePart(FIRSTS, shard.firsts, {})
    for key, source in shard.sources.items():
        yield StatePart(name_of_source(key), source, source.about())
    for leaf_key, leaf in shard.leaves.items():
        if not isinstance(leaf, Leaf | BucketLeaf):
            yield StatePart(name_of_leaf(leaf_key, leaf), leaf, {})


def name_of_source(key: SourceKey) -> str:
    """Equal for sources of the same events."""
    kind, events = key
    return f"{kind}.{stable_id(events)}"


def name_of_leaf(key: str, leaf: SlowLeaf) -> str:
    """Equal for leaves of the same condition."""
    return f"{'trait' if isinstance(leaf, TraitLeaf) else 'leaf'}.{stable_id(key)}"
