"""A person's request to be deleted, and what may become of it. Pure.

Whoever opens the preference page need not be the person: it is asked for there, and counts only once somebody confirms it by a
link that was mailed to the address itself. Then the term runs, in which everybody who has a link may take it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from relance.core.time import DAY

VALID_FOR = 2 * DAY  # of the link in the second mail


class DeletionState(StrEnum):
    """What has become of a request."""

    ASKED = "asked"  # a mail asks whoever reads the address to confirm it
    EXPIRED = "expired"  # nobody did in time; never stored: it follows from the instant
    SCHEDULED = "scheduled"  # confirmed: it takes place when its term is over
    UNDER_WAY = "under_way"  # the term is over: it cannot be taken back
    DONE = "done"  # the person is deleted
    CANCELLED = "cancelled"  # taken back
    VOID = "void"  # the address that confirmed it was no longer the person's


#: Those that nothing ends any more.
OVER = frozenset((DeletionState.EXPIRED, DeletionState.DONE, DeletionState.CANCELLED, DeletionState.VOID))


class DeletionRequest(msgspec.Struct, frozen=True):
    """One request. Its ``id`` is that of the delivery of the second mail.

    ``subscription_id`` is the address that the mail went to, and that must be the person's until the end. ``ended_by`` says who
    took it back: ``link``, or an actor as in the audit. Instants are ms of the program's clock.
    """

    id: str
    app_id: int
    person_id: int
    subscription_id: int
    state: DeletionState
    asked_at: int
    confirmed_at: int | None = None
    due_at: int | None = None
    ended_at: int | None = None
    ended_by: str = ""

    def is_open(self, now: int) -> bool:
        """Whether a person may still be deleted by it."""
        return self.state not in OVER and not self.has_expired(now)

    def state_at(self, now: int) -> DeletionState:
        """What has become of it by ``now``."""
        return DeletionState.EXPIRED if self.has_expired(now) else self.state

    def has_expired(self, now: int) -> bool:
        """Whether nobody confirmed it in time."""
        return self.state is DeletionState.ASKED and now >= self.asked_at + VALID_FOR


def open_one(requests: Iterable[DeletionRequest], now: int) -> DeletionRequest | None:
    """The one of a person's requests that matters: what is scheduled, before what was only asked for; the newest of these."""
    found = [each for each in requests if each.is_open(now)]
    return max(found, key=lambda each: (each.state is not DeletionState.ASKED, each.asked_at, each.id), default=None)
