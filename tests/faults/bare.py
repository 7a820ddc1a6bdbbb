"""A tick in this process, over the real stores, with a clock moved by hand: for faults that must strike at an exact place."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from relance.events.model import Event, Kind
from relance.events.service import LogWriter
from relance.infra.files import make_once
from relance.pipeline.lease import Lease
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.tick import Tick
from tests.faults.shop import Shop, open_shop

START = 1_790_000_000_000
STEP = 700  # ms between two groups of events: waits and windows of a second or two end between them
PEOPLE = 60
SECRET = bytes(32)  # two folders that shall end alike have one: what is kept of the deleted is keyed by it


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.instant = START

    def now(self) -> int:
        return self.instant


class Bare:
    """The stores of a data folder, with their log's writer and their tick."""

    def __init__(self, folder: Path, state_url: str = "", *, lease_seconds: int = 60, shop: bool = True) -> None:
        self.folder = folder
        self.clock = Hand()
        folder.mkdir(parents=True, exist_ok=True)
        make_once(folder / "secret", SECRET)
        self.shop: Shop | None = open_shop(folder, state_url) if shop else None
        self.settings = Settings(data=str(folder), state_url=state_url, tick_events=500)
        self.state, self.log = open_stores(self.settings)
        self.writer = LogWriter(self.log, clock=self.clock)
        self.lease = Lease(self.state, folder, 0, lease_seconds)
        cursor = self.lease.take()
        self.parts = PartitionContext.open(self.settings, self.clock, self.state, self.log, 0)
        self.tick = Tick(self.parts, self.lease, cursor)

    def settle(self) -> None:
        """Tick until nothing waits."""
        while self.tick.run().more or self.tick.waiting():
            pass

    def close(self) -> None:
        self.parts.history.close()
        self.lease.release()
        self.state.dispose()
        self.log.dispose()


def groups(seed: int, count: int, app: int, size: int = 60) -> Iterator[list[Event]]:
    """What some people do, a group a step: views, carts, purchases, sign-ins, merges, deletions, repeated ids."""
    chance = random.Random(seed)
    now, number = START, 0
    before: list[Event] = []
    carts: list[tuple[int, str]] = []
    for _ in range(count):
        group: list[Event] = []
        for _ in range(size):
            number += 1
            person = chance.randrange(PEOPLE)
            event = Event(app, Kind.TRACK.value, "Product Viewed", f"m{number}", occurred_at=now, received_at=now)
            event.user_id, event.anonymous_id = chance.choice(
                ((f"u{person}", ""), ("", f"a{person}"), (f"u{person}", f"a{person}"))
            )
            draw = chance.random()
            if draw < 0.2:
                carts.append((person, f"cart{number}"))
                event.name, event.body = "Product Added", _json({"cart_id": f"cart{number}"})
            elif draw < 0.3 and carts:
                owner, cart = carts.pop()
                event.user_id, event.anonymous_id = f"u{owner}", ""
                event.name, event.body = "Order Completed", _json({"cart_id": cart})
            elif draw < 0.4:
                event.kind, event.name, event.user_id = Kind.IDENTIFY.value, "", f"u{person}"
                event.body = _json({"plan": chance.choice(("gold", "free"))})
            elif draw < 0.42:
                event.kind, event.name = Kind.ALIAS.value, ""
                event.user_id, event.body = f"u{person}", _json({"previous_id": f"u{chance.randrange(PEOPLE)}"})
            elif draw < 0.43:
                event.kind, event.name, event.person_id = Kind.DELETE.value, "delete", person + 1
                event.user_id = event.anonymous_id = ""
                event.body = _json({"person": person + 1})
            elif draw < 0.5 and before:
                event = chance.choice(before)
            group.append(event)
        before = group
        yield group
        now += STEP


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)
