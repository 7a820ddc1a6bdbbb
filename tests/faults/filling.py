"""A process that is killed while it fills a segment: ``python -m tests.faults.filling <folder>``. It never ends by itself."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from relance.core.time import MINUTE
from relance.segments.live import engine
from relance.segments.live.fill import backfill, fillers
from relance.worker.backfilling import Backfilling
from tests.service.pipeline.rig import START, Rig, counted

PEOPLE = 40
STEP_SECONDS = 0.02


def open_rig(folder: Path) -> Rig:
    folder.mkdir(parents=True, exist_ok=True)
    return Rig(folder, *open_stores(Settings(data=str(folder))))


def print_line(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    engine.AT_ONCE, fillers.SLICE, backfill.PEOPLE, backfill.NEAR = -1, 5, 5, 3
    rig = open_rig(folder)
    rig.write(*(rig.track(f"u{number % PEOPLE}", "Product Viewed", number) for number in range(3 * PEOPLE)))
    rig.settle(MINUTE)
    read = rig.parts.history.arrays

    def slowly(select):  # type: ignore[no-untyped-def]
        time.sleep(STEP_SECONDS)
        return read(select)

    rig.parts.history.arrays = slowly  # type: ignore[method-assign]
    rig.segments.create(rig.app, "Thrice", counted("Product Viewed", ">=", 3, "1d"), START)
    rig.tick.definitions_changed()
    filling = Backfilling([rig.parts], lambda: None)
    filling.start()
    print_line("filling")
    minute = 1
    while True:
        minute += 1
        rig.write(rig.track(f"u{minute % PEOPLE}", "Product Viewed", minute * MINUTE))
        rig.settle(minute * MINUTE)
        filling.look()
        print_line("tick" if rig.parts.live.building(rig.app) else "live")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
