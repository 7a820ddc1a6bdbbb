"""Questions about rows, asked by many leaves and answered together: as many calls of numpy as there are shapes, not leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.answers import Answers
from relance.segments.live.paged import Bools, Ids, Instants
from relance.segments.live.rows import Cells, Rows

Limits = Sequence[NDArray[np.int64] | NDArray[np.float64]]


#: How leaves of one shape read rows: (rows, each one's now, the leaves' limits) → the truth, and when time may change it
#: (or ``NEVER``). Equal for leaves of the same shape.
Look = Callable[[Cells, Instants, Limits], tuple[Bools, Instants]]


class RowLeaf(Protocol):
    """A leaf that rows decide. ``limits`` set it apart from others of its shape: of one type each for all of these."""

    number: int
    answers: Answers

    @property
    def look(self) -> Look: ...

    @property
    def limits(self) -> tuple[float, ...]: ...

    @property
    def rows(self) -> Rows: ...

    def unmoved(self, people: Ids, values: Ids, /) -> Bools:
        """Whose answer stays, and for as long at least, whatever else is known: events of these values are new."""
        ...


class Question(NamedTuple):
    """A leaf, rows of one width, and for each row whose it is (a number of the asker's) and the instant to look at."""

    leaf: RowLeaf
    whose: Ids
    now: Instants
    cells: Cells


class Answer(NamedTuple):
    """What a leaf is to believe of whom, and when time may change that."""

    leaf: RowLeaf
    whose: Ids
    truth: Bools
    due: Instants


def answered(questions: Iterable[Question]) -> Iterator[Answer]:
    """The answers, one for each leaf."""
    alike: dict[tuple[Look, int], list[Question]] = {}
    for question in questions:
        alike.setdefault((question.leaf.look, question.cells.shape[2]), []).append(question)
    found: dict[int, list[Answer]] = {}
    for (look, _), group in alike.items():
        for answer in _together(look, group):
            found.setdefault(answer.leaf.number, []).append(answer)
    for parts in found.values():
        yield (
            parts[0]
            if len(parts) == 1
            else Answer(parts[0].leaf, *(np.concatenate(each) for each in list(zip(*parts, strict=True))[1:]))
        )


def _together(look: Look, group: list[Question]) -> Iterator[Answer]:
    if len(group) == 1:
        (only,) = group
        yield Answer(only.leaf, only.whose, *look(only.cells, only.now, [np.array([each]) for each in only.leaf.limits]))
        return
    sizes = [question.whose.size for question in group]
    limits = [np.repeat(np.array(each), sizes) for each in zip(*(question.leaf.limits for question in group), strict=True)]
    cells, now = np.concatenate([each.cells for each in group]), np.concatenate([each.now for each in group])
    truth, due = look(cells, now, limits)
    first = 0
    for question, size in zip(group, sizes, strict=True):
        yield Answer(question.leaf, question.whose, truth[first : first + size], due[first : first + size])
        first += size


def start(leaf: RowLeaf, people: Ids, now: int) -> tuple[Instants, Ids]:
    """Decide a leaf for all of these people at ``now``; returns the timers to set: (instants, people)."""
    tables = leaf.rows.tables(people)
    instants, timed = [], []
    for _, whose, truth, due in answered(Question(leaf, people[each], np.full(each.size, now), cells) for each, cells in tables):
        leaf.answers.put(whose, truth)
        found = leaf.answers.schedule(whose, due)
        instants.append(found[0])
        timed.append(found[1])
    return np.concatenate([people[:0], *instants]), np.concatenate([people[:0], *timed])
