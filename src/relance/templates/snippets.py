"""Which snippets a template renders, those that they render themselves among them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from liquid.ast import Node
from liquid.builtin.tags.render_tag import RenderNode

from relance.core.error_text import ErrorText
from relance.templates.budget import Metered
from relance.templates.engine import is_constant, parse
from relance.templates.errors import TemplateError

MOST_DEEP = 5  # snippets within each other
MOST_CHARACTERS = 200_000  # of all snippets of one template
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@lru_cache(maxsize=4_096)
def rendered_in(source: str) -> frozenset[str]:
    """The names of the snippets that stand in a template itself. Raises ``TemplateError`` where it does not parse."""
    if is_constant(source) or "render" not in source:
        return frozenset()
    template = parse(source, html=False)
    context = Metered(template)
    found, waiting = set(), list[Node](template.nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, RenderNode):
            found.add(str(getattr(node.name, "value", node.name)))
        waiting.extend(node.children(context, include_partials=False))
    return frozenset(found)


def needed(sources: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    """Name → source of all snippets that these templates need. Raises ``TemplateError`` where one is missing, where one renders
    itself by way of others, and where there are too many within each other or too much in all.
    """
    heights: dict[str, int] = {}
    for source in sources:
        for name in sorted(rendered_in(source)):
            _measure(name, known, heights, ())
    characters = sum(len(known[name]) for name in heights)
    if characters > MOST_CHARACTERS:
        raise TemplateError(
            ErrorText(
                "snippets_length",
                "The snippets of one message must be at most {most:,} characters in all (got {got:,}).",
                most=MOST_CHARACTERS,
                got=characters,
            )
        )
    return {name: known[name] for name in sorted(heights)}


def _measure(name: str, known: Mapping[str, str], heights: dict[str, int], within: tuple[str, ...]) -> int:
    """How many snippets stand in each other from this one on; each is measured once."""
    if name not in known:
        raise TemplateError(ErrorText("snippet_unknown", "There is no snippet {snippet!r}.", snippet=name))
    if name in within:
        way = " → ".join((*within[within.index(name) :], name))
        raise TemplateError(ErrorText("snippet_cycle", "A snippet must not render itself: {way}.", way=way))
    if name not in heights and len(within) < MOST_DEEP:
        inner = [_measure(each, known, heights, (*within, name)) for each in sorted(rendered_in(known[name]))]
        heights[name] = 1 + max(inner, default=0)
    depth = len(within) + heights.get(name, 1)
    if depth > MOST_DEEP:
        raise TemplateError(
            ErrorText(
                "snippet_depth", "Snippets may stand in each other {most} deep (got {got} or more).", most=MOST_DEEP, got=depth
            )
        )
    return heights[name]
