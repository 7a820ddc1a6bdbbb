"""Putting an address into the state that an event asks for or brings about. Pure, over a ``WorkingSet``."""

from __future__ import annotations

from typing import Any

from relance.users.model import MERGED, SubscriptionState
from relance.users.suppression.model import NewSuppression, SuppressionReason
from relance.users.working_set import CachedAddress, WorkingSet

KEY_LENGTH = 128
_WRITABLE = (SubscriptionState.SUBSCRIBED, SubscriptionState.UNCONFIRMED)


def put_into_state(working_set: WorkingSet, row: CachedAddress, state: str, change: dict[str, Any], now: int) -> None:
    """Suppressing an address puts it on the suppression list, and subscribing one that is suppressed takes it off: it returns to
    the state that it had.

    ``change`` may say more: the ``reason``, ``by`` whom it was suppressed, and which ``delivery`` showed that it must be.
    """
    reason, by, delivery = (str(text) if is_key(text := change.get(name)) else "" for name in ("reason", "by", "delivery"))
    if state == SubscriptionState.SUPPRESSED:
        why = reason if reason in tuple(SuppressionReason) else SuppressionReason.MANUAL.value
        working_set.suppress(row, NewSuppression(why, now, by, delivery_id=delivery), now)
    elif row.suppressed and state == SubscriptionState.SUBSCRIBED:
        working_set.unsuppress(row, now)
    elif row.state != state:
        row.state, row.reason = state, reason
        working_set.change_address(row, now)


def release(working_set: WorkingSet, person: int, channel: str, address: str | None, now: int, *, by_merge: bool = False) -> None:
    """The person gave up an address: nothing is sent to it unless it already belongs to someone else.

    ``by_merge``: they did not, it merely is not the one that the merged person is written to.
    """
    row = working_set.addresses.get((channel, address)) if address else None
    if row is not None and working_set.owner(row) == person and row.state in _WRITABLE:
        if by_merge and row.state == SubscriptionState.SUBSCRIBED:
            row.reason = MERGED
        row.state = str(SubscriptionState.GONE)
        working_set.change_address(row, now)


def is_key(value: Any) -> bool:
    """Whether a value is a short text."""
    return isinstance(value, str) and 0 < len(value) <= KEY_LENGTH and "\x00" not in value
