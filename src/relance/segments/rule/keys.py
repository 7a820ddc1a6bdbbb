"""A property's value as a key, so that the same thing has the same key wherever it is named. Pure."""

from __future__ import annotations

from typing import Any

from relance.core.encoding import to_canonical_json
from relance.core.ids import stable_id
from relance.segments.rule.values import identity

_KEY_LIMIT = 200
_NO_BLANK = "!"  # lower characters are prefixed


def key_text(value: Any) -> str | None:
    """A property's value as a run's key: equal for values that ``identity`` considers equal; None for values without identity.

    A text is its own key and an integer its digits, so that 12, 12.0 and "12" are the same cart. Other values (2.5, -1, true)
    start with a blank and their kind, and so do texts that start with a blank: a number never equals the text of the same form.
    """
    text = value if isinstance(value, str) else None  # like most keys
    if text is None:
        known = identity(value)
        if known is None:
            return None
        kind, found = known
        text = found if isinstance(found, str) else f" {kind[0]}{to_canonical_json(found)}"
    elif text and text < _NO_BLANK:
        text = f" t{text}"
    return text if len(text) <= _KEY_LIMIT and "\x00" not in text else stable_id(text)
