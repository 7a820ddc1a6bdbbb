"""Traits as the texts that they are kept as: whose are worth reading, and only what is asked for of them."""

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
_MOST = 8  # texts to look for: more of them take longer than to read who has the trait at all
_NONE = msgspec.Raw(b"null")
_OURS = "$"  # what begins with it is no trait, but made out by the program


def is_own(trait: Trait) -> bool:
    """Whether the traits alone decide, as they are kept."""
    return not trait.name.startswith(_OURS)


def signs(predicate: Predicate) -> tuple[str, ...]:
    """Texts, one of which is in the canonical JSON of the traits of whoever is answered unlike one who has no such trait.

    That is the trait's name, or the texts that it must equal.
    """
    name = to_canonical_json(path_names(predicate.property)[0])
    if predicate.is_ not in _EQUALITY:
        return (name,)
    values = predicate.value if isinstance(predicate.value, tuple) else (predicate.value,)
    if len(values) > _MOST or not all(isinstance(each, str) and plain_number(each) is None for each in values):
        return (name,)  # a number may be written in several ways
    return tuple(map(to_canonical_json, values))


def reader(
    predicates: Collection[Predicate],
) -> Callable[[Sequence[str]], tuple[list[Mapping[str, Any]], npt.NDArray[np.int64]]]:
    """Reads many people's traits, as JSON: returns every combination of those asked for, and which of them each has.

    Nothing else of the texts is made a value of. Most traits have few values: a test is then done a few times, not for everybody.
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
