"""Room for more than is needed costs nothing until it is used, and is smaller where the system promises less."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
import pytest

from relance.infra.arrays import longer, untouched

MB = 1 << 20


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]) * mmap.PAGESIZE


def test_what_is_not_touched_takes_no_memory() -> None:
    before = resident()
    array = untouched(512 * MB, np.int64)
    array[::MB] = 7
    assert resident() - before < 64 * MB
    assert (array[::MB] == 7).all()
    assert not array[1:1000].any()


def test_longer_begins_with_what_is_kept_and_has_room() -> None:
    for size in (1, 10, 1_000, MB):
        kept = np.arange(size)
        array = longer(kept, 2 * size)
        assert array.size >= 4 * size
        assert array[:size].tolist() == kept.tolist()
        assert not array[size : 3 * size].any()


def test_where_the_system_promises_less_the_reserve_is_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    has, real = 40 * MB, mmap.mmap

    def strict(file: int, size: int, **given: int) -> mmap.mmap:
        if size > has:
            raise OSError(12, "Cannot allocate memory")
        return real(file, size, **given)

    monkeypatch.setattr(mmap, "mmap", strict)
    kept = np.arange(MB)  # 8 MB
    assert longer(kept, kept.size).nbytes == 32 * MB
    with pytest.raises(MemoryError):
        longer(kept, 6 * MB)
