"""Hides the bench's and the tests' own packages from a measured program: an installed one does not have them.

Litestar, yarl and Numba look for these at import and load them where they are; ``requirements.lock`` has none of them.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

from typing_extensions import override

HIDDEN = {"pydantic", "pydantic_core", "starlette", "fastapi", "opentelemetry", "scipy", "pandas"}


class Blind(PathFinder):
    """Finds everything else."""

    @classmethod
    @override
    def find_spec(cls, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        return None if fullname.partition(".")[0] in HIDDEN else super().find_spec(fullname, path, target)


sys.meta_path[sys.meta_path.index(PathFinder)] = Blind
