"""What is marked as on the wire, and until when."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.infra.database import reading
from relance.messaging import marks as module
from relance.messaging.marks import Marks
from relance.messaging.store import ON_THE_WIRE


def marked(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {each[0]: each[1] for each in connection.execute(sa.select(ON_THE_WIRE))}


async def test_marks_of_what_is_over_go_many_at_once(log_engine: Engine) -> None:
    marks = Marks(log_engine, "sender.1", shared=False)
    count = module.MOST_OVER + 10
    await asyncio.gather(*(marks.put(f"d{number}", 1) for number in range(count)))
    marks.over(f"d{number}" for number in range(10))
    await marks.put("d0", 2)  # tried again: it is not over
    assert marked(log_engine)["d0"] == 2
    assert len(marked(log_engine)) == count
    marks.over(f"d{number}" for number in range(10, count))
    await marks.put("last", 1)
    assert marked(log_engine) == {"d0": 2, "last": 1}
    assert marks.of([{"id": "d0", "attempts": 1}, {"id": "last", "attempts": 1}, {"id": "d1", "attempts": 1}]) == {"last"}


async def test_nothing_is_left_when_nothing_is_on_its_way(log_engine: Engine) -> None:
    marks = Marks(log_engine, "sender.1", shared=False)
    await marks.put("a", 1)
    marks.over(["a"])
    await marks.tidy()
    assert marked(log_engine) == {}
    await marks.put("b", 1)  # and a crash follows
    Marks(log_engine, "sender.2", shared=False).clear()
    assert marked(log_engine) == {}
