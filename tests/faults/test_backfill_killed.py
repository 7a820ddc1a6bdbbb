"""A process killed while it fills a segment leaves nothing to mend: the next fills it anew, and exactly."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from relance.core.time import DAY
from tests.faults.filling import open_rig
from tests.service.pipeline.rig import START


@pytest.mark.parametrize("ticks", [1, 4, 9])
def test_killed_in_the_middle(tmp_path: Path, ticks: int) -> None:
    folder = tmp_path / "data"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.filling", str(folder)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        words = (line.strip() for line in child.stdout)  # among what it logs
        reported = list(islice((word for word in words if word in ("filling", "tick", "live")), ticks + 1))
        child.kill()
    assert reported == ["filling", *(["tick"] * ticks)], "it was to be killed in the middle"
    rig = open_rig(folder)
    try:
        app = rig.segments.page(1).items[0].app_id
        rig.tick.run()
        while rig.tick.waiting():
            rig.tick.run()
        (segment,) = rig.parts.live.sizes(app)
        done = Counter(each.person_id for each in rig.parts.history.events(app, "Product Viewed", limit=10_000))
        now = rig.clock.now()
        assert now < START + DAY
        assert rig.parts.live.members(app, segment) == sorted(person for person, times in done.items() if times >= 3)
    finally:
        rig.close()
