"""A finished SMS."""

from __future__ import annotations

import msgspec


class Sms(msgspec.Struct, frozen=True, kw_only=True):
    """One text to one phone. ``to`` is in E.164; ``life`` is how many seconds it is worth delivering (0 = the provider's).

    ``delivery`` names it in what the provider reports; empty for a test of the provider.
    """

    to: str
    body: str
    life: int = 0
    delivery: str = ""
