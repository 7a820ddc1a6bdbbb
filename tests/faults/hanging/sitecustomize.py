"""Put before everything else on the path of a program under test: whoever resolves an event named "Hang" never comes back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from relance.users.people import People

_resolve = People.resolve


def _resolve_or_hang(self: People, events: Sequence[Any]) -> Any:
    while any(event.name == "Hang" for event in events):
        time.sleep(1)
    return _resolve(self, events)


People.resolve = _resolve_or_hang  # type: ignore[method-assign]
