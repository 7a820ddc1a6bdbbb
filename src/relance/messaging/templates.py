"""Liquid templates: parsed once, rendered many times, within limits. Pure.

Parsing costs about seven renders, so parsed templates are kept by their source. A template is written by an operator,
not by us: it has no files to include, and its loops and its output are bounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

from relance.messaging.errors import TemplateError

LOOP_LIMIT = 10_000  # rounds of all loops of one render together
OUTPUT_LIMIT = 500_000  # bytes of one rendered field
_KEPT = 4_096  # parsed templates


class _Bounded(Environment):
    loop_iteration_limit = LOOP_LIMIT
    output_stream_limit = OUTPUT_LIMIT
    local_namespace_limit = OUTPUT_LIMIT
    context_depth_limit = 20


_PLAIN = _Bounded(autoescape=False)
_HTML = _Bounded(autoescape=True)


@lru_cache(maxsize=_KEPT)
def parse(source: str, html: bool) -> BoundTemplate:
    """The parsed template; with ``html``, what is put in is escaped. Raises ``TemplateError``."""
    try:
        return (_HTML if html else _PLAIN).from_string(source)
    except LiquidError as error:
        raise TemplateError(_sentence(error)) from None
    except RecursionError:
        raise TemplateError("The template is nested too deeply.") from None


def check(source: str, html: bool) -> None:
    """Refuse a template that could never be rendered: no Liquid, a filter there is none of, a part of another file."""
    used = parse(source, html).analyze(include_partials=False)
    for name in used.filters:
        if name not in _PLAIN.filters:
            raise TemplateError(f"There is no filter {name!r}.")
    for name in ("include", "render"):
        if name in used.tags:
            raise TemplateError(f"A template cannot {name} another one.")


def fill(source: str, context: Mapping[str, Any], *, html: bool = False) -> str:
    """The template rendered with ``context``, whole or not at all. Raises ``TemplateError``."""
    if "{{" not in source and "{%" not in source:
        return source
    try:
        return str(parse(source, html).render(**context))
    except LiquidError as error:
        raise TemplateError(_sentence(error)) from None
    except (RecursionError, ArithmeticError, ValueError, TypeError) as error:  # filters on values they did not expect
        raise TemplateError(str(error) or type(error).__name__) from None


def _sentence(error: LiquidError) -> str:
    return str(error).splitlines()[0][:200]
