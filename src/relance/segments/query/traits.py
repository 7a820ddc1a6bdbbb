"""Traits in their stored text form: which people's are worth parsing, and only the members needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from relance.core.encoding import from_json, to_canonical_json
from relance.core.paths import path_names
from relance.segments.rule.conditions import Predicate, Trait
from relance.segments.rule.values import plain_number

_EQUALITY = ("=", "!=", "in", "not_in", "has")
_MOST = 8  # texts to search for: with more, reading everyone with the trait is faster
_NONE = msgspec.Raw(b"null")
_OURS = "$"  # the prefix of what is not a trait, but determined by the program


def is_own(trait: Trait) -> bool:
    """Whether the stored traits alone decide."""
    return not trait.name.startswith(_OURS)


def signs(predicate: Predicate) -> tuple[str, ...]:
    """Texts, one of which occurs in the canonical JSON of everyone whose answer differs from that of someone without the trait.

    The trait's name, or the texts that it must equal.
    """
    name = to_canonical_json(path_names(predicate.property)[0])
    if predicate.is_ not in _EQUALITY:
        return (name,)
    values = predicate.value if isinstance(predicate.value, tuple) else (predicate.value,)
    if len(values) > _MOST or not all(isinstance(each, str) and plain_number(each) is None for each in values):
        return (name,)  # a number can be written in several ways
    return tuple(map(to_canonical_json, values))


def reader(
    predicates: Collection[Predicate],
) -> Callable[[Sequence[str]], tuple[list[Mapping[str, Any]], npt.NDArray[np.int64]]]:
    """Parses many people's traits: returns every combination of the traits needed, and each person's combination.

    Nothing else is turned into values. Most traits have few values: a test then runs a few times, not once per person.
    """
    names = list(dict.fromkeys(path_names(each.property)[0] for each in predicates))
    fields = [(f"trait_{place}", msgspec.Raw, msgspec.field(name=name, default=_NONE)) for place, name in enumerate(names)]
    decoder = msgspec.json.Decoder(list[msgspec.defstruct("Asked", fields)])  # type: ignore[misc]

    def read(texts: Sequence[str]) -> tuple[list[Mapping[str, Any]], npt.NDArray[np.int64]]:
        rows = [tuple(map(bytes, msgspec.structs.astuple(each))) for each in decoder.decode(f"[{','.join(texts)}]")]
        places = {row: place for place, row in enumerate(dict.fromkeys(rows))}
        contents: list[Mapping[str, Any]] = [
            {name: from_json(value) for name, value in zip(names, row, strict=True)} for row in places
        ]
        return contents, np.fromiter(map(places.__getitem__, rows), np.int64, len(rows))

    return read
