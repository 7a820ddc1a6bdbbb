"""How a text travels as SMS (3GPP TS 23.038 and 23.040): its encoding, its parts, and what they cost. Pure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

import msgspec

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")  # each is an escape and a character
MOST_FORCING = 20  # characters that are named


class Encoding(StrEnum):
    """How the characters of an SMS are written."""

    GSM_7 = "gsm-7"
    UCS_2 = "ucs-2"


SINGLE = {Encoding.GSM_7: 160, Encoding.UCS_2: 70}  # units of a text in one part
JOINED = {Encoding.GSM_7: 153, Encoding.UCS_2: 67}  # units of each part of a longer one


class SmsParts(msgspec.Struct, frozen=True):
    """What a text comes to. ``units`` are septets or UTF-16 units; ``left``: how many more fit into the last part.

    ``forcing`` are the characters that GSM-7 lacks, because of which the text is written in UCS-2; in order of appearance.
    """

    encoding: Encoding
    parts: int
    units: int
    left: int
    forcing: tuple[str, ...] = ()


def count_parts(text: str) -> SmsParts:
    """Escaped characters and surrogate pairs are never split between two parts, so that parts may be a unit short."""
    forcing = tuple(dict.fromkeys(each for each in text if each not in _BASIC and each not in _EXTENSION))
    encoding = Encoding.UCS_2 if forcing else Encoding.GSM_7
    width = _utf16_units if forcing else _septets
    units = sum(map(width, text))
    if units <= SINGLE[encoding]:
        return SmsParts(encoding, 1 if text else 0, units, SINGLE[encoding] - units, forcing[:MOST_FORCING])
    pieces = split_parts(text, JOINED[encoding], width)
    left = JOINED[encoding] - sum(map(width, pieces[-1]))
    return SmsParts(encoding, len(pieces), units, left, forcing[:MOST_FORCING])


def split_parts(text: str, room: int, width: Callable[[str], int]) -> list[str]:
    """Pieces of at most ``room`` units, each as long as it can be."""
    pieces, start, used = [], 0, 0
    for index, character in enumerate(text):
        wide = width(character)
        if used + wide > room:
            pieces.append(text[start:index])
            start, used = index, 0
        used += wide
    return [*pieces, text[start:]]


def price_of(parts: int, price_per_part: str) -> str:
    """What so many parts cost, as a decimal text; empty where no price is known."""
    return format(Decimal(price_per_part) * parts, "f") if price_per_part else ""


def _septets(character: str) -> int:
    return 2 if character in _EXTENSION else 1


def _utf16_units(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1
