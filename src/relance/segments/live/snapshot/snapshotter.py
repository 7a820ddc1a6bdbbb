"""Writes snapshots on a thread of its own, part by part, while ticks go on.

A part is copied between two ticks, so that it is valid at a committed position, which its head names; each part has its own
position. Changed chunks are compressed and written in small transactions; the last of them replaces the head, so that a part is
either as it was or as it is, whatever happens meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

import structlog
from numpy.typing import NDArray
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from typing_extensions import override

from relance.infra.database import reading, writing
from relance.infra.worker_thread import WorkerThread
from relance.segments.live.snapshot import store
from relance.segments.live.snapshot.chunks import VERSION, ChunkedColumn, ChunkWrite, DamagedError, Head, dirty, read_head
from relance.segments.live.snapshot.lines import LINES, LinesColumn, groups
from relance.segments.live.snapshot.parts import StatePart
from relance.segments.live.snapshot.snapshots import Snapshots
from relance.segments.live.snapshot.turns import FairLock
from relance.segments.live.sources.event_lists import EventListSource

log = structlog.get_logger()

SHARE = 10  # all partitions' snapshots pause for at least this many times the processor time of the last one
PAUSE = 1.0  # seconds, at least
SOON = 5.0  # seconds before an urgent snapshot starts: requests that come together are written together
WRITE_BYTES = 1_048_576  # of chunks per transaction
TURN_SECONDS = 0.005  # of copying per turn, after which no further part is started
TURN_SHARE = 10  # for long ticks, where waiting for a turn exceeds this many times that: a share of the wait
BYTES_A_SECOND = 50_000_000  # approximate throughput of a disk: such a turn writes correspondingly more


class SnapshotSource(Protocol):
    """Live state, as far as copying it is concerned."""

    partition: int
    turns: FairLock

    @property
    def is_loaded(self) -> bool: ...

    def part_names(self) -> list[store.Part]: ...

    def part(self, app_id: int, name: str, /) -> StatePart | None: ...

    def settled_until(self, app_id: int, /) -> int | None: ...


class LostError(Exception):
    """Another worker owns the partition."""


class _Copy(NamedTuple):
    """A part at a committed position; of an event list only its people."""

    name: store.Part
    head: Head
    before: Head | None
    arrays: dict[str, NDArray[Any]]
    event_list: EventListSource | None
    people: list[int]


class _Batch(NamedTuple):
    """Chunks of a part that are written together."""

    part: store.Part
    number: int
    chunks: list[ChunkWrite]


class Snapshotter(WorkerThread):
    """Watches how much was settled, and writes. ``noticed`` and ``stop`` are called between ticks; before ending it writes what
    has changed since the last snapshot.

    ``position`` returns the committed position between two ticks; ``is_mine`` says, inside a transaction, whether the partition
    is still this worker's; ``real_ms`` is real time. A snapshot is due when ``after_events`` were settled since the last: that
    many are read again at start-up.
    """

    def __init__(
        self,
        live: SnapshotSource,
        snapshots: Snapshots,
        engine: Engine,
        position: Callable[[], int],
        is_mine: Callable[[Connection], bool],
        real_ms: Callable[[], int],
        after_events: int = 100_000,
        *,
        of: int = 1,
    ) -> None:
        """``of`` is the number of such threads, one per partition: together they use no more than one alone."""
        super().__init__("snapshots")
        self._live = live
        self._snapshots = snapshots
        self._engine = engine
        self._position = position
        self._is_mine = is_mine
        self._real_ms = real_ms
        self._after_events = after_events
        self._share = SHARE * of
        self._partition = live.partition
        self._at = 0  # the committed position when the last snapshot started
        self._heads: dict[store.Part, Head] = {}
        self._ready = False  # whether ``_heads`` match the store
        self._pending: list[_Batch | Callable[[Connection], None]] = []
        self._pending_bytes = 0
        self._most_bytes = WRITE_BYTES  # pending until written
        self._copied: list[EventListSource] = []  # that no longer need to record what is folded in
        self._ended, self._took = float("-inf"), 0.0
        self._asked_at: float | None = None  # when an urgent snapshot was requested

    @override
    def start(self) -> None:
        with reading(self._engine) as connection:
            self._at = store.select_oldest(connection, self._partition)
        self.noticed()
        super().start()

    def noticed(self) -> None:
        """Something was settled."""
        with self._changed:
            if self._asked_at is None and self._snapshots.lacking:
                self._asked_at = time.monotonic()
            self._changed.notify_all()

    # -- when ------------------------------------------------------------------------------------------------------------

    @override
    def _main(self) -> None:
        while not self._wait():
            try:
                self.snapshot()
            except LostError:
                return
            except Exception:  # whatever it was, ticks go on, and the next snapshot starts from what is stored
                self._ready = False
                log.warning("snapshot_failed", partition=self._partition, exc_info=True)
            self._ended = time.monotonic()
        if self._position() != self._at or self._snapshots.lacking:
            try:
                self.snapshot()
            except (LostError, SQLAlchemyError):
                log.warning("snapshot_failed", partition=self._partition, exc_info=True)

    def _wait(self) -> bool:
        """Wait until a snapshot is due. Returns whether the program is stopping instead."""
        with self._changed:
            while not self._stopping:
                pause = self._until_due(time.monotonic())
                if pause is not None and pause <= 0:
                    return False
                self._changed.wait(pause)
            return True

    def _until_due(self, now: float) -> float | None:
        """Seconds until a snapshot is due; None if unknown."""
        due: float | None = None if self._asked_at is None else self._asked_at + SOON
        if self._position() - self._at >= self._after_events:
            due = now if due is None else min(due, now)
        return None if due is None else max(due, self._ended + max(PAUSE, self._share * self._took)) - now

    # -- one snapshot ----------------------------------------------------------------------------------------------------

    def snapshot(self) -> bool:
        """Rewrite every part that changed. Returns whether all of them could be copied."""
        began, spent, before = time.monotonic(), time.thread_time(), self._snapshots.figures.bytes
        self._asked_at = None
        if not self._ready or self._snapshots.unusable:
            self._read_heads()
        with reading(self._engine) as connection:
            forgotten = store.select_forgotten(connection, self._partition)
        with self._turn():
            at, loaded = self._position(), self._live.is_loaded
            names = self._live.part_names()
        complete = loaded and self._write_all(names)
        if complete:
            self._end(names, forgotten)
            self._at = at
            self._snapshots.figures.count += 1
        self.commit()
        spent = time.thread_time() - spent
        self._snapshots.figures.seconds += spent
        self._took = spent
        written = self._snapshots.figures.bytes - before
        counts = {
            "position": at,
            "parts": len(names),
            "bytes": written,
            "seconds": round(time.monotonic() - began, 3),
            "cpu": round(spent, 3),
        }
        log.info("snapshot_written", partition=self._partition, complete=complete, **counts)
        return complete

    def _read_heads(self) -> None:
        """Start from what is stored; remnants of an interrupted writing are removed."""
        self._heads.clear()
        self._pending, self._pending_bytes = [], 0
        unusable = set(self._snapshots.unusable)
        with self._turn(), self._writing() as connection:
            for part, payload in store.select_heads(connection, self._partition).items():
                try:
                    self._heads[part] = read_head(payload)
                except DamagedError:
                    unusable.add(part)
            for part in unusable:
                self._heads.pop(part, None)
                store.delete_part(connection, self._partition, part)
            store.delete_unfinished(connection, self._partition, {part: head.writing for part, head in self._heads.items()})
        self._snapshots.unusable -= unusable
        self._ready = True

    def write(self, part: store.Part) -> bool:
        """Copy a part and write what changed; ``commit`` makes it current. False if it no longer exists."""
        if not self._ready:
            self._read_heads()
        return self._write_all([part])

    def _write_all(self, names: Sequence[store.Part]) -> bool:
        """Copy as many per turn as there is time for. Returns whether all existed."""
        todo, missing = list(reversed(names)), 0
        while todo:
            copies: list[_Copy] = []
            with self._turn() as until:
                while todo and time.perf_counter() < until:
                    part = todo.pop()
                    found = self._live.part(*part)
                    if found is None:
                        missing += 1
                    else:
                        copies.append(self._copy(part, found))
            try:
                for copy in copies:
                    self._write(copy)
            finally:
                self._copied += [copy.event_list for copy in copies if copy.event_list is not None]
        return not missing

    @contextmanager
    def _turn(self) -> Iterator[float]:
        """Between two ticks: write what is pending, and return until when (by ``perf_counter``) copies may be taken.

        At that moment nobody holds the store's lock for long; waiting for that lock alone would starve while ticks follow each
        other closely. Waiting for a turn takes as long as a tick, so the longer ticks are, the more is done per turn.
        """
        asked = time.perf_counter()
        with self._live.turns.turn():
            seconds = max(TURN_SECONDS, (time.perf_counter() - asked) / TURN_SHARE)
            self._most_bytes = max(WRITE_BYTES, int(seconds * BYTES_A_SECOND))
            for event_list in self._copied:
                event_list.end_copy()
            self._copied = []
            self._write_pending()
            yield time.perf_counter() + seconds

    def _copy(self, name: store.Part, part: StatePart) -> _Copy:
        """In a turn: the part at the committed position. Of an event list only its people; its events are copied afterwards."""
        before = self._heads.get(name)
        number = before.writing + 1 if before is not None else 1
        head = Head(VERSION, number, self._position(), self._live.settled_until(name[0]) or 0, dict(part.about), {})
        arrays = {column: array.copy() for column, array in part.arrays().items()}
        event_list = part.state if isinstance(part.state, EventListSource) else None
        return _Copy(name, head, before, arrays, event_list, event_list.begin_copy().tolist() if event_list is not None else [])

    def _write(self, copy: _Copy) -> None:
        part, head, before = copy.name, copy.head, copy.before
        columns = before.columns if before is not None else {}
        chunks = (
            _chunks(copy.arrays, head, columns)
            if copy.event_list is None
            else self._lines(copy.event_list, copy.people, head, columns)
        )
        for chunk in chunks:
            self._put(part, head.writing, chunk)
            if self._pending_bytes >= self._most_bytes:
                self.commit()
        written_at = self._real_ms()
        self._pending.append(lambda connection: store.put_head(connection, self._partition, part, head, before, written_at))
        self._heads[part] = head

    def _lines(
        self, event_list: EventListSource, people: list[int], head: Head, before: dict[str, ChunkedColumn]
    ) -> Iterator[ChunkWrite]:
        """The changed chunks of an event list. Its events are copied over several turns, as of the first one."""
        column = LinesColumn(before.get(LINES), head.writing)
        head.columns[LINES] = column.column
        todo = list(groups(people))
        todo.reverse()
        while todo:
            copied = []
            with self._turn() as until:
                while todo and time.perf_counter() < until:
                    place, group = todo.pop()
                    copied.append((place, event_list.copied(group)))
            for place, lines in copied:
                written = column.take(place, lines)
                if written is not None:
                    yield written

    def _end(self, names: list[store.Part], forgotten: list[store.Person]) -> None:
        """Every part is from this snapshot: delete others, and forget people deleted before it started."""
        gone = self._heads.keys() - set(names)
        for part in gone:
            del self._heads[part]

        def tidy(connection: Connection) -> None:
            for part in gone:
                store.delete_part(connection, self._partition, part)
            store.delete_forgotten(connection, self._partition, forgotten)

        self._pending.append(tidy)
        self._snapshots.lacking = False

    # -- writing ---------------------------------------------------------------------------------------------------------

    def _put(self, part: store.Part, number: int, chunk: ChunkWrite) -> None:
        self._snapshots.figures.bytes += len(chunk.payload)
        self._pending_bytes += len(chunk.payload)
        last = self._pending[-1] if self._pending else None
        if isinstance(last, _Batch) and (last.part, last.number) == (part, number):
            last.chunks.append(chunk)
        else:
            self._pending.append(_Batch(part, number, [chunk]))

    def commit(self) -> None:
        """Commit what is pending, in order."""
        with self._turn():
            pass

    def _write_pending(self) -> None:
        """In a turn."""
        pending, self._pending, self._pending_bytes = self._pending, [], 0
        if pending:
            with self._writing() as connection:
                for each in pending:
                    if isinstance(each, _Batch):
                        store.insert_chunks(connection, self._partition, each.part, each.number, each.chunks)
                    else:
                        each(connection)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """In a turn, a transaction while the partition is ours. Raises ``LostError``."""
        with writing(self._engine) as connection:
            if not self._is_mine(connection):
                raise LostError
            yield connection


def _chunks(arrays: dict[str, NDArray[Any]], head: Head, before: dict[str, ChunkedColumn]) -> Iterator[ChunkWrite]:
    """The changed chunks of a part."""
    for name, array in arrays.items():
        head.columns[name], chunks = dirty(name, array, before.get(name), head.writing)
        yield from chunks
