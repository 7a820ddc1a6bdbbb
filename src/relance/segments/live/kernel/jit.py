"""Functions over columns that are compiled to machine code: what numpy cannot do without passing over everything many times."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from numba import config, njit

_P = ParamSpec("_P")
_R = TypeVar("_R")
_HERE = Path(__file__).parent


def _folder() -> Path | None:
    """Where machine code is kept: one folder for each state of the sources, as functions are compiled into each other."""
    sources = blake2b(digest_size=8)
    for path in sorted(_HERE.glob("*.py")):
        sources.update(path.read_bytes())
    for parent in (_HERE / "__pycache__", Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "relance"):
        folder = parent / f"compiled-{sources.hexdigest()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


_FOLDER = _folder()
if _FOLDER is not None:
    config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined] # set by numba when it is loaded


def is_compiled() -> bool:
    """Whether machine code for these sources is on disk."""
    return _FOLDER is not None and any(_FOLDER.iterdir())


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile a function when it is first called with arguments of some types; the code is kept on disk, if there is where.

    It may use numbers, arrays, named tuples of these and other compiled functions, but make no arrays: to count who holds which
    took three quarters of the time. Other threads run meanwhile.
    """
    return _compile(function, cache=_FOLDER is not None, _nrt=False)


def inlined(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile a function into each compiled one that calls it: to hand over arrays takes longer than most of what is done."""
    return _compile(function, forceinline=True, _nrt=False)


def making_arrays(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile one that may make arrays, and hand them out."""
    return _compile(function, cache=_FOLDER is not None, _nrt=True)


def _compile(function: Callable[_P, _R], **options: Any) -> Callable[_P, _R]:
    return cast("Callable[_P, _R]", njit(nogil=True, error_model="numpy", **options)(function))
