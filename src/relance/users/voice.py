"""The origin of an event: a server, a browser that proved the user id, or one that did not. Pure.

Ingestion determines it and writes it into the event's flags, so that everything downstream is a function of the log. A server's
events have none of these.
"""

from __future__ import annotations

UNSIGNED = 4  # from a browser, without proof
SIGNED = 16  # from a browser, with a token that proves the event's user id
TRUSTED = 32  # with UNSIGNED: the app trusts it anyway, except about people vouched for


def is_doubted(flags: int) -> bool:
    """Whether nothing but the event itself is to be trusted, if it names a user id."""
    return flags & (UNSIGNED | TRUSTED) == UNSIGNED


def vouches(flags: int, user_id: str) -> bool:
    """Whether a trusted call names the person by user id."""
    return bool(user_id) and not flags & UNSIGNED
