"""The languages that exist, by the primary subtag of BCP 47 (``fr``, ``pt``, ``yue``), as Unicode's CLDR lists them."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

_TAG = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9]{2,8})*")
_NO_LANGUAGE = frozenset(("mul", "und", "zxx"))  # several, not known, none


def is_language_tag(text: str) -> bool:
    """Whether it is a tag such as ``fr`` or ``pt-BR`` of a language that exists."""
    found = _TAG.fullmatch(text)
    return found is not None and found[1].lower() in _languages()


@cache
def _languages() -> frozenset[str]:
    named = {str(name).partition("_")[0] for name in Locale("en").languages}
    return frozenset(name for name in named if name.isalpha() and len(name) in (2, 3)) - _NO_LANGUAGE
