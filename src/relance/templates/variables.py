"""Which variables a template reads, by looking at it: whoever renders it needs to know no others. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from liquid.exceptions import LiquidError

from relance.templates.engine import is_constant, parse

Path: TypeAlias = tuple[str, ...]


@lru_cache(maxsize=4_096)
def variables_of(source: str, html: bool) -> frozenset[Path]:
    """The paths that a template reads of what it is given, each as far as it is written out: all of ``a["b c"].d``; of ``a[b].c``
    ``a``, and ``b``. Raises ``TemplateError`` where the template does not parse.
    """
    if is_constant(source):
        return frozenset()
    template = parse(source, html)
    try:
        found = template.analyze(include_partials=False).globals
    except LiquidError:  # pragma: no cover - what parses can be analysed
        return frozenset()
    return frozenset(_written_out(each.segments) for variables in found.values() for each in variables)


def _written_out(segments: Sequence[object]) -> Path:
    path: list[str] = []
    for each in segments:
        if not isinstance(each, str):
            break
        path.append(each)
    return tuple(path)
