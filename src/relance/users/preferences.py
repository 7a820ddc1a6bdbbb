"""What people decided about messages themselves, beside their consent: quiet hours, a limit, and a language of their own. Pure.

Hours and limit are stored beside the traits under a reserved name, so that they follow the person through merges and end with a
deletion; what was decided last holds, as a whole. The language is the profile's, marked as chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from relance.users.facts import read_locale
from relance.users.model import Preferences
from relance.users.profile import Profile, loaded_traits, put_language
from relance.users.rule_facts import CHOICE, LOCALE
from relance.users.stored_preferences import put_preferences


def decides(edit: Mapping[str, Any] | None) -> bool:
    """Whether an edit says what its person decided."""
    return edit is not None and isinstance(edit.get("preferences"), dict)


def decide(profile: Profile, edit: Mapping[str, Any], now: int) -> bool:
    """Apply an edit's decisions; returns whether anything changed. An empty ``language``: to go by what is reported again."""
    if not decides(edit):
        return False
    change = edit["preferences"]
    given = _read(change, now)
    changed = given is not None and put_preferences(loaded_traits(profile), given)
    if "language" not in change:
        return changed
    language, _ = read_locale(change["language"])
    kept = LOCALE if profile.origins[2] == CHOICE else profile.origins[2]
    return put_language(profile, (language, CHOICE) if language else (profile.language, kept)) or changed


def _read(given: Mapping[str, Any], now: int) -> Preferences | None:
    """What is decided at ``now``; None if it is malformed, which whoever wrote it had to refuse."""
    try:
        return msgspec.structs.replace(msgspec.convert(given, Preferences), changed_at=now)
    except msgspec.ValidationError:
        return None
