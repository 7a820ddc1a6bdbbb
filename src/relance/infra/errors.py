"""Errors at the rim."""

from __future__ import annotations

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from relance.core.error_text import ErrorText
from relance.core.errors import RelanceError
from relance.infra.room import full_sentence, says_full

# How SQLAlchemy reports that a store is gone, is full, or has no free connection.
NO_ANSWER = (OperationalError, InterfaceError, PoolTimeoutError)


class StoreUnavailableError(RelanceError):
    """The database does not answer, or is out of space: nothing of this request was kept, and it may be sent again."""

    code = "store_unavailable"


def unavailable(error: BaseException) -> StoreUnavailableError:
    """The error for callers after a store's error: it is out of space, or does not answer."""
    if says_full(error):
        return StoreUnavailableError(full_sentence(None, error))
    return StoreUnavailableError(ErrorText("store_silent", "The database does not answer: try again in a moment."))
