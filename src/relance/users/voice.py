"""Whose word an event is: a server's, a browser's that proved the user id, or one that did not. Pure.

The door finds it out and writes it into the event's flags, so that everything behind it is a function of the log. A server's
word has none of these.
"""

from __future__ import annotations

UNSIGNED = 4  # a browser's, without proof of who speaks
SIGNED = 16  # a browser's, whose token proves the user id that the event names
TRUSTED = 32  # with UNSIGNED: the app takes such a word as said, except about people whom somebody has vouched for


def is_doubted(flags: int) -> bool:
    """Whether nothing but the event itself is to be believed, where it names a user id."""
    return flags & (UNSIGNED | TRUSTED) == UNSIGNED


def vouches(flags: int, user_id: str) -> bool:
    """Whether somebody whom the app trusts named the person by user id."""
    return bool(user_id) and not flags & UNSIGNED
