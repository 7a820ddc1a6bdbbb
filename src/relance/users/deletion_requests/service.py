"""Public interface of deletion requests: ``DeletionRequests`` for pages, operators and the timer; the functions for ticks.

Every step is one transaction that locks the request, so that of two that come at once the second sees what the first did. Nothing
here deletes anybody: when the term is over, a record in the log asks the tick to, which looks at the address once more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy.engine import Connection, Engine

from relance.accounts.audited import AuditAction
from relance.accounts.service import note_in
from relance.core.error_text import ErrorText
from relance.core.time import DAY
from relance.infra.database import reading, writing
from relance.users.address_store import holder_of
from relance.users.deletion_requests import store
from relance.users.deletion_requests.errors import DeletionRequestNotFoundError, DeletionRequestOverError
from relance.users.deletion_requests.model import DeletionRequest, DeletionState
from relance.users.deletion_requests.store import MOVE_REQUESTS

__all__ = ["BY_LINK", "MOVE_REQUESTS", "DeletionRequests", "ask", "deleted", "is_wanted", "of_person", "open_request"]

BY_LINK = "link"  # whoever had a link of a mail
MOST_AT_ONCE = 100  # that the timer takes


def ask(connection: Connection, new: DeletionRequest) -> None:
    """Note a request whose mail is written in the same transaction. The links of earlier mails stop working."""
    store.delete_unconfirmed(connection, new.app_id, new.person_id)
    store.insert(connection, new)
    _note(connection, new, "deletion.asked", BY_LINK, new.asked_at)


def of_person(connection: Connection, app_id: int, person: int) -> Sequence[DeletionRequest]:
    """Newest first; of a person as of now, after all merges."""
    return store.of_person(connection, app_id, person)


def open_request(connection: Connection, request_id: str, now: int) -> DeletionRequest | None:
    """The request that a mail is about, as long as it waits to be confirmed and the address is the person's."""
    found = store.find(connection, request_id)
    if found is None or found.state is not DeletionState.ASKED or found.has_expired(now):
        return None
    return found if _is_theirs(connection, found) else None


def is_wanted(connection: Connection, request_id: str, person: int, at: int) -> bool:
    """Whether the tick is to delete ``person`` by this request: it is the person's, and the address that confirmed it is, too.

    Else it is void: who has the address by now never asked for anything.
    """
    found = store.find(connection, request_id, lock=True)
    if found is None or found.state is not DeletionState.UNDER_WAY:
        return False
    if found.person_id == person and _is_theirs(connection, found):
        return True
    _end(connection, found, DeletionState.VOID, "", at)
    return False


def deleted(connection: Connection, app_id: int, persons: Collection[int], at: int) -> None:
    """These are deleted, by a request or otherwise: what they asked for is done. Nothing is left that tells an address."""
    store.end_all(connection, app_id, persons, at)


class DeletionRequests:
    """The deletion requests of all apps."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, request_id: str) -> DeletionRequest | None:
        """One request, whatever its app."""
        with reading(self._engine) as connection:
            return store.find(connection, request_id)

    def of_person(self, app_id: int, person: int) -> Sequence[DeletionRequest]:
        """Newest first; of a person as of now, after all merges."""
        with reading(self._engine) as connection:
            return store.of_person(connection, app_id, person)

    def page(
        self, app_id: int, now: int, *, state: DeletionState | None = None, before: tuple[int, str] | None = None, limit: int = 50
    ) -> Sequence[DeletionRequest]:
        """Newest first; ``state``: as of ``now``; ``before``: (asked at, id) of the last of the page before."""
        with reading(self._engine) as connection:
            return store.of_app(connection, app_id, state, before, limit, now)

    def confirm(self, request_id: str, days: int, now: int) -> DeletionRequest | None:
        """Whoever reads the address wants it: it takes place in ``days``. What was confirmed or is over stays as it is."""
        with writing(self._engine) as connection:
            found = store.find(connection, request_id, lock=True)
            if found is None or found.state is not DeletionState.ASKED or found.has_expired(now):
                return found
            if not _is_theirs(connection, found):
                return _end(connection, found, DeletionState.VOID, "", now)
            due = now + days * DAY
            changed = msgspec.structs.replace(found, state=DeletionState.SCHEDULED, confirmed_at=now, due_at=due)
            store.change(connection, request_id, {"state": changed.state.value, "confirmed_at": now, "due_at": due})
            _note(connection, changed, "deletion.confirmed", BY_LINK, now)
            return changed

    def cancel(self, request_id: str, by: str, now: int) -> DeletionRequest | None:
        """Take it back, if its term is not over; else it stays as it is."""
        with writing(self._engine) as connection:
            found = store.find(connection, request_id, lock=True)
            if found is None or found.state_at(now) not in (DeletionState.ASKED, DeletionState.SCHEDULED):
                return found
            return _end(connection, found, DeletionState.CANCELLED, by, now)

    def cancel_for(self, app_id: int, request_id: str, actor: str, now: int) -> DeletionRequest:
        """The same for an operator. Raises ``DeletionRequestNotFoundError``, ``DeletionRequestOverError``."""
        found = self.find(request_id)
        if found is None or found.app_id != app_id:
            raise DeletionRequestNotFoundError(ErrorText("deletion_request_unknown", "There is no such deletion request."))
        done = self.cancel(request_id, actor, now)
        if done is None or (done.state, done.ended_by, done.ended_at) != (DeletionState.CANCELLED, actor, now):
            state = (found if done is None else done).state_at(now)
            raise DeletionRequestOverError(
                ErrorText("deletion_request_over", "This deletion can no longer be cancelled: it is {state}.", state=state.value),
                state=state.value,
            )
        return done

    def next_due(self) -> int | None:
        """When the term of the first one is over."""
        with reading(self._engine) as connection:
            return store.first_due(connection)

    def take_due(self, now: int) -> Sequence[DeletionRequest]:
        """Those whose term is over: from now on they cannot be taken back. Those that were taken before are among them."""
        with writing(self._engine) as connection:
            found = store.due(connection, now, MOST_AT_ONCE)
            for each in found:
                if each.state is DeletionState.SCHEDULED:
                    store.change(connection, each.id, {"state": DeletionState.UNDER_WAY.value})
        return [msgspec.structs.replace(each, state=DeletionState.UNDER_WAY) for each in found]


def _is_theirs(connection: Connection, request: DeletionRequest) -> bool:
    """Whether the address that the mail went to belongs to the person."""
    return holder_of(connection, request.app_id, request.subscription_id) == request.person_id


def _end(connection: Connection, request: DeletionRequest, state: DeletionState, by: str, at: int) -> DeletionRequest:
    ended = msgspec.structs.replace(request, state=state, ended_at=at, ended_by=by)
    store.change(connection, request.id, {"state": state.value, "ended_at": at, "ended_by": by})
    action: AuditAction = "deletion.cancelled" if state is DeletionState.CANCELLED else "deletion.voided"
    _note(connection, ended, action, by, at)
    return ended


def _note(connection: Connection, request: DeletionRequest, action: AuditAction, by: str, at: int) -> None:
    actor = by if ":" in by else "system"
    note_in(connection, request.app_id, actor, action, f"person:{request.person_id}", {"request": request.id}, at)
