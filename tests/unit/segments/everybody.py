"""The people of a test, as a preview asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
