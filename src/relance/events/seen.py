"""Which message ids were received in the last week, so that each event counts once.

A repeat is the same message id with the same ids and name of an event: nobody who guesses an id makes somebody else's event a
repeat. What is kept of an event is a key of 64 bits, of which the upper 40 are the message id's alone, so that it also tells
where an id comes again with other things; that is looked up in history, and with fewer bits chance would bring it about in each
tick. The name and the ids go into the lower 24 as a checksum: whoever could aim at that of somebody else's event knows all that
makes a repeat of it. Of keys that an older version wrote the lower bits are others: what repeats those events counts as an id
that comes again.

In memory: for each day a few sorted runs of keys with a 32-bit check of the content, 12 bytes an event, merged when they are of
like size. On disk: one row a tick. Both forget whole days, by the program's clock, so that what is remembered never depends on
when the process started.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, field
from hashlib import blake2b
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from relance.core.time import DAY
from relance.events import store
from relance.events.model import Event, Kind

KEPT_DAYS = 7
SMALL_ROW = 4_096  # rows with fewer ids are compacted …
SMALL_ROWS = 128  # … when there are this many of them
ID_BYTES = 12
BITS_PER_ID = 8

_DERIVED = Kind.DERIVED.value
FRESH, DUPLICATE, CHANGED = 0, 1, 2
_UPPER = np.uint64(0xFFFF_FFFF_FF00_0000)

Hashes = NDArray[np.uint64]
Checks = NDArray[np.uint32]
Run = tuple[Hashes, Checks]


def message_hashes(events: Sequence[Event]) -> Hashes:
    """``hash64(app_id, message_id)`` of each event."""
    return _hashes(events, _apps_of(events))


def _apps_of(events: Sequence[Event]) -> set[int]:
    return {event.app_id for event in events}


def _hashes(events: Sequence[Event], apps: Collection[int]) -> Hashes:
    begun = {app_id: blake2b(f"{app_id}\x1f".encode(), digest_size=8).copy for app_id in apps}
    digests = bytearray()
    for event in events:
        digest = begun[event.app_id]()  # to copy one that has begun takes half the time of making one
        digest.update(event.message_id.encode())
        digests += digest.digest()
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)


class _Names(dict[str, tuple[int, int]]):
    """By the names of events of one kind: the CRC-32 of both, which goes on with the body, and the name's, with the ids."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __missing__(self, name: str) -> tuple[int, int]:
        starts = self[name] = crc32(f"{self._kind}\x1f{name}".encode()), crc32(f"{name}\x00".encode())
        return starts


class _Kinds(dict[str, _Names]):
    """By kind, and then by name, which takes less time than by both at once."""

    def __missing__(self, kind: str) -> _Names:
        names = self[kind] = _Names(kind)
        return names


def _identities_and_checks(events: Sequence[Event], kinds: _Kinds) -> tuple[Hashes, Checks]:
    """Of each event a checksum of the name and the ids, and one of what it says: kind, name and body.

    Of what is derived the first is 0: we give the id, to one event.
    """
    identities: list[int] = []
    checks: list[int] = []
    for event in events:
        kind = event.kind
        content, name = kinds[kind][event.name]
        checks.append(crc32(event.body, content))
        identities.append(0 if kind == _DERIVED else crc32(f"{event.user_id}\x00{event.anonymous_id}".encode(), name))
    return np.array(identities, dtype=np.uint64), np.array(checks, dtype=np.uint32)


def _beside(ascending: Hashes) -> NDArray[np.bool_]:
    """Where another key has the same upper bits."""
    upper = ascending & _UPPER
    turns = upper[1:] == upper[:-1]
    changes = ascending[1:] != ascending[:-1]
    if not (turns & changes).any():  # as nearly always
        return np.zeros(len(ascending), dtype=bool)
    starts = np.flatnonzero(np.concatenate(([True], ~turns)))
    keys = np.add.reduceat(np.concatenate(([1], changes.astype(np.int64))), starts)
    return np.repeat(keys > 1, np.diff(np.append(starts, len(ascending))))


def _merged(runs: Sequence[Run]) -> Run:
    """One sorted run of several; no hash is in two of them."""
    if len(runs) == 1:
        return runs[0]
    hashes, checks = (np.concatenate(columns) for columns in zip(*runs, strict=True))
    # The stable sort finds the runs that are sorted already; with many of them the plain one is quicker.
    order = np.argsort(hashes, kind="stable" if len(runs) < 8 else None)
    return hashes[order], checks[order]


class _Filter:
    """One bit for each leading part of a hash: most new ids are distinguished from known ones by this alone.

    At most one bit in ``BITS_PER_ID`` is set, so that few new ids have to be searched for in the runs.
    """

    def __init__(self, count: int) -> None:
        width = max(16, (2 * BITS_PER_ID * count).bit_length())
        self.room = 2**width // BITS_PER_ID
        self._shift = np.uint64(64 - width)
        self._bits = np.zeros(2**width // 8, dtype=np.uint8)

    def add(self, hashes: Hashes) -> None:
        """Add a sorted run."""
        if not len(hashes):
            return
        self.room -= len(hashes)
        places = hashes >> self._shift
        octets = places >> np.uint64(3)
        values = np.uint8(1) << (places & np.uint64(7)).astype(np.uint8)
        starts = np.flatnonzero(np.concatenate(([True], octets[1:] != octets[:-1])))
        self._bits[octets[starts]] |= np.bitwise_or.reduceat(values, starts)

    def may_hold(self, hashes: Hashes) -> NDArray[np.intp]:
        """The indexes of the hashes that may have been added; all others were not."""
        places = hashes >> self._shift
        return np.flatnonzero(self._bits[places >> np.uint64(3)] >> (places & np.uint64(7)).astype(np.uint8) & np.uint8(1))


def _pack(run: Run) -> bytes:
    return run[0].astype("<u8").tobytes() + run[1].astype("<u4").tobytes()


def _unpack(blob: bytes) -> Run:
    count = len(blob) // ID_BYTES
    hashes = np.frombuffer(blob, dtype="<u8", count=count).astype(np.uint64, copy=False)
    return hashes, np.frombuffer(blob, dtype="<u4", offset=8 * count).astype(np.uint32, copy=False)


@dataclass
class _Day:
    """The ids of one day: runs of falling size, and its small rows on disk."""

    runs: list[Run] = field(default_factory=list)
    small_ticks: list[int] = field(default_factory=list)

    def add(self, run: Run) -> None:
        """Add a run; two of like size become one, so that a day of n ids has about log n runs."""
        if not len(run[0]):
            return
        gathered = [run]
        size = len(run[0])
        while self.runs and len(self.runs[-1][0]) <= 2 * size:
            gathered.append(self.runs.pop())
            size += len(gathered[-1][0])
        self.runs.append(_merged(gathered))


class Seen:
    """The seen ids of one partition. ``load`` first; after a failed commit ``drop``, then ``load`` again."""

    def __init__(self, partition: int = 0) -> None:
        self._partition = partition
        self._days: dict[int, _Day] = {}
        self._fresh: list[Run] = []
        self._filter = _Filter(0)
        self._today = 0
        self._trimmed_on = -1
        self._loaded = False
        #: The message hashes of the events last given to ``admit``, in their order.
        self.hashes: Hashes = np.empty(0, dtype=np.uint64)
        #: Their apps, and the kinds and names that there are among them.
        self.apps: Set[int] = set()
        self.named: Set[tuple[str, str]] = set()
        #: The indexes of those that are new, but whose message id may have come before, with other ids or another name.
        self.reused: list[int] = []

    def __len__(self) -> int:
        return sum(len(hashes) for day in self._days.values() for hashes, _ in day.runs)

    def load(self, connection: Connection, now: int) -> None:
        """Read what was committed."""
        self.drop()
        self._today = now // DAY
        rows: dict[int, list[store.SeenRow]] = {}
        for row in store.read_seen(connection, self._partition, self._oldest() * DAY):
            rows.setdefault(row.received_at // DAY, []).append(row)
        for number, of_day in rows.items():
            small = [row.tick for row in of_day if len(row.hashes) < SMALL_ROW * ID_BYTES]
            self._days[number] = _Day([_merged([_unpack(row.hashes) for row in of_day])], small)
        self._rebuild_filter()
        self._loaded = True

    def drop(self) -> None:
        """Forget everything in memory."""
        self._days.clear()
        self._fresh.clear()
        self._filter = _Filter(0)
        self._trimmed_on = -1
        self._loaded = False

    def admit(self, events: Sequence[Event], now: int) -> list[int]:
        """Say of each event whether it is new (0), a repeat (1), or a repeat with other content (2).

        New events are remembered at once; ``flush`` makes them durable. Of an event given twice the first is new.
        """
        if not self._loaded:
            raise RuntimeError("the seen ids are not loaded")
        self._turn(now)
        self.apps = _apps_of(events)
        self.hashes = _hashes(events, self.apps)
        self.reused = []
        if not events:
            return []
        verdicts = np.zeros(len(events), dtype=np.int64)
        kinds = _Kinds()
        identities, checks = _identities_and_checks(events, kinds)
        keys = self.hashes ^ (identities & ~_UPPER)
        order = np.argsort(keys, kind="stable")
        hashes, checks = keys[order], checks[order]
        self.named = {(kind, name) for kind, names in kinds.items() for name in names}
        first = np.ones(len(hashes), dtype=bool)
        first[1:] = hashes[1:] != hashes[:-1]
        again = np.zeros(len(hashes), dtype=bool)
        known = self._look_up(hashes, checks, verdicts, again)
        again |= _beside(hashes)
        self._repeated(hashes, checks, first & ~known, ~first & ~known, verdicts)
        fresh = first & ~known
        self._remember((hashes[fresh], checks[fresh]))
        self.reused = sorted(order[fresh & again].tolist())
        result = np.empty_like(verdicts)
        result[order] = verdicts
        answer: list[int] = result.tolist()
        return answer

    def _look_up(
        self, hashes: Hashes, checks: Checks, verdicts: NDArray[np.int64], again: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Mark the events known from before, and ``again`` where the upper bits are; all arrays are in order of hash."""
        known = np.zeros(len(hashes), dtype=bool)
        suspects = self._filter.may_hold(hashes)
        asked, asked_checks = hashes[suspects], checks[suspects]
        for day in self._days.values():
            for run_hashes, run_checks in day.runs:
                lowest = np.searchsorted(run_hashes, asked & _UPPER)
                again[suspects] |= run_hashes[np.minimum(lowest, len(run_hashes) - 1)] & _UPPER == asked & _UPPER
                places = np.searchsorted(run_hashes, asked)
                places[places == len(run_hashes)] = 0
                hit = np.flatnonzero(run_hashes[places] == asked)
                if len(hit):
                    known[suspects[hit]] = True
                    verdicts[suspects[hit]] = np.where(run_checks[places[hit]] == asked_checks[hit], DUPLICATE, CHANGED)
        return known

    def _remember(self, run: Run) -> None:
        self._days.setdefault(self._today, _Day()).add(run)
        self._fresh.append(run)
        if self._filter.room < len(run[0]):
            self._rebuild_filter()
        else:
            self._filter.add(run[0])

    def _rebuild_filter(self) -> None:
        """Make the filter as large as the ids now kept need, with room for as many again."""
        self._filter = _Filter(len(self))
        for day in self._days.values():
            for hashes, _ in day.runs:
                self._filter.add(hashes)

    def _repeated(
        self,
        hashes: Hashes,
        checks: Checks,
        fresh: NDArray[np.bool_],
        again: NDArray[np.bool_],
        verdicts: NDArray[np.int64],
    ) -> None:
        """Mark the repetitions inside one call against the first of their id."""
        repeats = np.flatnonzero(again)
        if len(repeats):
            firsts = np.flatnonzero(fresh)
            origin = firsts[np.searchsorted(hashes[firsts], hashes[repeats])]
            verdicts[repeats] = np.where(checks[origin] == checks[repeats], DUPLICATE, CHANGED)

    def flush(self, connection: Connection, tick: int, now: int) -> None:
        """Keep what was admitted since the last flush, in the tick's transaction.

        ``tick`` never repeats; ``now`` is the one given to ``admit``.
        """
        self._turn(now)
        if self._trimmed_on != self._today:
            store.expire_seen(connection, self._partition, self._oldest() * DAY)
            self._trimmed_on = self._today
        if not self._fresh:
            return
        run = _merged(self._fresh)
        self._fresh = []
        if not len(run[0]):
            return
        store.write_seen(connection, self._partition, store.SeenRow(tick, now, _pack(run)))
        if len(run[0]) < SMALL_ROW:
            ticks = self._days.setdefault(self._today, _Day()).small_ticks
            ticks.append(tick)
            if len(ticks) >= SMALL_ROWS:
                self._compact(connection, ticks)

    def _compact(self, connection: Connection, ticks: list[int]) -> None:
        """Make one row of a day's many small ones, under the newest of their ticks."""
        rows = store.read_seen_ticks(connection, self._partition, ticks)
        run = _merged([_unpack(row.hashes) for row in rows])
        store.remove_seen(connection, self._partition, ticks)
        newest = max(rows)
        store.write_seen(connection, self._partition, store.SeenRow(newest.tick, newest.received_at, _pack(run)))
        ticks[:] = [newest.tick] if len(run[0]) < SMALL_ROW else []

    def _oldest(self) -> int:
        """The first day still remembered: an id is known for at least ``KEPT_DAYS`` days."""
        return self._today - KEPT_DAYS

    def _turn(self, now: int) -> None:
        """Move to the day of ``now``, forgetting the days that are over; the clock never goes back."""
        if now // DAY <= self._today:
            return
        self._today = now // DAY
        for number in [number for number in self._days if number < self._oldest()]:
            del self._days[number]
        self._rebuild_filter()
