"""A story's clock."""

from __future__ import annotations

from pathlib import Path

from relance.infra.clock import StoryClock


def test_it_stands_until_moved_and_never_goes_back(tmp_path: Path) -> None:
    clock = StoryClock(tmp_path / "clock", 1_000)
    assert clock.stands
    clock.advance(5_000)
    clock.advance(2_000)
    assert clock.now() == 5_000
    clock.close()


def test_processes_share_it_and_a_restart_finds_it_where_it_stood(tmp_path: Path) -> None:
    first, second = StoryClock(tmp_path / "clock", 1_000), StoryClock(tmp_path / "clock", 9_000)
    first.advance(7_000)
    assert second.now() == 7_000
    first.run_free()
    assert not second.stands
    assert second.now() >= 7_000
    first.close()
    second.close()
