"""Which proofs of callbacks were used, and for what: one that signs no body must not be used for another. In memory, bounded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from relance.channels.callback import AnswerReport, CallbackForgedError, FateReport
from relance.core.error_text import ErrorText
from relance.core.time import DAY

REMEMBERED = 100_000
KEPT = DAY  # longer than any proof is taken


class UsedProofs:
    """One per process. A restart forgets: what was told before it is told once all the same, since its events are."""

    def __init__(self, room: int = REMEMBERED) -> None:
        self._room = room
        self._used: OrderedDict[tuple[int, str], tuple[int, int]] = OrderedDict()

    def use(self, provider: int, proof: str, reports: Sequence[FateReport | AnswerReport], now: int) -> None:
        """Note that it proved these reports at ``now`` (ms). Raises ``CallbackForgedError`` if it proved others before."""
        if not proof:
            return
        told = hash(tuple((each.delivery, each.fate) if isinstance(each, FateReport) else each.id for each in reports))
        before = self._used.setdefault((provider, proof), (told, now))
        if before[0] != told:
            raise CallbackForgedError(ErrorText("callback_proof_used", "This proof was used for another report before."))
        while len(self._used) > self._room or next(iter(self._used.values()))[1] < now - KEPT:
            self._used.popitem(last=False)
