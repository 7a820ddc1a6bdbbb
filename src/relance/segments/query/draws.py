"""Random buckets for many people at once: the vectorised ``draw``."""

from __future__ import annotations

from hashlib import md5

import numpy as np
import numpy.typing as npt

from relance.segments.definition.evaluate import BUCKETS
from relance.segments.rule.conditions import Bucket
from relance.segments.rule.tree import hundredths

_PAGE = 10_000
_WORDS = 4  # 32-bit words in an MD5; the first is the draw


def drawn(condition: Bucket, people: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of these people, by id, are in the bucket."""
    draws = np.empty(people.size, np.int64)
    text = condition.salt.replace("%", "%%").encode() + b":%d"
    for start in range(0, people.size, _PAGE):
        page = people[start : start + _PAGE].tolist()
        digests = b"".join([md5(text % person, usedforsecurity=False).digest() for person in page])
        draws[start : start + _PAGE] = np.frombuffer(digests, ">u4")[::_WORDS]
    draws *= 10_000
    inside: npt.NDArray[np.bool_] = draws >= hundredths(condition.from_) * BUCKETS
    inside &= draws < hundredths(condition.to) * BUCKETS
    return inside
