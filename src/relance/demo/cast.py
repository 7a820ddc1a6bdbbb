"""Eight people whose stories show what the program promises; each is checked at the end, one claim at a time."""

from __future__ import annotations

from relance.core.time import DAY, HOUR, MINUTE
from relance.demo.catalogue import PRODUCTS
from relance.demo.plan import Act, Diary, Step, Visitor

LAMP, MUG, BOOTS, SCARF, KETTLE = PRODUCTS[:5]
PARIS = ("Europe/Paris", "fr-FR", 1)


def _person(key: str, name: str, *, agrees: bool = True) -> Visitor:
    return Visitor(key, name, *PARIS, agrees_to_email=agrees)


def cast_story(start: int) -> tuple[dict[str, Visitor], list[Step]]:
    """The eight visitors by key, and their steps. ``start`` is the story's first midnight UTC."""
    diaries = [_ada(start), _bo(start), _cleo(start), _dan(start), _eve(start), _finn(start), _gus(start), _hal(start)]
    return {each.visitor.key: each.visitor for each in diaries}, sorted(step for each in diaries for step in each.steps)


def _ada(start: int) -> Diary:
    """Signs up at two in the night."""
    diary = Diary(_person("ada", "Ada"))
    diary.note(start + DAY + 1 * HOUR, Act.SIGN_UP)
    return diary


def _bo(start: int) -> Diary:
    """Signs up at three in the afternoon: the same welcome, as quickly."""
    diary = Diary(_person("bo", "Bo"))
    diary.note(start + DAY + 14 * HOUR, Act.SIGN_UP)
    return diary


def _cleo(start: int) -> Diary:
    """Leaves a cart and never comes back: a push after two hours, an e-mail with a code a day later."""
    diary = Diary(_person("cleo", "Cleo"))
    morning = start + DAY + 9 * HOUR
    diary.note(morning, Act.SIGN_UP)
    diary.note(morning + MINUTE, Act.ALLOW_PUSH)
    diary.add(morning + 5 * MINUTE, "cart-cleo", LAMP)
    return diary


def _dan(start: int) -> Diary:
    """Buys a minute before the two hours are over: hears nothing about his cart."""
    diary = Diary(_person("dan", "Dan"))
    morning = start + DAY + 9 * HOUR
    diary.note(morning, Act.SIGN_UP)
    diary.note(morning + MINUTE, Act.ALLOW_PUSH)
    diary.add(morning + 5 * MINUTE, "cart-dan", MUG)
    diary.buy(morning + 124 * MINUTE, "cart-dan", MUG)
    return diary


def _eve(start: int) -> Diary:
    """Has two carts and buys one: one run stops, the other goes on."""
    diary = Diary(_person("eve", "Eve"))
    morning = start + DAY + 9 * HOUR
    diary.note(morning, Act.SIGN_UP)
    diary.note(morning + MINUTE, Act.ALLOW_PUSH)
    diary.add(morning + 5 * MINUTE, "cart-eve-1", BOOTS)
    diary.add(morning + 8 * MINUTE, "cart-eve-2", SCARF)
    diary.buy(morning + 30 * MINUTE, "cart-eve-1", BOOTS)
    return diary


def _finn(start: int) -> Diary:
    """Does not agree to e-mail: gets the push, and the e-mail is held back with a reason."""
    diary = Diary(_person("finn", "Finn", agrees=False))
    morning = start + DAY + 10 * HOUR
    diary.note(morning, Act.SIGN_UP)
    diary.note(morning + MINUTE, Act.ALLOW_PUSH)
    diary.add(morning + 5 * MINUTE, "cart-finn", KETTLE)
    return diary


def _gus(start: int) -> Diary:
    """Leaves a cart twice, and unsubscribes by the link of the first e-mail: there is no second."""
    diary = Diary(_person("gus", "Gus"))
    morning = start + DAY + 10 * HOUR
    diary.note(morning, Act.SIGN_UP)
    diary.add(morning + 5 * MINUTE, "cart-gus-1", MUG)
    diary.add(morning + DAY + 6 * HOUR, "cart-gus-2", KETTLE)
    return diary


def _hal(start: int) -> Diary:
    """Looks around on a laptop, signs up there, then signs in on a phone where he had looked around too."""
    diary = Diary(_person("hal", "Hal"))
    morning = start + DAY + 11 * HOUR
    diary.view(morning, BOOTS, device=0)
    diary.view(morning + 10 * MINUTE, SCARF, device=1)
    diary.note(morning + 20 * MINUTE, Act.SIGN_UP, device=0)
    diary.note(morning + 30 * MINUTE, Act.SIGN_IN, device=1)
    diary.view(morning + 40 * MINUTE, LAMP, device=1)
    return diary
