"""Marks functions over columns for compilation to machine code: what numpy could only do in many passes.

They are plain Python, annotated for a compiler (``kernel.compiling``). Until compiled they run interpreted, a hundred times
slower (``kernel.machine_code``). They use numbers, arrays and named tuples of these, and neither create nor return arrays:
reference counting took three quarters of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")
Entry = Callable[[int], int]

COMPILED: list[Callable[..., object]] = []
INLINED: list[Callable[..., object]] = []
ENTRIES: dict[str, Entry] = {}  # entries by name; each takes the address of its frame


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile as a function of its own."""
    COMPILED.append(function)
    return function


def inlined(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Inline into each compiled caller: passing arrays takes longer than most of the work."""
    INLINED.append(function)
    return function


def entry(function: Entry) -> Entry:
    """Make a function callable from outside, by name and with its arguments in a frame (``machine_code.call``)."""
    ENTRIES[function.__name__] = function
    return function
