"""The events that say who entered and left."""

from __future__ import annotations

import numpy as np

from relance.core.encoding import to_json
from relance.core.ids import stable_beginning
from relance.events.model import Flag, Name
from relance.events.service import Told, Word
from relance.segments.membership import Movements

_NAMES = (Name.SEGMENT_LEFT.value, Name.SEGMENT_ENTERED.value, Name.SEGMENT_MERGED.value)
_LEFT, _ENTERED, _MERGED = range(3)
_NAME_BITS, _SEGMENT_BITS = 2, 32


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
