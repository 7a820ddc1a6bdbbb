"""Suggestions for rules, from what arrived: properties of events and people, with their kinds and values."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter

from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind

Event = Annotated[
    str | None,
    QueryParameter(description="The event's name; without one, traits of people are meant.", min_length=1, max_length=255),
]
Name = Annotated[str, QueryParameter(description="The property, with dots for what lies inside.", min_length=1, max_length=255)]


class SuggestedProperty(msgspec.Struct, frozen=True):
    """A property that arrived, its kinds of value (most frequent first), and in how many records of the sample."""

    name: str
    kinds: list[Literal["text", "number", "boolean", "date", "list"]]
    count: int


class SuggestedProperties(msgspec.Struct, frozen=True):
    """Most frequent first, at most 200. ``sampled`` is the number of events or people examined."""

    sampled: int
    items: list[SuggestedProperty]


class SuggestedValue(msgspec.Struct, frozen=True):
    """A value that arrived, and in how many records of the sample; for a list, each of its items."""

    value: Any
    count: int


class SuggestedValues(msgspec.Struct, frozen=True):
    """Most frequent first, at most 50."""

    sampled: int
    items: list[SuggestedValue]


@get("/suggestions/properties", operation_id="suggestProperties", summary="Properties that arrived", responses=ERRORS)
async def suggest_properties(app: AppId, services: Behind, event: Event = None) -> SuggestedProperties:
    """From the newest 2,000 events of that name in the 30 days before the last one; at most a minute old."""
    found = await services.context.worker.call("suggest_properties", app=app, event=event)
    return msgspec.convert(found, SuggestedProperties)


@get("/suggestions/values", operation_id="suggestValues", summary="Values that arrived", responses=ERRORS)
async def suggest_values(app: AppId, services: Behind, name: Name, event: Event = None) -> SuggestedValues:
    """Of one property, from the same sample."""
    found = await services.context.worker.call("suggest_values", app=app, of=name, event=event)
    return msgspec.convert(found, SuggestedValues)


router = Router(path="/apps/{app:int}", route_handlers=[suggest_properties, suggest_values], tags=["Segments"])
