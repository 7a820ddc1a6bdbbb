"""Leases on partitions: one owner at a time, fenced by an epoch that only grows.

1. A worker first locks a file of its data folder, so that two on one machine can never run at once.
2. It reads the cursor. If the last owner ran on this very folder, the lock proves that it is dead, and the partition is taken at
once; otherwise the worker waits for the owner's lease (real time) to expire.
3. It takes the partition by raising the epoch, provided the epoch is still the one it read.

Every later commit says ``WHERE epoch = mine``: a worker that slept past its lease is refused at its commit.
"""

from __future__ import annotations

import fcntl
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from sqlalchemy.engine import Engine

from relance.core.error_text import ErrorText
from relance.infra.database import reading, writing
from relance.pipeline.errors import PartitionsFixedError
from relance.pipeline.store import Cursor, count_cursors, read_cursor, read_offsets, start_cursor, take_cursor

_LOCK_WAIT = 20.0  # seconds; a killed predecessor releases the lock at once, a stopping one within its grace period


def real_ms() -> int:
    """Real time in ms: leases never follow the program's clock."""
    return time.time_ns() // 1_000_000


def settle_on_partitions(engine: Engine, wanted: int) -> None:
    """Create the partitions' rows in a new store. Raises ``PartitionsFixedError`` if the store has a different number of them."""
    with writing(engine) as connection:
        found = count_cursors(connection) or wanted
        if found != wanted:
            raise PartitionsFixedError(
                ErrorText.local(
                    f"This store was made with partitions = {found}, and the settings say {wanted}. The number is fixed, for "
                    f"people are found by it: start with {found}, or begin a new store and bring the history in."
                ),
                path="partitions",
                found=found,
                wanted=wanted,
            )
        for partition in range(wanted):
            start_cursor(connection, partition)


def settled_offsets(engine: Engine) -> dict[int, int]:
    """The settled log offset of each partition, by number."""
    with reading(engine) as connection:
        return dict(read_offsets(connection))


class Lease:
    """This worker's lease on one partition."""

    def __init__(self, engine: Engine, folder: Path, partition: int, seconds: int) -> None:
        self.engine = engine
        self.partition = partition
        self.duration = seconds * 1000
        self.owner = f"{socket.gethostname()}:{folder.absolute()}"
        self._path = folder / f"worker-{partition}.lock"
        self._file: IO[str] | None = None

    def take(self, stopped: Callable[[], bool] = lambda: False) -> Cursor:
        """Become the owner; waits as described above. Raises ``TimeoutError`` if the folder stays locked."""
        self._lock_folder()
        with writing(self.engine) as connection:
            start_cursor(connection, self.partition)
        while not stopped():
            with reading(self.engine) as connection:
                seen = read_cursor(connection, self.partition)
            if seen is not None and (seen.owner == self.owner or seen.lease_until < real_ms()):
                with writing(self.engine) as connection:
                    if take_cursor(connection, seen, self.owner, self.until()):
                        taken = read_cursor(connection, self.partition)
                        if taken is not None:
                            return taken
            time.sleep(0.1)
        raise TimeoutError("stopped before the partition was free")

    def take_idle(self) -> Cursor | None:
        """Become the owner at once; None if a worker has the folder or a lease that has not ended."""
        if not self._try_lock():
            return None
        with writing(self.engine) as connection:
            start_cursor(connection, self.partition)
            seen = read_cursor(connection, self.partition)
            if seen is None or (seen.owner != self.owner and seen.lease_until >= real_ms()):
                return None
            is_taken = take_cursor(connection, seen, self.owner, self.until())
            return read_cursor(connection, self.partition) if is_taken else None

    def until(self) -> int:
        """When a lease renewed now expires (real ms)."""
        return real_ms() + self.duration

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _lock_folder(self) -> None:
        deadline = time.monotonic() + _LOCK_WAIT
        while not self._try_lock():
            if time.monotonic() > deadline:
                raise TimeoutError(f"another worker holds {self._path}")
            time.sleep(0.05)

    def _try_lock(self) -> bool:
        if self._file is None:
            self._file = self._path.open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
