"""The people of a test, as a preview asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relance.core.encoding import to_canonical_json
from relance.segments.definition.evaluate import spot_of
from relance.segments.rule.conditions import FACTS

Box = tuple[float, float, float, float]


class InMemory:
    """Traits by person."""

    def __init__(self, traits: Mapping[int, Mapping[str, Any]]) -> None:
        self.traits = traits

    def count(self) -> int:
        return len(self.traits)

    def newest(self) -> int:
        return max(self.traits, default=0)

    def ids(self, after: int, limit: int) -> list[int]:
        return sorted(each for each in self.traits if each > after)[:limit]

    def profiles(self, _asked: frozenset[str] = frozenset()) -> list[tuple[int, Mapping[str, Any]]]:
        return sorted(self.traits.items())

    def mentioning(self, signs: Sequence[str]) -> Iterator[tuple[Sequence[int], Sequence[str]]]:
        """None of those without a sign, and without what was made out; in portions of two, so that there are several."""
        own = {person: {name: value for name, value in traits.items() if name != FACTS} for person, traits in self.traits.items()}
        texts = {person: to_canonical_json(traits) for person, traits in sorted(own.items())}
        selected = [(person, text) for person, text in texts.items() if any(sign in text for sign in signs)]
        for place in range(0, len(selected), 2):
            persons, traits = zip(*selected[place : place + 2], strict=True)
            yield persons, traits

    def spots(
        self, within: tuple[float, float, float, float]
    ) -> Iterator[tuple[Sequence[int], Sequence[float], Sequence[float]]]:
        """None of who is outside; in portions of two, so that there are several."""
        south, west, north, east = within
        selected = [(person, spot_of(traits)) for person, traits in sorted(self.traits.items())]
        known = [(person, *spot.degrees) for person, spot in selected if spot is not None]
        known = [each for each in known if south <= each[1] <= north and west <= each[2] <= east]
        for place in range(0, len(known), 2):
            persons, latitudes, longitudes = zip(*known[place : place + 2], strict=True)
            yield persons, latitudes, longitudes
