"""The second mail about a deletion: it goes to the address itself, and what its reader does by it counts.

It goes the way of deliveries and belongs to none of the app's messages, as confirmation mails do (``confirming``).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.channels.registry import KINDS
from relance.core.encoding import from_json, to_json
from relance.core.ids import random_token, stable_id
from relance.core.time import DAY, MINUTE
from relance.infra.database import hold_people
from relance.messaging import store
from relance.messaging.confirming import OF_NO_MESSAGE, blank
from relance.messaging.model import DeliveryState
from relance.users.deletion_requests import service as deletion_requests
from relance.users.deletion_requests.model import OVER, DeletionRequest, DeletionState
from relance.users.model import Subscription

DELETION: Final = "deletion"  # in ``node``: what a delivery of no message is about; empty: a confirmation
MOST_IN_A_DAY = 3  # to one person, whoever asks
MOST_SENT_IN_A_DAY = 10  # also of those that were cancelled since: nobody is to be written to without end
AGAIN_AFTER = 10 * MINUTE  # until then it is taken for the same request


class Asking(StrEnum):
    """What came of asking for a deletion."""

    MAILED = "mailed"
    MAILED_BEFORE = "mailed_before"  # a few minutes ago
    TOO_OFTEN = "too_often"
    SCHEDULED = "scheduled"  # it was confirmed already


def ask_for_deletion(connection: Connection, subscription: Subscription, language: str, now: int) -> Asking:
    """Mail the address and note the request, together or not at all."""
    app_id, person = subscription.app_id, subscription.person_id
    hold_people(connection, [(app_id, person)])
    refused = _refusal(connection, app_id, person, now)
    if refused is not None:
        return refused
    request = DeletionRequest(stable_id(random_token("deletion")), app_id, person, subscription.id, DeletionState.ASKED, now)
    deletion_requests.ask(connection, request)
    row = {**blank(app_id, now, subscription.channel), "id": request.id, "person_id": person, "node": DELETION}
    row |= {"subscription_id": subscription.id, "address": subscription.address, "data": to_json({"language": language})}
    store.insert_deliveries(connection, [row])
    return Asking.MAILED


def _refusal(connection: Connection, app_id: int, person: int, now: int) -> Asking | None:
    """Why no mail is sent now; None if one is."""
    requests = {each.id: each.state for each in deletion_requests.of_person(connection, app_id, person)}
    if not _CONFIRMED.isdisjoint(requests.values()):
        return Asking.SCHEDULED
    mails = _mails(connection, app_id, person, now - DAY)
    # The link of one whose request was ended does nothing. One whose request is gone was replaced by a later one's.
    useful = [each for each in mails if each.state not in _NOT_SENT and requests.get(each.id) not in OVER]
    if any(each.created_at > now - AGAIN_AFTER for each in useful):
        return Asking.MAILED_BEFORE
    left = [each for each in mails if each.state not in (DeliveryState.SKIPPED, DeliveryState.PENDING)]
    return Asking.TOO_OFTEN if len(useful) >= MOST_IN_A_DAY or len(left) >= MOST_SENT_IN_A_DAY else None


def _mails(connection: Connection, app_id: int, person: int, since: int) -> Sequence[Any]:
    """Those that were asked for about a person: id, state and when."""
    table = store.DELIVERIES.c
    theirs = (table.app_id == app_id, table.person_id == person, table.message_id == OF_NO_MESSAGE, table.node == DELETION)
    query = sa.select(table.id, table.state, table.created_at).where(*theirs, table.created_at > since)
    return connection.execute(query).all()


def was_not_sent(state: DeliveryState) -> bool:
    """Whether a mail will not arrive, so that nobody is to be told to look for it."""
    return state in _NOT_SENT


def language_in(data: str, otherwise: str) -> str:
    """The language in which the mail was asked for."""
    given = from_json(data)
    return str(given.get("language") or otherwise) if isinstance(given, dict) else otherwise


def can_confirm(channel: str) -> bool:
    """Whether such a mail can go to addresses of a channel."""
    return channel in KINDS and KINDS[channel].deletion is not None


_NOT_SENT = frozenset((DeliveryState.SKIPPED, DeliveryState.FAILED))
_CONFIRMED = frozenset((DeletionState.SCHEDULED, DeletionState.UNDER_WAY))
