"""Refuses query parameters that a route does not take, because their sender believes that they have an effect."""

from __future__ import annotations

from functools import cache
from typing import Any, get_type_hints
from urllib.parse import parse_qsl

from litestar.params import QueryParameter

from relance.core.error_text import ErrorText
from relance.web.api.errors import UnknownParameterError

_MOST_SHOWN = 50  # characters of a name in an error message


@cache
def parameters_of(handler: Any) -> tuple[str, ...]:
    """The query parameters of a route's function, in order."""
    hints = get_type_hints(getattr(handler.fn, "func", handler.fn), include_extras=True)
    marked = [(name, each) for name, hint in hints.items() for each in getattr(hint, "__metadata__", ())]
    return tuple(sorted(each.name or name for name, each in marked if isinstance(each, QueryParameter)))


def check_parameters(handler: Any, query: bytes) -> None:
    """Raises ``UnknownParameterError`` for the first parameter that the route does not take."""
    if not query:
        return
    known = parameters_of(handler)
    for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name not in known:
            raise UnknownParameterError(
                _unknown(name[:_MOST_SHOWN], known),
                path=name[:_MOST_SHOWN],
            )


def _unknown(name: str, known: tuple[str, ...]) -> ErrorText:
    if not known:
        return ErrorText("parameters_none", "There is no parameter {name!r} here: this address takes none.", name=name)
    return ErrorText(
        "parameter_unknown", "There is no parameter {name!r} here: this address takes {known}.", name=name, known=known
    )
