"""People's reactions to messages: a pure function of the seed, the person and the message.

The random number depends on what was received, not on when or in what order, so that one seed gives one story.
"""

from __future__ import annotations

import random

import msgspec

from relance.core.time import MINUTE

PUSH_CLICKED, PUSH_DISMISSED = 0.38, 0.25
MAIL_OPENED, MAIL_CLICKED, MAIL_UNSUBSCRIBED = 0.55, 0.40, 0.04  # clicked and unsubscribed: share of those who opened
BUYS_AFTER = 0.45  # of those who clicked

# The cast follows its script.
_WRITTEN = {"cleo": "opens", "finn": "nothing", "gus": "unsubscribes", "ada": "opens", "bo": "opens", "eve": "buys"}
_WRITTEN |= dict.fromkeys(("ivy", "jon", "kay", "leo", "meg", "ned"), "nothing")  # their carts are open when the story ends


class Reaction(msgspec.Struct, frozen=True):
    """A reaction to one message: delays in ms from its arrival; None = does not happen."""

    opens_after: int | None = None
    clicks_after: int | None = None
    dismisses_after: int | None = None
    unsubscribes_after: int | None = None
    buys_after: int | None = None


_ON_PHONES = {"ada": Reaction(clicks_after=5 * MINUTE), "bo": Reaction(dismisses_after=2 * MINUTE)}


class TextAnswer(msgspec.Struct, frozen=True):
    """What somebody writes back to a text, and when (ms after it came); nothing where ``text`` is empty."""

    text: str = ""
    after: int = 0


def react_to_text(visitor: str, cause: str) -> TextAnswer:
    """Dan wants to know of his parcels, and no offers."""
    return TextAnswer("STOP", 20 * MINUTE) if visitor == "dan" and "STOP" in cause else TextAnswer()


def react_to_push(seed: int, visitor: str, cause: str) -> Reaction:
    """``cause`` identifies the message as the person sees it (its title and its cart), the same in every run."""
    if visitor in _ON_PHONES:
        return _ON_PHONES[visitor]
    if visitor in _WRITTEN:
        return Reaction(clicks_after=10 * MINUTE, buys_after=15 * MINUTE) if _WRITTEN[visitor] == "buys" else Reaction()
    chance = random.Random(f"{seed}:{visitor}:push:{cause}")
    draw, delay = chance.random(), chance.randint(1, 40) * MINUTE
    if draw < PUSH_CLICKED:
        buys = delay + chance.randint(2, 20) * MINUTE if chance.random() < BUYS_AFTER else None
        return Reaction(clicks_after=delay, buys_after=buys)
    return Reaction(dismisses_after=delay) if draw < PUSH_CLICKED + PUSH_DISMISSED else Reaction()


def react_to_mail(seed: int, visitor: str, cause: str) -> Reaction:
    """As above, for an e-mail and its subject."""
    written = _WRITTEN.get(visitor)
    if written is not None:
        return _as_written(written)
    chance = random.Random(f"{seed}:{visitor}:mail:{cause}")
    if chance.random() >= MAIL_OPENED:
        return Reaction()
    opens = chance.randint(3, 240) * MINUTE
    draw = chance.random()
    if draw < MAIL_CLICKED:
        clicks = opens + MINUTE
        buys = clicks + chance.randint(2, 30) * MINUTE if chance.random() < BUYS_AFTER else None
        return Reaction(opens_after=opens, clicks_after=clicks, buys_after=buys)
    if draw > 1 - MAIL_UNSUBSCRIBED:
        return Reaction(opens_after=opens, unsubscribes_after=opens + MINUTE)
    return Reaction(opens_after=opens)


def _as_written(part: str) -> Reaction:
    if part == "opens":
        return Reaction(opens_after=10 * MINUTE)
    if part == "unsubscribes":
        return Reaction(opens_after=10 * MINUTE, unsubscribes_after=12 * MINUTE)
    return Reaction()
