"""A circuit breaker: an endpoint that fails again and again is left alone for a while. Pure."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from relance.core.time import MINUTE, SECOND

FAILURES = 5  # in a row, after which nothing is sent there
FIRST_PAUSE, LONGEST_PAUSE = 30 * SECOND, 10 * MINUTE
REMEMBERED = 1_000  # endpoints


class _Endpoint(msgspec.Struct):
    """``failed``: how often in a row. While ``since`` (ms) is set one request may leave at ``next_try``."""

    failed: int = 0
    since: int = 0
    next_try: int = 0
    pause: int = FIRST_PAUSE
    said: str = ""


class Breaker:
    """The endpoints that failed last, by name. Instants are ms of the program's clock."""

    def __init__(self) -> None:
        self._endpoints: OrderedDict[str, _Endpoint] = OrderedDict()

    def wait(self, name: str, now: int) -> int:
        """How long (ms) a request must wait; 0: it may leave. While the circuit is open one may leave at each try."""
        one = self._endpoints.get(name)
        if one is None or not one.since:
            return 0
        if now < one.next_try:
            return one.next_try - now
        one.next_try = now + one.pause
        return 0

    def answered(self, name: str) -> None:
        """It does its work: what it refuses is the request's fault."""
        self._endpoints.pop(name, None)

    def failed(self, name: str, said: str, now: int) -> None:
        """It broke down, was silent, or asks for less."""
        one = self._endpoints.setdefault(name, _Endpoint())
        self._endpoints.move_to_end(name)
        while len(self._endpoints) > REMEMBERED:
            self._endpoints.popitem(last=False)
        one.failed, one.said = one.failed + 1, said
        if one.since:
            one.pause = min(one.pause * 2, LONGEST_PAUSE)
        elif one.failed >= FAILURES:
            one.since = now
        if one.since:
            one.next_try = now + one.pause

    def said(self, name: str) -> str:
        """What it answered last."""
        one = self._endpoints.get(name)
        return "" if one is None else one.said

    def open(self) -> list[tuple[str, int, int, str]]:
        """(Name, since when, next try, what it said) of those that are left alone."""
        return [(name, one.since, one.next_try, one.said) for name, one in self._endpoints.items() if one.since]
