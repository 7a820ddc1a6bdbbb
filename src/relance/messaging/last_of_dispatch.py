"""Whether a delivery of a journey that was not sent was the last hope of its dispatch: what a run that stays waits to be told."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.database import among, hold_people
from relance.messaging.model import DeliveryState
from relance.messaging.outcome import DeliveryOutcome
from relance.messaging.store import DELIVERIES

_NOT_SENT = frozenset((DeliveryState.SKIPPED, DeliveryState.FAILED))
_HOPE = (DeliveryState.PENDING.value, DeliveryState.SENDING.value, DeliveryState.SENT.value, DeliveryState.UNKNOWN.value)


def note_last(connection: Connection, outcomes: Sequence[DeliveryOutcome]) -> None:
    """Note it in the outcomes of runs that were not sent, after all outcomes were written.

    Two dispatchers that end the last two at once do so one after the other, so that one of them sees it.
    """
    ended = [each for each in outcomes if each.state in _NOT_SENT and each.row["run_id"] and each.row["dispatch"]]
    if not ended:
        return
    hold_people(connection, {(each.row["app_id"], each.row["person_id"]) for each in ended})
    table = DELIVERIES.c
    mine = (
        table.app_id.in_(sorted({each.row["app_id"] for each in ended})),
        among(connection, table.person_id, sorted({each.row["person_id"] for each in ended})),
        among(connection, table.dispatch, sorted({each.row["dispatch"] for each in ended})),
    )
    hoping = set(connection.execute(sa.select(table.dispatch).where(*mine, table.state.in_(_HOPE))).scalars())
    for each in ended:
        each.is_last = each.row["dispatch"] not in hoping
