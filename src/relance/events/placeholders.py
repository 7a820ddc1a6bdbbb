"""Ids that are none: what programs write where there is no value.

Everybody whose page has the same fault would be one person, with everybody's addresses. So they are nobody's id. The list is what
public reports of merged strangers name, and the words of languages for "nothing"; the reference tells it to those who send.
"""

from __future__ import annotations

import re

#: Compared in small letters, without what quotes it. A zero of any length and the UUID of zeros are no ids, either (``is_odd``).
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
# Zeros alone, and a template that nobody filled in: ``{{ user.id }}``, ``${userId}``, ``<%= id %>``, ``%%USER_ID%%``.
_ODD = r"-?0+(?:\.0+)?|0{8}-(?:0{4}-){3}0{12}|\{\{.*\}\}|\$\{.*\}|<%.*%>|%%.*%%|#\{.*\}"
_PATTERN = re.compile(_ODD, re.DOTALL)
#: The same as ``is_placeholder``, for engines that read RE2.
NO_ID = rf"(?is)\A(?:{_WORD}|[{_QUOTES}]+(?:{_WORD}|{_ODD})?[{_QUOTES}]*|(?:{_ODD_WORD}|{_ODD})[{_QUOTES}]*)\z"
UNUSUAL = frozenset("-0{$<%#" + _QUOTES)  # what begins otherwise is an id unless it is one of the words


def is_odd(value: str) -> bool:
    """Whether an id that begins with one of the unusual signs says that there is none."""
    word = value.strip(_QUOTES).lower()
    return not word or word in WORDS or _PATTERN.fullmatch(word) is not None


def is_placeholder(value: str) -> bool:
    """Whether an id, which is not empty, says that there is none."""
    return (len(value) <= LONGEST_WORD and value.lower() in WORDS) or (value[0] in UNUSUAL and is_odd(value))
