"""Rules in words, with the names of what they refer to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from litestar.concurrency import sync_to_thread

from relance.core.errors import NotFoundError
from relance.segments.rule.conditions import InSegment, MessageCondition, OnList, Unopened
from relance.segments.rule.tree import Rule, conditions
from relance.segments.sentence import Names, sentence
from relance.web.api.services import Services


class Sentences(msgspec.Struct, frozen=True):
    """A rule as a sentence, without a capital or a full stop, in each language of the dashboard."""

    en: str
    fr: str


async def in_words(services: Services, app: int, rules: Sequence[Rule]) -> list[Sentences]:
    """The rules of an app as sentences; what no longer exists is given by its number."""
    return await sync_to_thread(_in_words, services, app, rules)


def _in_words(services: Services, app: int, rules: Sequence[Rule]) -> list[Sentences]:
    leaves = [leaf for rule in rules for leaf in conditions(rule)]
    about = [leaf for leaf in leaves if isinstance(leaf, MessageCondition | Unopened)]
    names = Names(
        segments=_names(services.segments.get, app, {leaf.segment for leaf in leaves if isinstance(leaf, InSegment)}),
        lists=_names(services.lists.get, app, {leaf.list for leaf in leaves if isinstance(leaf, OnList)}),
        messages=_names(services.messages.get, app, {leaf.message for leaf in about if leaf.message is not None}),
        journeys=_names(services.journeys.get, app, {leaf.journey for leaf in about if leaf.journey is not None}),
    )
    return [Sentences(en=sentence(rule, "en", names), fr=sentence(rule, "fr", names)) for rule in rules]


def _names(get: Callable[[int, int], Any], app: int, ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for id_ in ids:
        try:
            found[id_] = get(app, id_).name
        except NotFoundError:
            continue
    return found
