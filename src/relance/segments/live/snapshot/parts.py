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
from relance.segments.live.books import Book
from relance.segments.live.judged import JudgedLeaf
from relance.segments.live.leaves import Stream
from relance.segments.live.paged import Paged
from relance.segments.live.sequences import Steps
from relance.segments.live.shard import Shard
from relance.segments.live.standing import TraitLeaf
from relance.segments.live.tallies import Tally

PEOPLE = "people"
FIRSTS = "firsts"

State = Stream | Tally | Steps | Book | JudgedLeaf | TraitLeaf | Paged


class Part(NamedTuple):
    """A part of an app's state, with what a restored one must be made with."""

    name: str
    state: State
    about: dict[str, Any]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Views of all its columns; a book has none."""
        state = self.state
        if isinstance(state, Book):
            return {}
        if isinstance(state, Tally | Steps):
            return state.rows.arrays()
        return state.answers.arrays() if isinstance(state, JudgedLeaf | TraitLeaf) else state.arrays()


def parts(shard: Shard) -> Iterator[Part]:
    """All that is snapshotted of an app."""
    yield Part(PEOPLE, shard.known, {"key": shard.identities.key.hex()})
    if shard.knows_firsts:
        yield Part(FIRSTS, shard.firsts, {})
    for key, stream in shard.streams.items():
        need = stream.need
        yield Part(name_of("stream", key), stream, {"depth": need.depth, "span": need.span, "total": need.total})
    for key, tally in shard.tallies.items():
        yield Part(name_of("tally", key), tally, _about_rows(tally, shard))
    for key, steps in shard.steps.items():
        yield Part(name_of("steps", key), steps, _about_rows(steps, shard))
    for key, book in shard.books.items():
        yield Part(name_of("book", key), book, about_book(book.extent))
    for key, leaf in shard.leaves.items():
        if isinstance(leaf, JudgedLeaf):
            yield Part(name_of("leaf", key), leaf, {})
    for key, trait_leaf in shard.trait_leaves.items():
        yield Part(name_of("trait", key), trait_leaf, {})


def name_of(kind: str, key: str) -> str:
    """Equal for parts that are for the same events or condition."""
    return f"{kind}.{stable_id(key)}"


def about_book(extent: tuple[Sequence[str], int, int]) -> dict[str, Any]:
    members, spare, pruned_to = extent
    return {"members": list(members), "spare": spare, "pruned_to": pruned_to}


def _about_rows(source: Tally | Steps, shard: Shard) -> dict[str, Any]:
    return {"span": source.span, "key": shard.identities.key.hex() if source.is_keyed else ""}
