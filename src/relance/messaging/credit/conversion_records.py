"""What an event tells of a conversion or a refund: which order, how much, in which currency. Pure.

Money is read as rules read numbers (``segments.rule.values``): a number, or text that plainly is one. It is kept in
ten-thousandths, as whole numbers, so that sums come out the same in any order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from relance.core.ids import stable_id
from relance.events.model import Event
from relance.events.placeholders import is_placeholder
from relance.segments.rule.keys import key_text
from relance.segments.rule.predicate import read_property
from relance.segments.rule.values import AMOUNT_UNITS, LARGEST_AMOUNT, as_amount, to_amount

#: The Segment spec's event that takes revenue back.
REFUND_EVENT = "Order Refunded"
MONEY_NAMES = ("total", "revenue")
ORDER_NAMES = ("order_id", "orderId")
_LONGEST_ID = 200  # characters; a longer one is told apart by its hash
_CURRENCY = re.compile(r"[A-Z]{3}")
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class ConversionRecord(msgspec.Struct, frozen=True):
    """One word of a conversion. ``order_key`` is empty where it names no order; ``amount`` None where it names no money.

    ``keys`` are what it is about, as runs are told apart: (property, key).
    """

    conversion_id: str
    order_key: str
    amount: int | None
    currency: str
    keys: tuple[tuple[str, str], ...] = ()


class Refund(msgspec.Struct, frozen=True):
    """Money given back for an order; ``amount`` None: all of it. The same refund told twice has one id."""

    id: str
    order_key: str
    amount: int | None
    currency: str


def conversion_record(event: Event, keyed_by: Sequence[str] = ()) -> ConversionRecord:
    """What a goal's event says. Two events of one name and one order are one conversion, whoever tells them.

    ``keyed_by`` names the properties by which journeys tell their runs apart.
    """
    properties = _properties(event)
    order = order_of(properties)
    amount = money_of(properties)
    return ConversionRecord(
        stable_id("conversion", event.app_id, event.name, f"order/{order}" if order else f"event/{event.key}"),
        order_key(event.app_id, order),
        None if amount is None else max(0, amount),
        currency_of(properties),
        tuple((name, key) for name in keyed_by if (key := key_text(read_property(properties, name))) is not None),
    )


def refund(event: Event) -> Refund | None:
    """What an ``Order Refunded`` says; None where it names no order."""
    properties = _properties(event)
    order = order_of(properties)
    if not order:
        return None
    amount = money_of(properties)
    if amount is None:
        amount = _of_products(properties.get("products"))
    amount = None if amount is None else abs(amount)
    own = _id_of(properties.get("refund_id"))
    cause = own or f"{amount}/{event.occurred_at}"
    return Refund(
        stable_id("refund", event.app_id, order, cause), order_key(event.app_id, order), amount, currency_of(properties)
    )


def order_key(app_id: int, order: str) -> str:
    """What an order is kept under: nobody reads its id off it."""
    return stable_id("order", app_id, order) if order else ""


def order_of(properties: Mapping[str, Any]) -> str:
    """The order an event is about: ``order_id``, a text or a whole number; empty where it names none."""
    return next((found for name in ORDER_NAMES if (found := _id_of(properties.get(name)))), "")


def money_of(properties: Mapping[str, Any]) -> int | None:
    """The property ``total``, else ``revenue``, in ten-thousandths; None where neither is a number."""
    return next((found for name in MONEY_NAMES if (found := as_amount(properties.get(name))) is not None), None)


def currency_of(properties: Mapping[str, Any]) -> str:
    """``currency`` as three capital letters (ISO 4217); empty where it is no such text."""
    found = properties.get("currency")
    text = found.strip().upper() if isinstance(found, str) else ""
    return text if _CURRENCY.fullmatch(text) else ""


def _id_of(found: Any) -> str:
    """5, 5.0 and "5" are one id."""
    if isinstance(found, float) and found.is_integer() and abs(found) < 2**53:
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    text = str(found).strip()
    if not text or is_placeholder(text):
        return ""  # all orders would be one
    return text if len(text) <= _LONGEST_ID else stable_id(text)


def _of_products(found: Any) -> int | None:
    """The prices of the products given back; None where one has no price."""
    if not isinstance(found, list) or not found:
        return None
    total = 0
    for product in found:
        price = as_amount(product.get("price")) if isinstance(product, dict) else None
        if price is None:
            return None
        quantity = as_amount(product.get("quantity"))
        total += price if quantity is None else price * quantity // AMOUNT_UNITS
    return min(total, to_amount(LARGEST_AMOUNT))


def _properties(event: Event) -> Mapping[str, Any]:
    try:
        return _decode(event.body)
    except (msgspec.DecodeError, RecursionError):
        return {}
