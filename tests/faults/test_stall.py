"""A tick that never ends is ended from outside; what stalls it is found over several starts and set aside; all else settles."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults.books import open_books
from tests.faults.shop import open_shop
from tests.process import Program

HANGING = Path(__file__).parent / "hanging"


@pytest.mark.xdist_group("faults-sqlite")
def test_an_event_on_which_ticks_stand_still_is_set_aside_and_all_others_settle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = open_shop(tmp_path / "data")
    monkeypatch.setenv("PYTHONPATH", f"{HANGING}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    program = Program(tmp_path, stall_seconds=8, tick_events=64)
    try:
        program.start()
        names = ["Hang" if number == 13 else "Viewed" for number in range(24)]
        batch = [
            {"type": "track", "event": name, "userId": f"u{number}", "messageId": f"h{number}"}
            for number, name in enumerate(names)
        ]
        program.call("POST", "/v1/batch", {"batch": batch}, f"basic:{shop.write_key}")
        deadline = time.monotonic() + 400
        health: dict[str, Any] = {}
        while health.get("behind") != 0 or not health.get("set_aside") or health["isolating"] is not None:
            assert time.monotonic() < deadline, program.log()[-6000:]
            time.sleep(0.5)
            try:
                health = program.get("/health")
            except OSError:
                health = {}
        assert health["stalls"] >= 2
        assert "no progress" in health["last_stall"]
        assert program.stop() == 0
    finally:
        program.kill()
    assert "worker_stalled" in program.log()
    with open_books(tmp_path / "data") as books:
        found = {row[0] for row in books.past("SELECT message_id FROM events WHERE kind = 'track'")}
        assert found == {f"h{number}" for number in range(24) if number != 13}
        [aside] = books.rows("rejected")
        assert (aside["reason"], aside["message_id"]) == ("cannot_be_settled", "h13")
