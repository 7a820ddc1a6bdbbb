"""Which order a purchase is about, in SQL: the same answer as ``messaging.credit.conversion_records.order_of``."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement

from relance.events.placeholders import NO_ID
from relance.messaging.credit.conversion_records import ORDER_NAMES
from relance.segments.query.constructs import finds, number_text, part_of, to_whole
from relance.segments.query.found import Json, found_in
from relance.segments.rule.values import WHOLE_BELOW

_BLANK = r"[\t-\r\x1c-\x20\x{85}\p{Z}]"
_TRIMMED = rf"(?s)\A{_BLANK}*(.*?){_BLANK}*\z"


def order_named(json: Json) -> ColumnElement[str]:
    """The order that an event names, as text; NULL if it names none."""
    return sa.func.coalesce(*(_order(json, name) for name in ORDER_NAMES))


def _order(json: Json, name: str) -> ColumnElement[str]:
    found = found_in(json, name)
    text, number = part_of(found.text, _TRIMMED, 1), found.read_number
    is_whole = sa.and_(found.is_number, sa.func.floor(number) == number, number.not_in((0.0, -1.0)))
    is_plain = sa.and_(is_whole, number >= sa.literal(0.0, sa.Double), number < sa.literal(float(WHOLE_BELOW), sa.Double))
    return sa.case(
        (sa.and_(found.is_text, text != "", sa.not_(finds(text, NO_ID))), text),
        (is_plain, number_text(to_whole(number))),
        (is_whole, number_text(number)),
        else_=sa.null(),
    )
