"""Liquid's filters, each paid for by the size of what it is given, and refused where its result would be too large. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from liquid import Environment
from liquid.builtin.filters.math import round_
from liquid.exceptions import LiquidError
from liquid.filter import flatten, int_arg, with_context
from liquid.undefined import Undefined
from markupsafe import Markup

from relance.core.error_text import ErrorText
from relance.markup.parts import bare
from relance.templates.budget import (
    LENGTH_LIMIT,
    SIZE_LIMIT,
    Metered,
    MissingValueError,
    OverBudgetError,
    bounded,
    size_of,
)
from relance.templates.dates import date
from relance.templates.nodes import is_missing

Filter = Callable[..., Any]

_SIZE_A_UNIT = 10
_FIXED = {"date": 100}  # units, whatever the size
_WORK = {"strip_html": 40, "escapejs": 4, "url_encode": 2, "sort": 2, "sort_natural": 4, "uniq": 4, "truncatewords": 2, "sum": 4}
_PLACES = 20  # that a number is rounded to


def bounded_filters(filters: Mapping[str, Filter]) -> dict[str, Filter]:
    """These filters within bounds, those that must be made otherwise, and ``required``."""
    own: dict[str, Filter] = {
        **filters,
        "date": date,
        "required": required,
        "round": _round,
        "strip_html": _strip_html,
        "uniq": _uniq,
    }
    return {name: _bounded(name, each) for name, each in own.items()}


def _bounded(name: str, filter_: Filter) -> Filter:
    work, fixed = _WORK.get(name, 1), _FIXED.get(name, 2)
    foresee = _FORESEEN.get(name)
    asks_context = getattr(filter_, "with_context", False)
    asks_environment = getattr(filter_, "with_environment", False)

    @wraps(filter_)
    def run(value: Any, *given: Any, context: Metered, **named: Any) -> object:
        size = size_of(value) + sum(map(size_of, given)) + sum(map(size_of, named.values()))
        context.budget.spend(fixed + work * size // _SIZE_A_UNIT)
        if foresee is not None:
            _check(foresee(value, *given))
        if asks_context:
            named["context"] = context
        if asks_environment:
            named["environment"] = context.env
        return bounded(filter_(value, *given, **named))

    run.__dict__.pop("with_environment", None)
    return with_context(run)


def _check(size: int) -> None:
    if size > SIZE_LIMIT:
        raise OverBudgetError(
            ErrorText("value_characters", "A value in a template must be at most {most:,} characters.", most=SIZE_LIMIT),
            token=None,
        )


# -- how large a result will be, where that is not clear from what is given ------------------------------------------


def _replaced(value: Any, seq: Any = "", sub: Any = "", *_: Any) -> int:
    text, searched, put = _text(value), _text(seq), _text(sub)
    return len(text) + text.count(searched) * len(put)


def _joined(value: Any, separator: Any = " ", *_: Any) -> int:
    parts = len(flatten(value)) if isinstance(value, list | tuple) else len(value) if isinstance(value, range) else 1
    return size_of(value) + parts * len(_text(separator))


def _split(value: Any, separator: Any = "", *_: Any) -> int:
    text, at = _text(value), _text(separator)
    count = text.count(at) + 1 if at else len(text)
    if count > LENGTH_LIMIT:
        raise OverBudgetError(
            ErrorText(
                "value_elements",
                "A list in a template must have at most {most:,} elements (got {got:,}).",
                most=LENGTH_LIMIT,
                got=count,
            ),
            token=None,
        )
    return count


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, Undefined) else value if isinstance(value, str) else str(value)


_FORESEEN: dict[str, Callable[..., int]] = {"replace": _replaced, "join": _joined, "split": _split}


# -- filters of our own ----------------------------------------------------------------------------------------------


def required(value: Any, name: Any = "") -> Any:
    """The value, or no message at all where there is none. ``name``: what the reason should call it."""
    if is_missing(value):
        raise MissingValueError(_text(name))
    return value


def _round(value: Any, ndigits: Any = None) -> Any:
    if isinstance(ndigits, str | int) and not isinstance(ndigits, bool):
        ndigits = max(-_PLACES, min(int_arg(ndigits, 0), _PLACES))
    return round_(value, ndigits)


def _strip_html(value: Any) -> str:
    stripped = bare(_text(value))
    return Markup(stripped) if isinstance(value, Markup) else stripped  # noqa: S704  # it was markup that was trusted


def _uniq(value: Any, key: Any = None) -> list[Any]:
    """Each element once, the first of them; with ``key``, of those with the same under it."""
    elements = flatten(value) if isinstance(value, list | tuple) else [value] if isinstance(value, str | dict) else list(value)
    seen: set[Any] = set()
    found = []
    for each in elements:
        told = _frozen(each if key is None else _under(each, key))
        if told not in seen:
            seen.add(told)
            found.append(each)
    return found


_NONE = object()


def _under(element: Any, key: Any) -> Any:
    try:
        return element[key]
    except (KeyError, IndexError):
        return _NONE
    except TypeError:
        raise LiquidError(
            ErrorText("element_property", "A filter cannot read {property!r} of an element of the list.", property=str(key)),
            token=None,
        ) from None


def _frozen(value: Any) -> Any:
    """Something to look up that is alike where values are equal."""
    if isinstance(value, dict):
        return frozenset((name, _frozen(each)) for name, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_frozen, value))
    return value


def install(environment: Environment) -> None:
    """Put them in place of the environment's own."""
    environment.filters = bounded_filters(environment.filters)
