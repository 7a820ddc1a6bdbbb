"""Which unconfirmed addresses were not asked to be confirmed, so that nothing is lost without a trace. Pure.

The address says so itself, and is asked when it is told again; what told it is listed among what was held back of its device.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from relance.core.encoding import to_json
from relance.users.folding import UpdateSource
from relance.users.model import EMAIL
from relance.users.trust import TOO_MANY_CONFIRMATIONS, Held
from relance.users.working_set import WorkingSet


def note_asked(working_set: WorkingSet, told: Mapping[str, UpdateSource], refused: Collection[str]) -> bool:
    """Note which of these addresses (with what told each) were asked, or ``refused``; returns whether anything changed."""
    is_changed = False
    for address, event in told.items():
        row = working_set.addresses.get((EMAIL, address))
        if row is None or isinstance(event, Held):
            continue
        if address in refused:
            body = to_json({"email": address}).encode()
            instants = event.occurred_at, event.received_at
            told_by = event.name, event.anonymous_id
            working_set.hold(
                told_by[1], Held("", "identify", event.message_id, *instants, body, b"{}", {}, *told_by, TOO_MANY_CONFIRMATIONS)
            )
        elif row.reason == TOO_MANY_CONFIRMATIONS:
            working_set.unhold(event.anonymous_id, reason=row.reason)
        else:
            continue
        row.reason = TOO_MANY_CONFIRMATIONS if address in refused else ""
        working_set.change_address(row, event.received_at)
        is_changed = True
    return is_changed
