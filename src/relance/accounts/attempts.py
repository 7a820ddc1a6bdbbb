"""Limits on sign-in attempts: failures of the last 15 minutes, counted in memory.

A browser that signed in before carries a device token and is counted by that token alone (OWASP's "device cookie"), so that
nobody can lock operators out of their own browser. All other attempts are counted twice: by network (an IPv6 /64 counts as one)
and by account, so that neither many addresses nor many accounts help. Nothing is written: a refused attempt costs one dict
look-up.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict, deque
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from relance.core.time import MINUTE

FAILURE_WINDOW = 15 * MINUTE
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([\d.]+):\d+")  # [::1]:80, 192.0.2.1:80
MOST_COUNTED = 50_000  # when full, the oldest counter is dropped


def network_of(address: str) -> str:
    """The network an attempt is counted under: IPv4 as is, IPv6 by its /64, a mapped address as the IPv4 it stands for.

    Some proxies append the port, which differs each time. Anything that is not an address counts as one network, whatever the
    client wrote.
    """
    named = _WITH_PORT.fullmatch(address.strip())
    try:
        found = ip_address((named[1] or named[2] if named else address.strip()).partition("%")[0])
    except ValueError:
        return "unknown"
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))


class Attempts:
    """Failed attempts by counter. Thread-safe; ``now`` is real time in ms."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, deque[int]] = OrderedDict()

    def begin(self, counters: Sequence[str], now: int) -> int:
        """Count an attempt as failed, so that concurrent attempts count each other; ``succeeded`` reverts it.

        Returns 0, or the ms to wait if a counter is at its limit: then nothing was counted, since a refused attempt does not
        extend the wait.
        """
        with self._lock:
            waits = [self._wait(each, now) for each in counters]
            if any(waits):
                return max(waits)
            for each in counters:
                self._failures.setdefault(each, deque()).append(now)
                self._failures.move_to_end(each)
            while len(self._failures) > MOST_COUNTED:
                self._failures.popitem(last=False)
            return 0

    def succeeded(self, counters: Sequence[str], now: int) -> None:
        """Revert the attempt that began at ``now``."""
        with self._lock:
            for each in counters:
                failures = self._failures.get(each)
                if failures is not None and now in failures:
                    failures.remove(now)
                    if not failures:
                        del self._failures[each]

    def _wait(self, counter: str, now: int) -> int:
        failures = self._failures.get(counter)
        if failures is None:
            return 0
        while failures and failures[0] <= now - FAILURE_WINDOW:
            failures.popleft()
        if len(failures) < self._limit:
            return 0
        return failures[-self._limit] + FAILURE_WINDOW - now
