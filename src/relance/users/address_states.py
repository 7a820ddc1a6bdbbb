"""Putting an address into a state that an event asks for. Pure, over a ``WorkingSet``."""

from __future__ import annotations

from typing import Any

from relance.users.model import SubscriptionState
from relance.users.suppression.model import NewSuppression, SuppressionReason
from relance.users.working_set import CachedAddress, WorkingSet

KEY_LENGTH = 128


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


def is_key(value: Any) -> bool:
    """Whether a value is a short text."""
    return isinstance(value, str) and 0 < len(value) <= KEY_LENGTH and "\x00" not in value
