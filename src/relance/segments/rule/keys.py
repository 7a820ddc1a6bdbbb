"""What a property's value is as a key, so that the same thing has the same key wherever it is named. Pure."""

from __future__ import annotations

from typing import Any

from relance.core.encoding import to_canonical_json
from relance.core.ids import stable_id
from relance.segments.rule.values import identity

_KEY_LIMIT = 200
_NO_BLANK = "!"  # what is less is marked


def key_text(value: Any) -> str | None:
    """A property's value as a run's key: equal for what ``identity`` calls the same; None for what has no identity.

    A text is itself and a whole number its digits, so that 12, 12.0 and "12" are one cart. What is neither (2.5, -1, true)
    begins with a blank and its kind, and so does a text that begins with a blank: a number never is the text beside it.
    """
    text = value if isinstance(value, str) else None  # as most keys are
    if text is None:
        known = identity(value)
        if known is None:
            return None
        kind, found = known
        text = found if isinstance(found, str) else f" {kind[0]}{to_canonical_json(found)}"
    elif text and text < _NO_BLANK:
        text = f" t{text}"
    return text if len(text) <= _KEY_LIMIT and "\x00" not in text else stable_id(text)
