"""A finished SMS."""

from __future__ import annotations

import msgspec

from relance.links.short import ShortLink


class Sms(msgspec.Struct, frozen=True, kw_only=True):
    """One text to one phone. ``to`` is in E.164; ``life`` is how many seconds it is worth delivering (0 = the provider's).

    ``delivery`` names it in what the provider reports; empty for a test of the provider. ``links`` are its short ones.
    """

    to: str
    body: str
    life: int = 0
    delivery: str = ""
    links: tuple[ShortLink, ...] = ()
