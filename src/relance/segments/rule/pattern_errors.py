"""What RE2 says of a pattern, as a sentence of ours: its own text never reaches anybody."""

from __future__ import annotations

from relance.core.error_text import ErrorText

_KINDS = {
    "missing ]": ErrorText("pattern_open_bracket", "a bracket [ is not closed"),
    "missing )": ErrorText("pattern_open_parenthesis", "a parenthesis ( is not closed"),
    "unexpected )": ErrorText("pattern_closed_parenthesis", "a closing parenthesis ) has no opening one"),
    "trailing \\": ErrorText("pattern_backslash", "nothing follows the last backslash"),
    "no argument for repetition operator": ErrorText("pattern_nothing_repeated", "a repetition follows nothing"),
    "bad repetition operator": ErrorText("pattern_repeated_twice", "a repetition follows a repetition"),
    "invalid repetition size": ErrorText("pattern_repeated_too_often", "a repetition is too large, or ends before it begins"),
    "invalid character class range": ErrorText("pattern_range", "a range in brackets is not valid"),
    "invalid escape sequence": ErrorText("pattern_escape", "a backslash precedes a character it cannot escape"),
    "invalid perl operator": ErrorText("pattern_operator", "RE2 has no look-around and no other operator of that form"),
    "invalid named capture group": ErrorText("pattern_group", "the name of a group is not valid"),
}
_OTHER = ErrorText("pattern_other", "it cannot be read")


def pattern_error(message: str) -> ErrorText:
    """Of RE2's text, which names a kind and, after a colon, the part of the pattern."""
    why = _KINDS.get(message.partition(": ")[0], _OTHER)
    return ErrorText("pattern_invalid", "This is not a valid RE2 pattern: {why}.", why=why)
