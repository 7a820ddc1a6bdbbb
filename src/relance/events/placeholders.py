"""Ids that are none: what programs write where there is no value.

Everybody whose page has the same fault would be one person, with everybody's addresses. So they are nobody's id. The list is what
public reports of merged strangers name, and the words of languages for "nothing"; the reference tells it to those who send.
"""

from __future__ import annotations

import re

#: Compared in small letters, without what quotes it. A zero of any length and the UUID of zeros are among them, too.
PLACEHOLDERS = (
    *("undefined", "null", "nil", "none", "nan", "void", "false", "true", "[object object]", "(null)", "<null>", "<nil>", "-1"),
    *("anonymous", "guest", "unknown", "not_authenticated", "not authenticated", "n/a", "(not set)", "(none)"),
    *("id", "user_id", "userid", "anonymous_id", "anonymousid", "distinct_id", "distinctid", "email"),
)
_WORDS = frozenset(PLACEHOLDERS)
_LONGEST = 40
_QUOTES = "\"'`“”‘’ "
# Zeros alone, and a template that nobody filled in: ``{{ user.id }}``, ``${userId}``, ``<%= id %>``, ``%%USER_ID%%``.
_PATTERN = re.compile(r"-?0+(\.0+)?|0{8}-(0{4}-){3}0{12}|\{\{.*\}\}|\$\{.*\}|<%.*%>|%%.*%%|#\{.*\}", re.DOTALL)
_FIRST = frozenset("-0{$<%#")


def is_placeholder(value: str) -> bool:
    """Whether an id says that there is none."""
    if len(value) <= _LONGEST:
        word = value.lower()
        if word in _WORDS:
            return True
        if word[0] in _QUOTES:
            word = word.strip(_QUOTES)
            if not word or word in _WORDS:
                return True
    return value[0] in _FIRST and _PATTERN.fullmatch(value) is not None
