r"""Paths to properties: names of members joined by dots. ``cart.total`` is the member ``total`` of the member ``cart``; a dot
that is part of a name is written ``\.``, so that ``utm\.source`` is one member of that name."""

from __future__ import annotations

from functools import lru_cache

_DOT = "\\."
_HELD = "\x00"  # stands for a dot within a name while the path is cut; no path has it


@lru_cache(maxsize=4_096)
def path_names(path: str) -> tuple[str, ...]:
    """The names that a path is made of, as the members are called."""
    if _DOT not in path:
        return tuple(path.split("."))
    return tuple(name.replace(_HELD, ".") for name in path.replace(_DOT, _HELD).split("."))


def path_of(*names: str) -> str:
    """The path that is made of these names."""
    return ".".join(name.replace(".", _DOT) for name in names)
