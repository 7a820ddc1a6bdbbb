"""Eight people whose stories show what the program promises, each checked at the end, one claim at a time; and six who leave a
cart just before the story ends, so that current segments and journeys are not empty.
"""

from __future__ import annotations

from relance.core.time import DAY, HOUR, MINUTE
from relance.demo.plan import OFFERS, Act, Diary, PlanStep, Visitor
from relance.web.storefront.catalogue import PRODUCTS, Product

LAMP, MUG, BOOTS, SCARF, KETTLE = PRODUCTS[:5]
PARIS = ("Europe/Paris", "fr-FR", 1)

#: What to look for on each one's page.
SHOWN = {
    "ada": "signs up at two in the night: the welcome is there within a minute; her iPhone tells her of her parcel",
    "bo": "signs up at three in the afternoon: the same welcome, as quickly; his Android phone tells him of his parcel",
    "cleo": "leaves a cart and never comes back: a push after two hours, an e-mail with a code a day later",
    "dan": "buys a minute before the two hours are over: hears nothing about the cart; gets texts, until he answers STOP",
    "eve": "has two carts and buys one: is reminded of the other alone, and buys that too",
    "finn": "does not agree to e-mail: gets the push; the e-mail is held back, and the reason is kept",
    "gus": "unsubscribes by the link of the first e-mail: there is no second",
    "hal": "looks around on a laptop and on a phone: one person with one past; wants no offers, and gets none",
}
#: Who leaves a cart just before the story ends, and how many minutes before. The first two have been reminded and are in the wait
#: for another day; the third is reminded three minutes after the end, while people watch.
OPEN_CARTS = {"ivy": 240, "jon": 180, "kay": 117, "leo": 90, "meg": 40, "ned": 5}
_TWO_HOURS = 120
REMINDED = sum(minutes > _TWO_HOURS for minutes in OPEN_CARTS.values())


def _person(key: str, name: str, *, agrees: bool = True, refuses: str = "") -> Visitor:
    return Visitor(key, name, *PARIS, agrees_to_email=agrees, refuses=refuses)


def cast_story(start: int) -> tuple[dict[str, Visitor], list[PlanStep]]:
    """The eight visitors by key, and their steps. ``start`` is the story's first midnight UTC."""
    diaries = [_ada(start), _bo(start), _cleo(start), _dan(start), _eve(start), _finn(start), _gus(start), _hal(start)]
    return {each.visitor.key: each.visitor for each in diaries}, sorted(step for each in diaries for step in each.steps)


def evening(end: int) -> tuple[dict[str, Visitor], list[PlanStep]]:
    """Those who have left a cart by ``end`` (ms), by key, and their steps."""
    diaries = [_leaves_a_cart(key, end - ago * MINUTE, number) for number, (key, ago) in enumerate(OPEN_CARTS.items())]
    return {each.visitor.key: each.visitor for each in diaries}, sorted(step for each in diaries for step in each.steps)


def _leaves_a_cart(key: str, instant: int, number: int) -> Diary:
    diary = Diary(_person(key, key.capitalize()))
    diary.note(instant - 5 * MINUTE, Act.SIGN_UP)
    diary.note(instant - 4 * MINUTE, Act.ALLOW_PUSH)
    for minute in range(3):
        diary.view(instant + (minute - 3) * MINUTE, PRODUCTS[(number + minute) % len(PRODUCTS)])
    diary.add(instant, f"cart-{key}", PRODUCTS[(number + 2) % len(PRODUCTS)])
    return diary


def _ada(start: int) -> Diary:
    """Signs up at two in the night; her iPhone, which has the shop's app, tells her where her parcel is."""
    diary = Diary(_person("ada", "Ada"))
    diary.note(start + DAY + 1 * HOUR, Act.SIGN_UP)
    _has_app(diary, start + DAY + 8 * HOUR, "ios", MUG)
    return diary


def _bo(start: int) -> Diary:
    """Signs up at three in the afternoon: the same welcome, as quickly. He has the shop's app on an Android phone."""
    diary = Diary(_person("bo", "Bo"))
    diary.note(start + DAY + 14 * HOUR, Act.SIGN_UP)
    _has_app(diary, start + DAY + 15 * HOUR, "android", SCARF)
    return diary


def _has_app(diary: Diary, instant: int, system: str, product: Product) -> None:
    """Opens the app, buys something there, and hears of the parcel three hours later."""
    key = diary.visitor.key
    diary.note(instant, Act.OPEN_APP, details={"system": system}, device=1)
    diary.add(instant + MINUTE, f"cart-{key}", product, device=1)
    diary.buy(instant + 5 * MINUTE, f"cart-{key}", product, device=1)
    diary.ship(instant + 3 * HOUR, f"cart-{key}", product)


def _cleo(start: int) -> Diary:
    """Leaves a cart and never comes back: a push after two hours, an e-mail with a code a day later."""
    diary = Diary(_person("cleo", "Cleo"))
    morning = start + DAY + 9 * HOUR
    diary.note(morning, Act.SIGN_UP)
    diary.note(morning + MINUTE, Act.ALLOW_PUSH)
    diary.add(morning + 5 * MINUTE, "cart-cleo", LAMP)
    return diary


def _dan(start: int) -> Diary:
    """Buys a minute before the two hours are over: gets no reminder. His parcels are told by texts, and so is an offer after the
    first, which he answers with STOP; there is none after the second.
    """
    diary = Diary(_person("dan", "Dan"))
    morning = start + DAY + 9 * HOUR
    diary.note(morning, Act.SIGN_UP)
    diary.note(morning + MINUTE, Act.ALLOW_PUSH)
    diary.add(morning + 5 * MINUTE, "cart-dan", MUG)
    diary.note(morning + 2 * MINUTE, Act.GIVE_NUMBER)
    diary.buy(morning + 124 * MINUTE, "cart-dan", MUG)
    for day, cart, product in ((0, "cart-dan", MUG), (1, "cart-dan-2", KETTLE)):
        then = morning + day * DAY + 3 * HOUR
        if day:
            diary.add(then - 2 * HOUR, cart, product)
            diary.buy(then - HOUR, cart, product)
        diary.ship(then, cart, product)
        diary.note(then + 2 * HOUR, Act.TRACK, "Order Delivered", details={"order_id": f"order-{cart}"})
    return diary


def _eve(start: int) -> Diary:
    """Has two carts and buys one: one run stops, the other continues to a push that sells it."""
    diary = Diary(_person("eve", "Eve"))
    morning = start + DAY + 9 * HOUR
    diary.note(morning, Act.SIGN_UP)
    diary.note(morning + MINUTE, Act.ALLOW_PUSH)
    diary.add(morning + 5 * MINUTE, "cart-eve-1", BOOTS)
    diary.add(morning + 8 * MINUTE, "cart-eve-2", SCARF)
    diary.buy(morning + 30 * MINUTE, "cart-eve-1", BOOTS)
    return diary


def _finn(start: int) -> Diary:
    """Does not consent to e-mail: gets the push, and the e-mail is skipped with a reason."""
    diary = Diary(_person("finn", "Finn", agrees=False))
    morning = start + DAY + 10 * HOUR
    diary.note(morning, Act.SIGN_UP)
    diary.note(morning + MINUTE, Act.ALLOW_PUSH)
    diary.add(morning + 5 * MINUTE, "cart-finn", KETTLE)
    return diary


def _gus(start: int) -> Diary:
    """Leaves a cart twice, and unsubscribes through the first e-mail's link: there is no second."""
    diary = Diary(_person("gus", "Gus"))
    morning = start + DAY + 10 * HOUR
    diary.note(morning, Act.SIGN_UP)
    diary.add(morning + 5 * MINUTE, "cart-gus-1", MUG)
    diary.add(morning + DAY + 6 * HOUR, "cart-gus-2", KETTLE)
    return diary


def _hal(start: int) -> Diary:
    """Browses on a laptop, signs up there, then signs in on a phone used for browsing before. Wants no offers."""
    diary = Diary(_person("hal", "Hal", refuses=OFFERS))
    morning = start + DAY + 11 * HOUR
    diary.view(morning, BOOTS, device=0)
    diary.view(morning + 10 * MINUTE, SCARF, device=1)
    diary.note(morning + 20 * MINUTE, Act.SIGN_UP, device=0)
    diary.note(morning + 30 * MINUTE, Act.SIGN_IN, device=1)
    diary.view(morning + 40 * MINUTE, LAMP, device=1)
    return diary
