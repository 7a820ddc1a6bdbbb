"""What an app's live state consists of, as far as it is snapshotted: each part by itself, true of a position of its own.

What is decided in numpy (counts, tallies, sequences in rolling windows) is not: it follows from the events that are kept, in less
time than reading it would take. Of conditions that Python decides person by person the answers are kept, and so are those that
hang on profiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from numpy.typing import NDArray

from relance.core.ids import stable_id
from relance.segments.live.columns.person_column import PersonColumn
from relance.segments.live.shard import Shard
from relance.segments.live.sources.aggregates import AggregateSource
from relance.segments.live.sources.counts import CountSource
from relance.segments.live.sources.event_lists import EventListSource
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.live.sources.sequences import SequenceSource
from relance.segments.live.sources.trait_leaves import TraitLeaf

PEOPLE = "people"
FIRSTS = "firsts"

State = CountSource | AggregateSource | SequenceSource | EventListSource | JudgedLeaf | TraitLeaf | PersonColumn


class StatePart(NamedTuple):
    """A part of an app's state, with what a restored one must be made with."""

    name: str
    state: State
    about: dict[str, Any]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Views of all its columns; a book has none."""
        state = self.state
        if isinstance(state, EventListSource):
            return {}
        if isinstance(state, AggregateSource | SequenceSource):
            return state.rows.arrays()
        return state.answers.arrays() if isinstance(state, JudgedLeaf | TraitLeaf) else state.arrays()


def parts(shard: Shard) -> Iterator[StatePart]:
    """All that is snapshotted of an app."""
    yield StatePart(PEOPLE, shard.known, {"key": shard.identities.key.hex()})
    if shard.knows_firsts:
        yield StatePart(FIRSTS, shard.firsts, {})
    for key, stream in shard.streams.items():
        need = stream.need
        yield StatePart(name_of("stream", key), stream, {"depth": need.depth, "span": need.span, "total": need.total})
    for key, tally in shard.tallies.items():
        yield StatePart(name_of("tally", key), tally, _about_rows(tally, shard))
    for key, steps in shard.steps.items():
        yield StatePart(name_of("steps", key), steps, _about_rows(steps, shard))
    for key, event_list in shard.event_lists.items():
        yield StatePart(name_of("book", key), event_list, about_book(event_list.extent))
    for key, leaf in shard.leaves.items():
        if isinstance(leaf, JudgedLeaf):
            yield StatePart(name_of("leaf", key), leaf, {})
    for key, trait_leaf in shard.trait_leaves.items():
        yield StatePart(name_of("trait", key), trait_leaf, {})


def name_of(kind: str, key: str) -> str:
    """Equal for parts that are for the same events or condition."""
    return f"{kind}.{stable_id(key)}"


def about_book(extent: tuple[Sequence[str], int, int]) -> dict[str, Any]:
    members, spare, pruned_to = extent
    return {"members": list(members), "spare": spare, "pruned_to": pruned_to}


def _about_rows(source: AggregateSource | SequenceSource, shard: Shard) -> dict[str, Any]:
    return {"span": source.span, "key": shard.identities.key.hex() if source.is_keyed else ""}
