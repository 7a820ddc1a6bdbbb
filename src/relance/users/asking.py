"""Records unconfirmed addresses for which no confirmation mail was sent, so that nothing is lost silently. Pure.

The address keeps the reason, and is asked again the next time it is reported; the call that reported it is listed among its
device's held-back calls.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from relance.core.encoding import to_json
from relance.users.folding import UpdateSource
from relance.users.model import EMAIL
from relance.users.trust import TOO_MANY_CONFIRMATIONS, Held
from relance.users.working_set import WorkingSet


def note_asked(working_set: WorkingSet, reports: Mapping[str, UpdateSource], refused: Collection[str]) -> bool:
    """Record which of these addresses, with the call that reported each, were asked and which were ``refused``; returns whether
    anything changed.
    """
    is_changed = False
    for address, event in reports.items():
        row = working_set.addresses.get((EMAIL, address))
        if row is None or isinstance(event, Held):
            continue
        if address in refused:
            body = to_json({"email": address}).encode()
            instants = event.occurred_at, event.received_at
            origin = event.name, event.anonymous_id
            working_set.hold(
                origin[1], Held("", "identify", event.message_id, *instants, body, b"{}", {}, *origin, TOO_MANY_CONFIRMATIONS)
            )
        elif row.reason == TOO_MANY_CONFIRMATIONS:
            working_set.unhold(event.anonymous_id, reason=row.reason)
        else:
            continue
        row.reason = TOO_MANY_CONFIRMATIONS if address in refused else ""
        working_set.change_address(row, event.received_at)
        is_changed = True
    return is_changed
