r"""Paths to properties: member names joined by dots. ``cart.total`` is the member ``total`` of the member ``cart``. A dot within
a name is written ``\.``: ``utm\.source`` is a single member.
"""

from __future__ import annotations

from functools import lru_cache

_DOT = "\\."
_HELD = "\x00"  # stands for an escaped dot while a path is split; never occurs in a path


@lru_cache(maxsize=4_096)
def path_names(path: str) -> tuple[str, ...]:
    """The member names that make up a path."""
    if _DOT not in path:
        return tuple(path.split("."))
    return tuple(name.replace(_HELD, ".") for name in path.replace(_DOT, _HELD).split("."))


def path_of(*names: str) -> str:
    """The path made of these names."""
    return ".".join(name.replace(".", _DOT) for name in names)
