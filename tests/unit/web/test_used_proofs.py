"""A proof that signs no body is good for one report, however often that is repeated."""

from __future__ import annotations

import pytest

from relance.channels.callback import CallbackForgedError, Fate, FateReport
from relance.core.time import DAY
from relance.web.callbacks.used_proofs import UsedProofs

GONE = FateReport("a" * 32, Fate.NO_SUCH_ADDRESS, "550 nobody")


def test_a_report_may_be_repeated_in_other_words_and_no_other_be_made_of_its_proof() -> None:
    used = UsedProofs()
    used.use(1, "token", [GONE], 0)
    used.use(1, "token", [FateReport(GONE.delivery, GONE.fate, "again")], 1)
    for other in ([FateReport("b" * 32, GONE.fate)], [FateReport(GONE.delivery, Fate.DELIVERED)], [], [GONE, GONE]):
        with pytest.raises(CallbackForgedError):
            used.use(1, "token", other, 2)
    used.use(1, "token", [GONE], 3)
    used.use(2, "token", [], 3)  # another account


def test_what_proves_the_body_needs_no_memory() -> None:
    used = UsedProofs()
    used.use(1, "", [GONE], 0)
    used.use(1, "", [], 0)


def test_the_memory_is_bounded() -> None:
    used = UsedProofs(room=10)
    for number in range(100):
        used.use(1, f"token {number}", [GONE], number)
    assert len(used._used) == 10
    used.use(1, "new", [GONE], 2 * DAY)
    assert list(used._used) == [(1, "new")]
