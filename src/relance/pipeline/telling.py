"""The events that say who entered and left, and whose session started."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from relance.core.encoding import to_json
from relance.core.ids import stable_beginning
from relance.events.model import Event, Flag, Name
from relance.events.service import Told, Word
from relance.segments.membership import Movements
from relance.users.model import SESSION_STARTED, Session

_NAMES = (Name.SEGMENT_LEFT.value, Name.SEGMENT_ENTERED.value, Name.SEGMENT_MERGED.value)
_LEFT, _ENTERED, _MERGED = range(3)
_NAME_BITS, _SEGMENT_BITS = 2, 32
_MANY = 16  # fewer sessions than that stand in the outbox as events, together with what is derived beside them


def told(changes: Movements) -> Told:
    """What is told of these; ids come from the segment, the person and the instant of truth."""
    names = np.where(changes.entered, _ENTERED, np.where(changes.merged, _MERGED, _LEFT))
    keys = (((changes.apps << _SEGMENT_BITS) | changes.segments) << _NAME_BITS) | names
    kinds, words = np.unique(keys, return_inverse=True)
    flags = np.where(changes.late, Flag.IMPORTED.value, 0)
    columns = (words.astype(np.int64), changes.people, changes.occurred_at, flags.astype(np.int64))
    return Told([_word(key) for key in kinds.tolist()], *(column.tobytes() for column in columns))


def _word(key: int) -> Word:
    name, segment = _NAMES[key & ((1 << _NAME_BITS) - 1)], (key >> _NAME_BITS) & ((1 << _SEGMENT_BITS) - 1)
    app_id = key >> (_NAME_BITS + _SEGMENT_BITS)
    beginning = stable_beginning(name, app_id, segment)
    return Word(app_id, name, beginning, to_json({"segment": segment}).encode())


def told_of_sessions(sessions: Sequence[Session]) -> list[Event | Told]:
    """What is told of sessions that started; ids come from the app, the person and the instant."""
    if not sessions:
        return []
    words: dict[tuple[int, str], int] = {}
    places = [words.setdefault((each.app_id, each.key), len(words)) for each in sessions]
    columns = (places, [each.person_id for each in sessions], [each.occurred_at for each in sessions], [0] * len(sessions))
    kinds = [_session_word(app_id, key) for app_id, key in words]
    told = Told(kinds, *(np.array(column, dtype=np.int64).tobytes() for column in columns))
    return [told] if len(sessions) >= _MANY else [*told.events()]


def _session_word(app_id: int, key: str) -> Word:
    return Word(app_id, SESSION_STARTED, _session_beginning(app_id), to_json({"session": key}).encode() if key else b"{}")


@cache
def _session_beginning(app_id: int) -> str:
    return stable_beginning("session", app_id)
