"""The languages that exist, by the primary subtag of BCP 47 (``fr``, ``pt``, ``yue``), as Unicode's CLDR lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from babel import Locale

_TAG = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9]{2,8})*")
_NO_LANGUAGE = frozenset(("mul", "und", "zxx"))  # several, not known, none


def is_language_tag(text: str) -> bool:
    """Whether it is a tag such as ``fr`` or ``pt-BR`` of a language that exists."""
    found = _TAG.fullmatch(text)
    return found is not None and found[1].lower() in _languages()


@lru_cache(maxsize=1_000)
def canonical_tag(text: str) -> str:
    """A tag in the one spelling that BCP 47 recommends: ``FR_ca`` → ``fr-CA``, ``zh-hant-tw`` → ``zh-Hant-TW``."""
    first, *rest = text.strip().replace("_", "-").split("-")
    return "-".join((first.lower(), *map(_spelt, rest)))


def _spelt(subtag: str) -> str:
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.title() if len(subtag) == 4 and subtag.isalpha() else subtag.lower()


def primary(tag: str) -> str:
    """The language alone: ``fr-CA`` → ``fr``."""
    return tag.replace("_", "-").partition("-")[0].lower()


def broader(tag: str) -> Iterator[str]:
    """A canonical tag and what it is looked up as where it is not found (RFC 4647, 3.4): ``zh-Hant-TW``, ``zh-Hant``, ``zh``."""
    subtags = tag.split("-")
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        if subtags and len(subtags[-1]) == 1:  # it introduced what was just taken off
            subtags.pop()


@cache
def _languages() -> frozenset[str]:
    named = {str(name).partition("_")[0] for name in Locale("en").languages}
    return frozenset(name for name in named if name.isalpha() and len(name) in (2, 3)) - _NO_LANGUAGE
