"""Calls the functions of this folder: as machine code if available, else as Python.

Machine code is an object file, produced by a separate process (``kernel.compiling``), which alone loads the compiler: half a
minute and 250 MB, once per state of the sources. Meanwhile small calls run as Python, so that a first start does not wait; large
calls do. Running object code needs LLVM's linker and nothing of Numba.
"""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import structlog
from llvmlite import binding as llvm  # type: ignore[import-untyped]
from numpy.typing import NDArray

from relance.core.pulse import PULSE
from relance.segments.live.kernel.jit import Entry
from relance.segments.live.kernel.pointers import address_of

log = structlog.get_logger()

MAKER_COMMAND = [sys.executable, "-m", "relance.segments.live.kernel.compiling", "-"]
SYMBOL = "relance_run"
_HERE = Path(__file__).parent
_DIGEST = 16  # bytes before the object code
_SMALL = 2_000  # rows, people and events: this many take Python a tenth of a second
_PATIENCE = 300.0  # seconds granted to the compiler
_LOOK_EVERY = 0.2  # seconds
_KINDS = frozenset(np.dtype(kind) for kind in (np.int64, np.float64, np.int32, np.int8))

Run = Callable[[int, int], int]


class DamagedCodeError(Exception):
    """A machine code file is corrupt."""


def file_name() -> str:
    """The file name identifies the state of the sources and the kind of machine."""
    sources = blake2b(digest_size=8)
    for path in sorted(_HERE.glob("*.py")):
        sources.update(path.read_bytes())
    return f"kernels-{sources.hexdigest()}-{sys.platform}-{platform.machine().lower()}.code"


def folders() -> Iterator[Path]:
    """Folders of machine code, best first: beside the sources, from where it goes into wheels, or the user's cache."""
    yield _HERE / "made"
    yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "relance"


def kept_code() -> bytes | None:
    """Object code for these sources and this kind of machine, as stored by ``keep_code``; None if there is none."""
    name = file_name()
    for folder in folders():
        try:
            return opened((folder / name).read_bytes())
        except FileNotFoundError:
            continue
        except (OSError, DamagedCodeError) as error:
            log.warning("machine_code_unreadable", file=str(folder / name), reason=str(error))
    return None


def keep_code(code: bytes, name: str) -> Path | None:
    """Store object code where it will be found; None if no folder is writable.

    ``name`` identifies the sources as of the start of compilation: they may have changed since.
    """
    for folder in folders():
        new = folder / f"{name}.{os.getpid()}.new"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            new.write_bytes(sealed(code))
            new.replace(folder / name)
        except OSError:
            with suppress(OSError):
                new.unlink()
            continue
        return folder / name
    return None


def sealed(code: bytes) -> bytes:
    """Object code with its digest: running a truncated file would crash the process."""
    return blake2b(code, digest_size=_DIGEST).digest() + code


def opened(whole: bytes) -> bytes:
    """The content of ``sealed``. Raises ``DamagedCodeError``."""
    code = whole[_DIGEST:]
    if not code or sealed(code) != whole:
        raise DamagedCodeError("It is not as it was written.")
    return code


class _Linked:
    """Linked object code, loaded for as long as this object lives."""

    def __init__(self, code: bytes) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        machine = llvm.Target.from_default_triple().create_target_machine()
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        address = self._engine.get_function_address(SYMBOL)
        self.run: Run = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(address)


class MachineCode:
    """The state of the machine code: loaded, being compiled, or unavailable."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._linked: _Linked | None = None
        self._maker: threading.Thread | None = None
        self._run: Run | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether calls run as machine code."""
        return self._run is not None

    def prepare(self) -> None:
        """Load the machine code, or have it compiled in the background."""
        with self._lock:
            if self._run is not None or self._maker is not None:
                return
            if not self._load(kept_code()):
                log.info("compiling_segments", once="for this version on this machine", takes="half a minute, beside the work")
                self._maker = threading.Thread(target=self._make, name="compiling", daemon=True)
                self._maker.start()

    def run_for(self, work: int) -> Run | None:
        """What to call; None for the Python itself. A large piece of work waits until there is something to call."""
        if self._run is None:
            self.prepare()
            if work > _SMALL:
                self._wait()
        return self._run

    def _wait(self) -> None:
        while self._maker is not None and self._maker.is_alive():
            self._maker.join(_LOOK_EVERY)
            PULSE.go_on()

    def _load(self, code: bytes | None) -> bool:
        if code is not None:
            self._linked = _Linked(code)
            self._run = self._linked.run
        return code is not None

    def _make(self) -> None:
        """Compile in another process, which returns the compiler's memory. It outputs the code, and stores it if it can."""
        code, reason = None, ""
        try:
            done = subprocess.run(MAKER_COMMAND, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603 - our own
            reason = done.stderr.decode(errors="replace").strip()[-500:]
            code = opened(done.stdout)
        except (OSError, subprocess.TimeoutExpired, DamagedCodeError) as error:
            reason = reason or str(error)
        with self._lock:
            if not self._load(code):
                log.error("segments_are_slow", reason=reason, help="docs/operations.md, Machine code")


CODE = MachineCode()  # one per process


def call(function: Entry, *arguments: Any, work: int = 0) -> int:
    """Call an ``entry`` with these in its frame: integers, arrays, and tuples of such. Its result is not negative.

    ``work`` is the number of rows, people and events it visits. Other threads run meanwhile.
    """
    frame: list[int] = []
    _put(frame, arguments)
    argument = np.array(frame, np.int64)
    run = CODE.run_for(work)
    if run is not None:
        found = run(number_of(function.__name__), address_of(argument))
        assert found >= 0, function  # noqa: S101 - the code is made of the same sources
        return found
    with np.errstate(over="ignore"):  # hashes
        return int(function(address_of(argument)))


@cache
def number_of(name: str) -> int:
    """An entry's number in machine code, independent of other entries."""
    return crc32(name.encode())


def _put(frame: list[int], arguments: Any) -> None:
    for each in arguments:
        if isinstance(each, np.ndarray):
            _check(each)
            frame += [address_of(each), *each.shape]
        elif isinstance(each, tuple):
            _put(frame, each)
        else:
            frame.append(int(each))


def _check(array: NDArray[Any]) -> None:
    if not array.flags.c_contiguous or array.dtype not in _KINDS:
        raise TypeError(f"Compiled functions take arrays in one piece, of their own kinds of numbers (got {array.dtype}).")
