"""What a message's templates name of what has to be read for them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from relance.channels.content import ContentTemplate
from relance.channels.errors import ContentInvalidError
from relance.core.error_text import ErrorText
from relance.templates.errors import TemplateError
from relance.templates.variables import Path, variables_of

FACTS, SEGMENT, LAST_VIEWED, LAST_CART, SINCE = "facts", "segment", "last_viewed", "last_cart", "since_last_visit"
APP, SUBSCRIPTION = "app", "subscription"
_WHOLE = frozenset((FACTS, SEGMENT, LAST_VIEWED, LAST_CART))
_ALWAYS_KNOWN = {APP: frozenset(("id", "name")), SUBSCRIPTION: frozenset(("channel", "address"))}
MOST_EVENT_NAMES = 20  # event names that one message counts
NAME_LIMIT = 200  # characters of an event's name


class NamedValues(NamedTuple):
    """``whole`` are variables that are read as one, ``counted`` the events of ``since_last_visit``, ``app`` what is named of
    ``app``; ``device``: the subscription's device is."""

    whole: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    app: frozenset[str] = frozenset()
    device: bool = False


NOTHING = NamedValues()


@lru_cache(maxsize=1_024)
def names_in(templates: tuple[ContentTemplate, ...]) -> NamedValues:
    """What these templates name. Raises ``ContentInvalidError`` where ``since_last_visit`` does not say which event, and
    ``TemplateError`` where one does not parse."""
    whole: set[str] = set()
    counted: set[str] = set()
    app: set[str] = set()
    device = False
    for template in templates:
        paths = _paths(template)
        whole |= {path[0] for path in paths if path and path[0] in _WHOLE}
        counted |= _counted(template, paths)
        app |= {name for path in paths if path and path[0] == APP for name in _members(path)}
        device |= any(path and path[0] == SUBSCRIPTION and _members(path) for path in paths)
    if len(counted) > MOST_EVENT_NAMES:
        raise ContentInvalidError(
            ErrorText(
                "counted_events",
                "A message counts at most {most} different events since the last visit (got {got}).",
                most=MOST_EVENT_NAMES,
                got=len(counted),
            ),
            path="content",
        )
    names = NamedValues(frozenset(whole), frozenset(counted), frozenset(app), device)
    return NOTHING if names == NOTHING else names


def _paths(template: ContentTemplate) -> frozenset[Path]:
    try:
        return variables_of(template.source, template.makes_html)
    except TemplateError as error:
        raise TemplateError(error.text, path=f"content.{template.path}") from None


def _members(path: Path) -> Iterable[str]:
    """What is named of ``app`` or ``subscription`` that is not known anyway; of the whole of it everything."""
    if len(path) == 1:
        return ("*",)
    return () if path[1] in _ALWAYS_KNOWN[path[0]] else (path[1],)


def _counted(template: ContentTemplate, paths: Iterable[Path]) -> set[str]:
    found = set()
    for path in paths:
        if path[:1] != (SINCE,):
            continue
        if len(path) == 1 or not path[1] or len(path[1]) > NAME_LIMIT:
            raise ContentInvalidError(
                ErrorText(
                    "counted_event_unnamed",
                    "since_last_visit must be followed by the name of an event, written out: {example}.",
                    example='since_last_visit["Connection Made"].count',
                ),
                path=f"content.{template.path}",
            )
        found.add(path[1])
    return found
