"""What a round of live state has found out so far."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from relance.segments.live.looks import Question
from relance.segments.live.paged import Bools, Ids, Instants
from relance.segments.live.watched import Watched
from relance.segments.live.work import Round


class Asked:
    """Which segments to ask about whom, which leaves about whom, and which timers to set."""

    def __init__(self, now: Round) -> None:
        self.now = now
        self.segments: dict[Watched, Bools] = {}
        self.timers: list[tuple[Instants, Ids]] = []
        self.questions: list[Question] = []

    def ask(self, segments: Iterable[Watched], places: Ids) -> None:
        for segment in segments:
            mask = self.segments.get(segment)
            if mask is None:
                mask = self.segments[segment] = np.zeros(self.now.people.size, np.bool_)
            mask[places] = True
