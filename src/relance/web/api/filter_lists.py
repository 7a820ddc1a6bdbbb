"""Conversion between OneSignal's flat filter lists and rules; nothing is saved."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Router, post
from litestar.params import JSONBody
from msgspec import Meta

from relance.segments.filters import Purchases, read_filters, write_filters
from relance.segments.service import parse_rule, to_data
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind
from relance.web.api.segments import RuleForm, checked_rule
from relance.web.api.sentences import Sentences, in_words

Filters = Annotated[
    list[dict[str, Any]],
    Meta(
        description="Filters one after the other must all hold, up to an `OR`; one such run is enough.",
        examples=[
            [
                {"field": "tag", "key": "level", "relation": ">", "value": "10"},
                {"operator": "OR"},
                {"field": "country", "relation": "=", "value": "FR"},
            ]
        ],
    ),
]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class PurchaseNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The purchase event, and its properties for price and article."""

    event: Name = Purchases().event
    amount: Name = Purchases().amount
    sku: Name = Purchases().sku

    @property
    def purchases(self) -> Purchases:
        return Purchases(self.event, self.amount, self.sku)


class FiltersGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A filter list; ``purchases`` is for the fields ``amount_spent`` and ``bought_sku``."""

    filters: Filters
    purchases: PurchaseNames | None = None


class RuleGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule; ``purchases`` says which events may be written as ``amount_spent`` and ``bought_sku``."""

    rule: RuleForm
    purchases: PurchaseNames | None = None


class RuleRead(msgspec.Struct, frozen=True):
    """The rule that a filter list means, also in words."""

    rule: dict[str, Any]
    sentence: Sentences


class FiltersWritten(msgspec.Struct, frozen=True):
    """The filter list that a rule means."""

    filters: list[dict[str, str]]


@post(
    "/segments/filters/read",
    operation_id="readFilters",
    summary="Read a OneSignal filter list",
    responses=ERRORS,
    status_code=200,
)
async def read_filter_list(app: AppId, data: JSONBody[FiltersGiven], services: Behind) -> RuleRead:
    """The rule that a flat filter list of OneSignal means; anything that has no meaning here is refused with its path."""
    names = data.purchases or PurchaseNames()
    rule = await checked_rule(services, app, to_data(read_filters(data.filters, names.purchases)))
    (sentence,) = await in_words(services, app, [parse_rule(rule)])
    return RuleRead(rule, sentence)


@post(
    "/segments/filters/write",
    operation_id="writeFilters",
    summary="Write a rule as a OneSignal filter list",
    responses=ERRORS,
    status_code=200,
)
async def write_filter_list(app: AppId, data: JSONBody[RuleGiven], services: Behind) -> FiltersWritten:
    """The flat filter list equivalent to a rule; anything that such a list cannot express is refused with its path in
    the rule.
    """
    names = data.purchases or PurchaseNames()
    rule = await checked_rule(services, app, data.rule)
    return FiltersWritten(write_filters(parse_rule(rule), names.purchases))


router = Router(path="/apps/{app:int}", route_handlers=[read_filter_list, write_filter_list], tags=["Segments"])
