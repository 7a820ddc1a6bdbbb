"""When a worker is ended, and what the next one is told."""

from __future__ import annotations

from typing import Any

from relance.cli.watchdog import Watchdog


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def pulse(still: float, **more: Any) -> dict[str, Any]:
    return {"still": still, "stage": "people", "partition": 0, "log_offset": 7, "careful": False, **more}


def test_a_tick_that_stands_still_is_ended_and_the_next_worker_is_told_where() -> None:
    watchdog = Watchdog(60, Clock())
    watchdog.heard(pulse(59.0))
    assert watchdog.verdict(is_ready=True) == ""
    watchdog.heard(pulse(61.0))
    reason = watchdog.verdict(is_ready=False)
    assert reason == "The tick has made no progress for 61 s (after the stage 'people')."
    assert watchdog.take_stall() == {"partition": 0, "log_offset": 7, "stage": "people", "reason": reason}
    assert watchdog.take_stall() is None
    assert watchdog.verdict(is_ready=False) == ""  # the next one is not judged by the last one's pulse
    assert watchdog.report() == {"stalls": 1, "last_stall": reason}


def test_a_tick_that_looks_for_what_stalls_is_given_a_quarter_of_the_time() -> None:
    watchdog = Watchdog(60, Clock())
    watchdog.heard(pulse(16.0, careful=True))
    assert watchdog.verdict(is_ready=True)


def test_silence_is_ended_at_the_second_look_and_only_of_a_worker_that_had_begun() -> None:
    clock = Clock()
    watchdog = Watchdog(60, clock)
    watchdog.heard({})
    clock.now += 61
    assert watchdog.verdict(is_ready=False) == ""
    assert watchdog.verdict(is_ready=True) == ""  # perhaps this process slept itself
    assert watchdog.verdict(is_ready=True) == "The worker has said nothing for 61 s."
    assert watchdog.take_stall() is None  # nobody knows where


def test_without_patience_nothing_is_ended() -> None:
    watchdog = Watchdog(0, Clock())
    watchdog.heard(pulse(10_000.0))
    assert watchdog.verdict(is_ready=True) == ""
