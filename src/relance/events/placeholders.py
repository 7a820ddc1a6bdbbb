"""Placeholder ids: what programs send where there is no value.

All visitors of a page with such a bug would become one person with everybody's addresses, so these ids are ignored. The list
comes from public reports of merged strangers, and from words for "nothing" in several languages; it is in the reference.
"""

from __future__ import annotations

import re

#: Compared in lower case, without quotes. Zeros of any length and the nil UUID are placeholders, too (``is_odd``).
PLACEHOLDERS = (
    *("undefined", "null", "nil", "none", "nan", "void", "false", "true", "[object object]", "(null)", "<null>", "<nil>", "-1"),
    *("anonymous", "guest", "unknown", "not_authenticated", "not authenticated", "n/a", "(not set)", "(none)"),
    *("id", "user_id", "userid", "anonymous_id", "anonymousid", "distinct_id", "distinctid", "email"),
)
WORDS = frozenset(PLACEHOLDERS)
LONGEST_WORD = max(map(len, PLACEHOLDERS))
_QUOTES = "\"'`“”‘’ "
_WORD = "|".join(map(re.escape, PLACEHOLDERS))
_ODD_WORD = "|".join(re.escape(word) for word in PLACEHOLDERS if word[0] in "-<")
# Zeros only, and unfilled templates: ``{{ user.id }}``, ``${userId}``, ``<%= id %>``, ``%%USER_ID%%``.
_ODD = r"-?0+(?:\.0+)?|0{8}-(?:0{4}-){3}0{12}|\{\{.*\}\}|\$\{.*\}|<%.*%>|%%.*%%|#\{.*\}"
_PATTERN = re.compile(_ODD, re.DOTALL)
#: The same test as ``is_placeholder``, for engines that use RE2.
NO_ID = rf"(?is)\A(?:{_WORD}|[{_QUOTES}]+(?:{_WORD}|{_ODD})?[{_QUOTES}]*|(?:{_ODD_WORD}|{_ODD})[{_QUOTES}]*)\z"
UNUSUAL = frozenset("-0{$<%#" + _QUOTES)  # anything with another first character is an id unless it is one of the words


def is_odd(value: str) -> bool:
    """Whether an id that starts with one of the unusual characters is a placeholder."""
    word = value.strip(_QUOTES).lower()
    return not word or word in WORDS or _PATTERN.fullmatch(word) is not None


def is_placeholder(value: str) -> bool:
    """Whether a non-empty id is a placeholder."""
    return (len(value) <= LONGEST_WORD and value.lower() in WORDS) or (value[0] in UNUSUAL and is_odd(value))
