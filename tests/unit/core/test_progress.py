"""Standing still is noticed, moving is not."""

from __future__ import annotations

import pytest

from relance.core.progress import Progress, StalledError


def test_a_loop_that_moves_goes_on() -> None:
    progress = Progress("Counting")
    for number in range(1_000):
        progress.turn(number)


def test_a_loop_that_stands_still_is_told_of() -> None:
    progress = Progress("Counting", patience=3)
    for _ in range(3):
        progress.turn((1, 2))
    progress.turn((1, 3))
    for _ in range(2):
        progress.turn((1, 3))
    with pytest.raises(StalledError, match="Counting stands still") as caught:
        progress.turn((1, 3))
    assert caught.value.data == {"what": "Counting", "at": "(1, 3)"}
