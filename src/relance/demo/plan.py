"""What the shop's visitors do on their own: a pure function of a seed.

Each visitor has their own random numbers (from the seed and their number), so that adding one changes no other. All acts happen
at whole minutes. Reactions to messages are in ``relance.demo.reactions``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec

from relance.core.time import DAY, HOUR, MINUTE
from relance.web.storefront.catalogue import PRODUCTS, Product

OFFERS = "offers"  # the topic of everything except one's own cart
ZONES = (
    ("Europe/Paris", "fr-FR", 1),
    ("America/New_York", "en-US", -5),
    ("Asia/Tokyo", "ja-JP", 9),
    ("Australia/Sydney", "en-AU", 10),
    ("Europe/London", "en-GB", 0),
)
NAMES = (  # none of the cast's
    *("Ben", "Carla", "Dora", "Emil", "Fay", "Greta", "Hugo", "Ivan", "Ines"),
    *("Jun", "Kim", "Lou", "Mia", "Noé", "Oda", "Pia", "Rui", "Sam"),
)
BUYS_SOON, BUYS_LATER = 0.40, 0.12  # share of carts bought within half an hour; after one to three hours
SIGNS_UP, ALLOWS_PUSH, AGREES_TO_EMAIL = 0.60, 0.55, 0.75
FILLS_A_CART = 0.45


class Act(StrEnum):
    """A visitor's possible acts."""

    ALLOW_PUSH = "allow_push"  # in the browser
    OPEN_APP = "open_app"  # the shop's app, on a phone of the system that is named; it allows push
    GIVE_NUMBER = "give_number"  # and agrees to texts
    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"  # the same person on a second device
    PAGE = "page"
    TRACK = "track"


class PlanStep(msgspec.Struct, frozen=True, order=True):
    """One act of one visitor. Steps are ordered by instant, visitor and number, so that one seed gives one story."""

    instant: int
    visitor: str
    number: int
    act: str
    name: str = ""
    device: int = 0  # which of the visitor's devices
    details: dict[str, Any] = msgspec.field(default_factory=dict)


class Visitor(msgspec.Struct, frozen=True):
    """A visitor; ``user_id`` is known to the shop only after they sign up."""

    key: str
    first_name: str
    timezone: str
    locale: str
    utc_offset: int
    agrees_to_email: bool
    refuses: str = ""  # refused topics, of those who otherwise consent to e-mail

    @property
    def email(self) -> str:
        return f"{self.key}@example.com"

    def traits(self) -> dict[str, Any]:
        said: Any = {"general": True, self.refuses: False} if self.refuses else True
        consent = {"consent": {"email": said}} if self.agrees_to_email else {}
        return {"email": self.email, "first_name": self.first_name, "timezone": self.timezone, "locale": self.locale, **consent}


class Diary:
    """Collects one visitor's steps in order."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.steps: list[PlanStep] = []

    def note(self, instant: int, act: Act, name: str = "", *, device: int = 0, details: dict[str, Any] | None = None) -> None:
        on_the_minute = instant - instant % MINUTE
        self.steps.append(PlanStep(on_the_minute, self.visitor.key, len(self.steps), act.value, name, device, details or {}))

    def view(self, instant: int, product: Product, device: int = 0) -> None:
        self.note(instant, Act.TRACK, "Product Viewed", device=device, details=described(product))

    def add(self, instant: int, cart: str, product: Product, device: int = 0) -> None:
        self.note(instant, Act.TRACK, "Product Added", device=device, details={"cart_id": cart, **described(product)})

    def buy(self, instant: int, cart: str, product: Product, device: int = 0) -> None:
        order = {"order_id": f"order-{cart}", "cart_id": cart, "total": product.price, "currency": "EUR"}
        self.note(instant, Act.TRACK, "Order Completed", device=device, details=order)

    def ship(self, instant: int, cart: str, product: Product) -> None:
        """The shop hands the parcel over."""
        self.note(instant, Act.TRACK, "Order Shipped", details={"order_id": f"order-{cart}", **described(product)})


def described(product: Product) -> dict[str, Any]:
    return {"sku": product.sku, "name": product.name, "category": product.category, "price": product.price}


def plan_story(seed: int, visitors: int, start: int, days: int) -> tuple[dict[str, Visitor], list[PlanStep]]:
    """The visitors by key and all their steps, in order. ``start`` is ms; the story's visits span ``days``."""
    people: dict[str, Visitor] = {}
    steps: list[PlanStep] = []
    for number in range(visitors):
        chance = random.Random(f"{seed}:{number}")
        visitor = _visitor(chance, number)
        people[visitor.key] = visitor
        steps += _life(chance, visitor, start, days)
    return people, sorted(steps)


def _visitor(chance: random.Random, number: int) -> Visitor:
    timezone, locale, offset = chance.choice(ZONES)
    name = chance.choice(NAMES)
    return Visitor(f"visitor{number:04d}", name, timezone, locale, offset, chance.random() < AGREES_TO_EMAIL)


def _life(chance: random.Random, visitor: Visitor, start: int, days: int) -> list[PlanStep]:
    diary = Diary(visitor)
    signed_up = False
    for visit, instant in enumerate(_visits(chance, visitor, start, days)):
        second_device = signed_up and visit > 0 and chance.random() < 0.3
        device = 1 if second_device else 0
        now = _look_around(chance, diary, instant, device)
        if visit == 0 and chance.random() < ALLOWS_PUSH:
            diary.note(now, Act.ALLOW_PUSH, device=device)
        if not signed_up and chance.random() < SIGNS_UP:
            diary.note(now, Act.SIGN_UP, device=device)
            signed_up = True
        elif second_device:
            diary.note(now, Act.SIGN_IN, device=device)
        if chance.random() < FILLS_A_CART:
            _fill_a_cart(chance, diary, now + MINUTE, visit, device)
    return diary.steps


def _visits(chance: random.Random, visitor: Visitor, start: int, days: int) -> Iterator[int]:
    """One to three visits, mostly in the visitor's waking hours."""
    for day in sorted(chance.sample(range(days), k=min(days, chance.choice((1, 1, 2, 3))))):
        local_hour = chance.triangular(6, 26, 19)
        yield start + day * DAY + int((local_hour - visitor.utc_offset) % 24 * HOUR)


def _look_around(chance: random.Random, diary: Diary, instant: int, device: int) -> int:
    diary.note(instant, Act.PAGE, "Home", device=device)
    for _ in range(chance.randint(1, 4)):
        instant += chance.randint(1, 3) * MINUTE
        diary.view(instant, chance.choice(PRODUCTS), device)
    return instant + MINUTE


def _fill_a_cart(chance: random.Random, diary: Diary, instant: int, visit: int, device: int) -> None:
    for number in range(chance.choice((1, 1, 1, 2))):
        cart, product = f"cart-{diary.visitor.key}-{visit}{number}", chance.choice(PRODUCTS)
        diary.add(instant, cart, product, device)
        draw = chance.random()
        if draw < BUYS_SOON:
            diary.buy(instant + chance.randint(2, 25) * MINUTE, cart, product, device)
        elif draw < BUYS_SOON + BUYS_LATER:
            diary.buy(instant + chance.randint(60, 180) * MINUTE, cart, product, device)
        instant += chance.randint(1, 5) * MINUTE
