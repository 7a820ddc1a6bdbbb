"""Functions over columns that are compiled to machine code: what numpy cannot do without passing over everything many times.

They are plain Python, and say here what they are to a compiler (``kernel.compiling``). Until there is machine code for them they
run as they are, a hundred times slower (``kernel.machine_code``). They use numbers, arrays and named tuples of these, and neither
make nor return arrays: to count who holds which took three quarters of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")
Entry = Callable[[int], int]

COMPILED: list[Callable[..., object]] = []
INLINED: list[Callable[..., object]] = []
ENTRIES: dict[str, Entry] = {}  # what is called from outside, by name; each is given the address of its frame


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile a function as one of its own."""
    COMPILED.append(function)
    return function


def inlined(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile a function into each compiled one that calls it: to hand over arrays takes longer than most of what is done."""
    INLINED.append(function)
    return function


def entry(function: Entry) -> Entry:
    """Let a function be called from outside, by its name and with its arguments in a frame (``machine_code.call``)."""
    ENTRIES[function.__name__] = function
    return function
